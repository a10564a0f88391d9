// One person's column: who they are, their conversations and Home, a command line, their forms and their phone.

import { act, upload } from "./api.js";
import { ask } from "./confirm.js";
import { h, uid } from "./dom.js";
import { Form } from "./form.js";
import { HomeTab } from "./home.js";
import { menuButton } from "./menu.js";
import { codesOf, PhoneBar } from "./phone.js";
import { section } from "./state.js";
import { TabList } from "./tabs.js";
import { Talk } from "./talk.js";

export class PersonCard {
  constructor(id, hue) {
    this.id = id;
    this.hue = hue;
    this.me = section(`person:${id}`);
    this.talks = new Map();
    this.history = [];
    this.at = 0;
    this.people = () => Object.entries(section("users") ?? {});
    this.upload = (file) => upload(id, file);
    this.channels = () => this.me.channels.filter((one) => one.kind !== "im").map((one) => [one.id, one.label]);
    this.form = new Form(this);
    this.home = new HomeTab(this);
    this.phone = new PhoneBar(id, this.me.name);
    this.tabs = new TabList(`What ${this.me.name} sees`, (key) => this.shown(key));
    this.notice = h("p", { class: "notice", role: "alert", hidden: true });
    this.build();
  }

  build() {
    const { me } = this;
    const nameId = uid("name");
    this.caption = h("p", { class: "caption" });
    this.standing = h("p", { class: "caption" });
    this.name = h("h2", { id: nameId });
    this.avatar = h("span", { class: "avatar", "aria-hidden": "true" });
    this.back = h("div", { class: "back" }, this.tabs.bar, this.tabs.panels, this.notice, this.commandLine());
    this.node = h(
      "section",
      { class: "person", "data-person": me.handle, "aria-labelledby": nameId, vars: { "--hue": String(this.hue) } },
      h("header", { class: "who" }, this.avatar, h("div", { class: "who-words" }, this.name, this.caption, this.standing), this.shortcutMenu()),
      h("div", { class: "desk" }, this.back, this.form.node),
      this.phone.node,
    );
  }

  commandLine() {
    const id = uid("command");
    this.input = h("input", { id, type: "text", "data-role": "command-line", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: 4000, onkeydown: (event) => this.recall(event) });
    const onsubmit = (event) => {
      event.preventDefault();
      this.type();
    };
    this.label = h("label", { for: id, class: "vh" }, `Command line of ${this.me.name}`);
    return h("form", { class: "command-line", onsubmit }, this.label, h("span", { class: "prompt", "aria-hidden": "true" }, "›"), this.input, h("button", { class: "button send", type: "submit", "aria-label": "Send", title: "Send" }, "↵"));
  }

  shortcutMenu() {
    const items = this.shortcuts("global").map((one) => ({ label: one.name, hint: one.description, run: () => this.shortcut(one.callback_id) }));
    return items.length ? menuButton({ label: `Shortcuts of ${this.me.name}`, glyph: "⚡", key: "shortcuts", items }) : null;
  }

  shortcuts(type) {
    return (section("team")?.shortcuts ?? []).filter((one) => one.type === type);
  }

  // ---- what the server tells

  update(changed) {
    if (changed.has(`person:${this.id}`)) this.drawMe();
    if (changed.has(`phone:${this.id}`)) this.phone.update(codesOf(this.id));
    for (const [channelId, talk] of this.talks) {
      const name = `talk:${this.id}:${channelId}`;
      if (!changed.has(name)) continue;
      if (talk.update(section(name) ?? [])) this.tabs.mark(channelId);
    }
  }

  drawMe() {
    this.me = section(`person:${this.id}`);
    const { me } = this;
    this.name.textContent = me.name;
    this.caption.textContent = me.caption;
    this.standing.textContent = me.standing;
    this.avatar.textContent = initials(me.name);
    this.node.classList.toggle("gone", me.gone);
    for (const channel of me.channels) this.meet(channel);
    this.tabs.add("home", "Home", this.home.node);
    this.home.update(me.home);
    this.input.disabled = !this.channel();
    this.input.placeholder = this.channel() ? "Type /usher … or a message" : "In no channel: nowhere to type";
    this.showForm(me.form);
  }

  meet(channel) {
    if (this.talks.has(channel.id)) return;
    const talk = new Talk(this, channel);
    this.talks.set(channel.id, talk);
    this.tabs.add(channel.id, channel.label, talk.node);
    talk.update(section(`talk:${this.id}:${channel.id}`) ?? []);
  }

  showForm(view) {
    if (!view) this.back.inert = false;
    this.form.show(view);
    if (view) this.back.inert = true;
  }

  focusAfterForm(opener) {
    this.back.inert = false;
    const there = opener && opener !== document.body && this.node.contains(opener) && opener.offsetParent;
    (there ? opener : this.input).focus({ preventScroll: true });
  }

  // ---- what the person does

  // The channel that the command line speaks to: the one in view, else the one last in view. Direct messages are read only.
  channel() {
    const inView = this.me.channels.find((one) => one.id === this.tabs.current && one.kind !== "im");
    return inView ?? this.me.channels.find((one) => one.id === this.last) ?? this.me.channels.find((one) => one.kind !== "im");
  }

  shown(key) {
    if (this.talks.has(key) && this.me.channels.find((one) => one.id === key)?.kind !== "im") this.last = key;
    this.talks.get(key)?.toEnd();
    if (key === "home") this.act("home", {});
  }

  async type() {
    const text = this.input.value.trim();
    const channel = this.channel();
    if (!text || !channel) return;
    this.remember(text);
    this.tabs.show(channel.id);
    await this.act("type", { channel: channel.id, text });
  }

  remember(text) {
    if (this.history.at(-1) !== text) this.history.push(text);
    this.at = this.history.length;
    this.input.value = "";
  }

  recall(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.isComposing) return;
    event.preventDefault();
    this.at = Math.min(Math.max(this.at + step, 0), this.history.length);
    this.input.value = this.history[this.at] ?? "";
  }

  put(text) {
    this.input.value = text;
    this.node.scrollIntoView({ inline: "nearest", block: "nearest" });
    this.input.focus();
  }

  async press(on, blockId, element, value, typed) {
    if (element.confirm && !(await ask(this.node.querySelector(".desk"), element.confirm))) return;
    await this.act("press", { on, block: blockId, action: element.action_id, value: value ?? null, typed: typed ?? {} });
  }

  async suggest(on, blockId, element, text) {
    return act("suggest", { person: this.id, on, block: blockId, action: element.action_id, text });
  }

  submit(viewId, values) {
    return this.act("submit", { view: viewId, values });
  }

  close(viewId, all) {
    return this.act("close", { view: viewId, all });
  }

  shortcut(callback, message) {
    return this.act("shortcut", { callback, message: message ?? null });
  }

  async act(kind, body) {
    this.tell("");
    this.busy(1);
    const answer = await act(kind, { person: this.id, ...body });
    this.busy(-1);
    if (answer.error) this.tell(answer.error);
    return answer;
  }

  listen(yes) {
    for (const talk of this.talks.values()) talk.node.setAttribute("aria-live", yes ? "polite" : "off");
  }

  busy(by) {
    this.underway = (this.underway ?? 0) + by;
    this.node.classList.toggle("busy", this.underway > 0);
    this.node.setAttribute("aria-busy", String(this.underway > 0));
  }

  tell(words) {
    this.notice.textContent = this.form.open ? "" : words;
    this.notice.hidden = this.form.open || !words;
    this.form.tell(words);
  }
}

function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
}
