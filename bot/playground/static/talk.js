// One conversation: its messages in order. A message that did not change keeps its nodes, and with them the focus.

import { renderBlocks, textBlock } from "./blocks.js";
import { h, keepingFocus } from "./dom.js";
import { fileCard } from "./files.js";
import { menuButton } from "./menu.js";
import { clockTime } from "./mrkdwn.js";
import { startOf } from "./values.js";

export class Talk {
  constructor(card, channel) {
    this.card = card;
    this.channel = channel;
    this.drawn = new Map();
    this.list = h("ol", { class: "talk" });
    this.empty = h("p", { class: "empty" }, emptyWords(channel));
    this.node = h("div", { class: "scroller", tabindex: "0", role: "log", "aria-live": "off", "aria-label": `Messages in ${channel.label}` }, this.empty, this.list);
  }

  // Answers whether something has come that was not there when this conversation was last drawn.
  update(messages) {
    const newest = messages.at(-1)?.ts ?? "";
    const news = this.newest !== undefined && newest > this.newest;
    this.newest = newest;
    const down = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < 60;
    const next = new Map();
    for (const message of messages) next.set(message.ts, this.reuse(message));
    keepingFocus(this.list, () => sync(this.list, [...next.values()].map((one) => one.node)));
    this.drawn = next;
    this.empty.hidden = messages.length > 0;
    if (down) this.toEnd();
    return news;
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  reuse(message) {
    const told = JSON.stringify(message);
    const before = this.drawn.get(message.ts);
    return before?.told === told ? before : { told, node: this.draw(message) };
  }

  draw(message) {
    if (message.kind === "typed") return h("li", { class: "typed" }, h("span", { class: "vh" }, "Typed: "), h("code", {}, message.text));
    const on = { channel: this.channel.id, ts: message.ts };
    const { nodes } = renderBlocks(message.blocks, {
      press: (blockId, element, value) => this.card.press(on, blockId, element, value),
      suggest: (blockId, element, text) => this.card.suggest(on, blockId, element, text),
      start: (_, element) => startOf(element),
      people: this.card.people,
      channels: this.card.channels,
    });
    const words = nodes.length ? nodes : message.text && textBlock(message.text);
    const body = [words, (message.files ?? []).map((file) => fileCard(this.card.id, file))];
    const classes = `message ${message.bot ? "bot" : ""} ${message.ephemeral ? "ephemeral" : ""}`;
    return h("li", { class: classes, "data-ts": message.ts }, this.head(message), body, message.ephemeral && h("p", { class: "only" }, "Only visible to you"));
  }

  head(message) {
    const when = new Date(Number(message.ts) * 1000);
    const edited = message.edited && h("small", {}, "edited");
    return h(
      "div",
      { class: "message-head" },
      h("strong", {}, message.name),
      message.bot && h("small", { class: "app" }, "App"),
      h("time", { datetime: when.toISOString() }, clockTime(when)),
      edited,
      !message.bot && !message.ephemeral && this.more(message),
    );
  }

  more(message) {
    const shortcuts = this.card.shortcuts("message");
    const items = shortcuts.map(({ name, callback_id: callback }) => ({ label: name, run: () => this.card.shortcut(callback, { channel: this.channel.id, ts: message.ts }) }));
    return items.length ? menuButton({ label: `More for this message of ${message.name}`, glyph: "⋯", key: `more ${message.ts}`, items, className: "on-message" }) : null;
  }
}

// Moves only what is not in its place, so that the rest is not announced again.
function sync(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => list.children[index] === node || list.insertBefore(node, list.children[index] ?? null));
}

function emptyWords(channel) {
  return channel.kind === "im" ? "Nothing yet. What Usher has to tell this person arrives here." : "Nothing yet. Type /usher help below.";
}
