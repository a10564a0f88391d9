// A modal form lying over its person's column: opens with the focus in it, keeps what was typed when the bot draws it anew.

import { renderBlocks } from "./blocks.js";
import { focusables, h, keepingFocus, uid } from "./dom.js";
import { changedValues, keyOf, startOf } from "./values.js";

export class Form {
  // card: submit(viewId, values), close(viewId, all), press(on, block, element, value, values), suggest(on, …), people(), channels()
  constructor(card) {
    this.card = card;
    this.view = null;
    this.controls = new Map();
    this.opener = null;
    this.titleId = uid("form");
    this.node = h("div", { class: "sheet", hidden: true, role: "dialog", "aria-labelledby": this.titleId, onkeydown: (event) => this.keyed(event) });
  }

  get open() {
    return this.view !== null;
  }

  show(view) {
    const before = this.view;
    this.view = view;
    if (!view) return before && this.hide();
    if (!before) this.opener = document.activeElement;
    this.node.hidden = false;
    if (before?.id !== view.id || drawn(before) !== drawn(view)) this.draw(before);
    if (JSON.stringify(before?.errors) !== JSON.stringify(view.errors)) this.showErrors(view.errors, before?.id === view.id);
    if (before?.id !== view.id) this.takeFocus();
  }

  hide() {
    const mine = this.node.contains(document.activeElement) || document.activeElement === document.body;
    this.node.hidden = true;
    this.node.replaceChildren();
    this.controls = new Map();
    if (mine) this.card.focusAfterForm(this.opener);
    this.opener = null;
  }

  draw(before) {
    const kept = before?.id === this.view.id ? this.kept() : new Map();
    const held = this.node.contains(document.activeElement);
    const { view } = this;
    const { nodes, controls } = renderBlocks(view.blocks, {
      press: (blockId, element, value) => this.card.press({ view: view.id }, blockId, element, value, this.values()),
      suggest: (blockId, element, text) => this.card.suggest({ view: view.id }, blockId, element, text),
      start: (blockId, element) => kept.get(keyOf(blockId, element.action_id)) ?? startOf(element, view.values?.[blockId]?.[element.action_id]),
      upload: this.card.upload,
      people: this.card.people,
      channels: this.card.channels,
    });
    keepingFocus(this.node, () => this.node.replaceChildren(this.head(), this.body(nodes)));
    this.controls = controls;
    for (const control of controls.values()) control.showError?.(view.errors?.[control.blockId]);
    if (held && !this.node.contains(document.activeElement)) this.takeFocus();
  }

  head() {
    const close = () => this.card.close(this.view.id, true);
    return h(
      "header",
      { class: "sheet-head" },
      h("h3", { id: this.titleId }, this.view.title || "Form"),
      h("button", { type: "button", class: "button quiet", "aria-label": "Close", onclick: close }, "✕"),
    );
  }

  body(nodes) {
    this.sendButton = this.view.submit ? h("button", { type: "submit", class: "button primary", "data-key": "submit" }, this.view.submit) : null;
    const cancel = h("button", { type: "button", class: "button", "data-key": "cancel", onclick: () => this.card.close(this.view.id, false) }, this.view.close || (this.sendButton ? "Cancel" : "Close"));
    const onsubmit = (event) => {
      event.preventDefault();
      this.send();
    };
    this.said = h("p", { class: "notice in-form", role: "alert" });
    return h("form", { class: "sheet-body", novalidate: true, onsubmit }, h("div", { class: "fields-list" }, nodes), this.said, h("footer", {}, cancel, this.sendButton));
  }

  async send() {
    if (this.sending || !this.sendButton) return;
    this.sending = true;
    this.sendButton.setAttribute("aria-busy", "true");
    this.showErrors({}, false);
    await Promise.all([...this.controls.values()].map((control) => control.settled?.()));
    const answer = await this.card.submit(this.view.id, this.values());
    this.sending = false;
    this.sendButton?.removeAttribute("aria-busy");
    if (this.view && Object.keys(answer.errors ?? {}).length) this.showErrors(answer.errors, true);
  }

  showErrors(errors, focus) {
    const wrong = [];
    for (const control of this.controls.values()) {
      control.showError?.(errors?.[control.blockId]);
      if (errors?.[control.blockId]) wrong.push(control);
    }
    if (focus && wrong[0] && this.node.contains(document.activeElement)) focusables(wrong[0].node.parentNode)[0]?.focus();
  }

  values() {
    return changedValues(this.controls, this.view);
  }

  kept() {
    return new Map([...this.controls].map(([key, control]) => [key, (control.keep ?? control.read)()]));
  }

  // Slack's own words about a form that could not be sent stand in the form itself.
  tell(words) {
    if (this.said) this.said.textContent = words;
  }

  // A form that opens while its reader is busy in another column leaves them there.
  takeFocus() {
    const elsewhere = document.activeElement !== document.body && !this.card.node.contains(document.activeElement);
    if (elsewhere) return;
    const inside = focusables(this.node.querySelector(".fields-list"));
    const wanted = this.node.querySelector("[data-focus]");
    (wanted ?? inside[0] ?? this.sendButton ?? focusables(this.node)[0])?.focus();
  }

  keyed(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.card.close(this.view.id, false);
  }
}

function drawn(view) {
  return JSON.stringify([view.title, view.submit, view.close, view.blocks]);
}
