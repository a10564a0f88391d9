// Slack's rich text to nodes, as far as bots use it.

import { h, link } from "./dom.js";
import { channelName, date, lines, mention } from "./mrkdwn.js";
import { userName } from "./state.js";

const PARTS = {
  rich_text_section: (part) => h("p", {}, pieces(part)),
  rich_text_list: (part) => h(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((item) => h("li", {}, pieces(item)))),
  rich_text_quote: (part) => h("blockquote", {}, pieces(part)),
  rich_text_preformatted: (part) => h("pre", {}, pieces(part)),
};

const PIECES = {
  text: (piece) => styled(piece),
  link: (piece) => link(piece.url, piece.text),
  user: (piece) => mention(`@${userName(piece.user_id)}`),
  channel: (piece) => mention(`#${channelName(piece.channel_id)}`),
  broadcast: (piece) => mention(`@${piece.range}`),
  emoji: (piece) => `:${piece.name}:`,
  date: (piece) => date(`!date^${piece.timestamp}^${piece.format}`, piece.fallback ?? ""),
};

const STYLES = { code: "code", strike: "s", italic: "em", bold: "strong" };

export function richText(parts) {
  return (parts ?? []).map((part) => PARTS[part.type]?.(part) ?? null);
}

function pieces(part) {
  return (part.elements ?? []).map((piece) => PIECES[piece.type]?.(piece) ?? null);
}

function styled(piece) {
  return Object.entries(STYLES).reduce((inner, [style, tag]) => (piece.style?.[style] ? h(tag, {}, inner) : inner), lines(piece.text));
}
