// Tabs after the ARIA pattern: arrows move between them, only the chosen one is in the tab order. A dot says "something new".

import { h, uid } from "./dom.js";

export class TabList {
  constructor(label, onShow) {
    this.onShow = onShow;
    this.tabs = new Map();
    this.current = null;
    this.bar = h("div", { class: "tabs", role: "tablist", "aria-label": label, onkeydown: (event) => this.move(event) });
    this.panels = h("div", { class: "panels" });
  }

  add(key, label, content) {
    if (this.tabs.has(key)) return;
    const [tabId, panelId] = [uid("tab"), uid("panel")];
    const news = h("span", { class: "vh" });
    const tab = h("button", { type: "button", id: tabId, role: "tab", tabindex: "-1", "aria-selected": "false", "aria-controls": panelId, onclick: () => this.show(key) }, label, news);
    const panel = h("div", { id: panelId, role: "tabpanel", class: "panel", "aria-labelledby": tabId, hidden: true }, content);
    this.tabs.set(key, { tab, panel, news });
    this.bar.append(tab);
    this.panels.append(panel);
    if (this.current === null) this.show(key);
  }

  show(key) {
    const before = this.current;
    this.current = key;
    for (const [other, { tab, panel }] of this.tabs) {
      const chosen = other === key;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen;
    }
    this.clear(key);
    if (before !== key || key === "home") this.onShow(key);
  }

  mark(key) {
    if (key === this.current) return;
    const { tab, news } = this.tabs.get(key);
    tab.classList.add("news");
    news.textContent = " (new messages)";
  }

  hasNews() {
    return [...this.tabs.values()].some(({ tab }) => tab.classList.contains("news"));
  }

  clear(key) {
    const { tab, news } = this.tabs.get(key);
    tab.classList.remove("news");
    news.textContent = "";
  }

  move(event) {
    const keys = [...this.tabs.keys()];
    const at = keys.indexOf(this.current);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.show(keys.at(next % keys.length));
    this.tabs.get(this.current).tab.focus();
  }
}
