// A button that opens a short list of things to do: arrows move, Escape closes, a click elsewhere closes.

import { h, uid } from "./dom.js";

export function menuButton({ label, glyph, key, items, className = "" }) {
  const id = uid("menu");
  const entries = items.map((item) => entry(item, () => close(true)));
  const list = h("div", { id, role: "menu", class: "menu", "aria-label": label, hidden: true }, entries);
  const opener = h(
    "button",
    { type: "button", class: "button quiet", "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": id, "aria-label": label, title: label, "data-key": key, onclick: () => (list.hidden ? open() : close(true)) },
    glyph,
  );
  const node = h("div", { class: `menu-holder ${className}`, onkeydown: (event) => move(event, entries, () => close(true)), onfocusout: (event) => node.contains(event.relatedTarget) || close(false) }, opener, list);

  function open() {
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    entries[0]?.focus();
  }

  function close(back) {
    if (list.hidden) return;
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (back) opener.focus();
  }

  return node;
}

function entry({ label, hint, run }, close) {
  const act = () => {
    close();
    run();
  };
  return h("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: act }, label, hint && h("small", {}, hint));
}

function move(event, entries, close) {
  const at = entries.indexOf(document.activeElement);
  if (at < 0) return;
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (next !== undefined) entries.at(next % entries.length).focus();
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
