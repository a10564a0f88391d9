// The shared mailbox: a list, and one mail at a time as plain text whose links open the real pages.

import { fill, h, keepingFocus, link, localUrl } from "./dom.js";
import { clockTime } from "./mrkdwn.js";
import { section } from "./state.js";

const URL_IN_TEXT = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}]/g;

export class MailPanel {
  constructor(node) {
    this.node = node;
    this.open = null;
    this.read = new Set();
    this.count = h("span", { class: "count" });
    this.list = h("ol", { class: "mails", "aria-label": "Mails, newest first" });
    this.reader = h("article", { class: "reader", hidden: true, tabindex: "-1", "aria-label": "Open mail", onkeydown: (event) => event.key === "Escape" && this.close() });
    this.said = h("p", { class: "vh", role: "status" });
    fill(node, h("h2", { id: "mail-title" }, "Mailbox ", this.count), this.said, this.list, this.reader);
    this.known = null;
  }

  update() {
    const mails = section("mail") ?? [];
    const newest = mails[0];
    if (this.known !== null && newest && newest.id > this.known) this.said.textContent = `New mail to ${newest.to}: ${newest.subject}`;
    this.known = newest?.id ?? 0;
    this.count.textContent = mails.length ? String(mails.length) : "";
    const none = h("li", { class: "empty" }, "Empty. Invitations and notices by e-mail arrive here.");
    keepingFocus(this.list, () => this.list.replaceChildren(...(mails.length ? mails.map((mail) => this.row(mail)) : [none])));
  }

  hasNews() {
    return (section("mail") ?? []).some((mail) => !this.read.has(mail.id));
  }

  row(mail) {
    const when = new Date(mail.at * 1000);
    const classes = this.read.has(mail.id) ? "" : "new";
    return h(
      "li",
      { class: classes },
      h(
        "button",
        { type: "button", "data-key": `mail ${mail.id}`, "aria-current": this.open === mail.id ? "true" : undefined, onclick: () => this.show(mail) },
        h("span", { class: "mail-to" }, mail.to),
        h("time", { datetime: when.toISOString() }, clockTime(when)),
        h("span", { class: "mail-subject" }, mail.subject || "(no subject)"),
      ),
    );
  }

  show(mail) {
    this.open = mail.id;
    this.read.add(mail.id);
    this.update();
    const address = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
    fill(
      this.reader,
      h("button", { type: "button", class: "button quiet all-mail", onclick: () => this.close() }, "‹ All mail"),
      h("h3", {}, mail.subject || "(no subject)"),
      h("dl", {}, address("To", mail.to), address("From", mail.sender)),
      h("div", { class: "mail-text" }, linked(mail.text || "This mail has no text part.")),
      otherLinks(mail),
    );
    this.list.hidden = true;
    this.reader.hidden = false;
    this.reader.scrollTop = 0;
    this.reader.focus();
  }

  close() {
    const last = this.open;
    this.open = null;
    this.reader.hidden = true;
    this.list.hidden = false;
    this.update();
    this.list.querySelector(`[data-key="mail ${Number(last)}"]`)?.focus();
  }
}

// Links that only the HTML part holds.
function otherLinks(mail) {
  const more = mail.links.filter((address) => localUrl(address) && !mail.text.includes(address));
  return more.length ? h("ul", { class: "mail-links" }, more.map((address) => h("li", {}, link(address)))) : null;
}

function linked(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(URL_IN_TEXT)) {
    parts.push(text.slice(at, found.index), link(found[0]));
    at = found.index + found[0].length;
  }
  return [...parts, text.slice(at)];
}
