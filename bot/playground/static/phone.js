// A person's phone: the codes of their authenticator with the seconds left, and a field to paste a set-up key into.

import { act } from "./api.js";
import { h, keepingFocus, uid } from "./dom.js";
import { now, section } from "./state.js";

export class PhoneBar {
  constructor(personId, name) {
    this.personId = personId;
    this.name = name;
    this.codes = h("ul", { class: "codes", "aria-label": `Codes on the phone of ${name}` });
    this.error = h("p", { class: "error", role: "alert" });
    this.form = this.pasteForm();
    this.opener = h("button", { type: "button", class: "button quiet add-key", "aria-expanded": "false", "aria-label": `Add a key to the phone of ${name}`, onclick: () => this.toggle() }, "Add key");
    this.node = h("section", { class: "phone", "data-role": "phone", "aria-label": `Phone of ${name}` }, h("div", { class: "phone-row" }, this.icon(), this.codes, this.opener), this.form);
    this.rings = [];
  }

  icon() {
    return h("span", { class: "phone-icon", "aria-hidden": "true" });
  }

  pasteForm() {
    const id = uid("key");
    this.input = h("input", { id, type: "text", autocomplete: "off", spellcheck: "false", placeholder: "Set-up key or otpauth: link", "aria-describedby": `${id}-error` });
    this.error.id = `${id}-error`;
    const onsubmit = (event) => {
      event.preventDefault();
      this.add();
    };
    const onkeydown = (event) => {
      if (event.key !== "Escape") return;
      this.toggle(false);
      this.opener.focus();
    };
    return h("form", { class: "paste", hidden: true, onsubmit, onkeydown }, h("label", { for: id }, "Set-up key or otpauth link"), h("div", { class: "paste-row" }, this.input, h("button", { class: "button", type: "submit" }, "Add")), this.error);
  }

  toggle(open = this.form.hidden) {
    this.form.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    this.error.textContent = "";
    if (open) this.input.focus();
  }

  async add() {
    const answer = await act("phone", { person: this.personId, pasted: this.input.value });
    this.error.textContent = answer.error ?? "";
    if (answer.error) return this.input.focus();
    this.input.value = "";
    this.toggle(false);
    this.opener.focus();
  }

  update(codes) {
    this.opener.textContent = codes.length ? "+" : "Add key";
    const none = h("li", { class: "none" }, "No code yet");
    this.rings = [];
    keepingFocus(this.codes, () => this.codes.replaceChildren(...(codes.length ? codes.map((code) => this.row(code)) : [none])));
    this.tick();
  }

  row(code) {
    const ring = h("span", { class: "ring" });
    const left = h("span", { class: "left" });
    this.rings.push({ ring, left, code });
    const copied = h("span", { class: "vh", role: "status" });
    const copy = async (event) => {
      const done = await copyText(code.digits);
      copied.textContent = done ? "Copied" : `Not copied; the code is ${code.digits}`;
      event.target.textContent = done ? "Copied" : "Copy";
    };
    const remove = () => act("phone", { person: this.personId, remove: code.id });
    return h(
      "li",
      { title: code.label },
      h("output", { class: "code", "data-role": "code", "aria-label": `Code for ${code.label}` }, code.digits.slice(0, 3), h("span", { class: "gap" }), code.digits.slice(3)),
      h("span", { class: "timer", "aria-hidden": "true" }, ring, left),
      h("span", { class: "code-label" }, code.label),
      h("button", { type: "button", class: "button quiet", "data-key": `copy ${code.id}`, onclick: copy, "aria-label": `Copy the code for ${code.label}` }, "Copy"),
      h("button", { type: "button", class: "button quiet remove", "data-key": `remove ${code.id}`, onclick: remove, "aria-label": `Remove ${code.label}` }, "✕"),
      copied,
    );
  }

  tick() {
    for (const { ring, left, code } of this.rings) {
      const seconds = Math.max(0, Math.ceil(code.until - now()));
      left.textContent = `${seconds} s`;
      ring.style.setProperty("--part", String(seconds / code.period));
      ring.classList.toggle("late", seconds <= 5);
    }
  }
}

export function startTicking(bars) {
  setInterval(() => bars().forEach((bar) => bar.tick()), 500);
}

export function codesOf(personId) {
  return section(`phone:${personId}`) ?? [];
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
