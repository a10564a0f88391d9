// Slack's mrkdwn to nodes. Understood: *bold* _italic_ ~strike~ `code` ```block``` > quote, <links>, mentions, dates, a few emoji.

import { h, link } from "./dom.js";
import { section, userName } from "./state.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", hourglass: "⌛", hourglass_flowing_sand: "⏳", wave: "👋", lock: "🔒",
  warning: "⚠️", bell: "🔔", key: "🔑", tada: "🎉", eyes: "👀", no_entry: "⛔", envelope: "✉️", information_source: "ℹ️", question: "❓",
};
const PAIRS = { "*": "strong", _: "em", "~": "s" };
// An opening mark stands at a word's beginning, its closing one at a word's end, on one line, as in Slack. The bound keeps a
// hostile line of stars from taking seconds.
const MARKED = /(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]{0,300}?\S)\1(?![\p{L}\p{N}])/u;
const TOKEN = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+-]{1,40}):/g;
const FIRST_PRIVATE = 0xe000;
const MOST_TOKENS = 6000;
const PRIVATE = /[\ue000-\uf8ff]/g;
const SPLIT = /([\ue000-\uf8ff])/;

export function unescape(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

export function plain(text) {
  return lines(text ?? "");
}

export function mrkdwn(text) {
  const parts = [];
  for (const [quoted, piece] of quotes(String(text ?? ""))) {
    const nodes = inline(piece);
    parts.push(quoted ? h("blockquote", {}, nodes) : nodes);
  }
  return parts.flat();
}

// A text object of Block Kit, whichever its kind.
export function textOf(object) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text);
}

function quotes(text) {
  const runs = [];
  for (const line of text.split("\n")) {
    const quoted = line.startsWith("&gt;");
    const said = quoted ? line.replace(/^&gt;\s?/, "") : line;
    const last = runs.at(-1);
    if (last && last[0] === quoted) last[1] += `\n${said}`;
    else runs.push([quoted, said]);
  }
  return runs;
}

// Tokens become single private characters while the marks around them are read, so that *<@U1>* is a bold mention.
function inline(text) {
  const nodes = [];
  const flat = text.replace(PRIVATE, "").replace(TOKEN, (...found) => {
    if (nodes.length === MOST_TOKENS) return found[0];
    nodes.push(token(found));
    return String.fromCharCode(FIRST_PRIVATE + nodes.length - 1);
  });
  const parts = marked(flat).flatMap((part) => restored(part, nodes)).filter((part) => part !== "");
  return parts.filter((part, at) => !(part.tagName === "BR" && parts[at - 1]?.tagName === "PRE"));
}

function restored(part, nodes) {
  if (typeof part !== "string") {
    part.replaceChildren(...[...part.childNodes].flatMap((child) => restored(child.nodeType === Node.TEXT_NODE ? child.data : child, nodes)));
    return [part];
  }
  return part.split(SPLIT).map((piece) => (piece.length === 1 && nodes[piece.charCodeAt(0) - FIRST_PRIVATE]) || piece);
}

function token([whole, block, code, angle, emoji]) {
  if (block !== undefined) return h("pre", {}, unescape(block.replace(/^\n/, "")));
  if (code !== undefined) return h("code", {}, unescape(code));
  if (angle !== undefined) return bracket(angle);
  return EMOJI[emoji] ?? whole;
}

function marked(text) {
  const parts = [];
  let rest = text;
  for (let found = MARKED.exec(rest); found; found = MARKED.exec(rest)) {
    const [whole, mark, inner] = found;
    parts.push(...lines(unescape(rest.slice(0, found.index))), h(PAIRS[mark], {}, marked(inner)));
    rest = rest.slice(found.index + whole.length);
  }
  return [...parts, ...lines(unescape(rest))];
}

export function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line])).filter((part) => part !== "");
}

function bracket(inner) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inner.slice(bar + 1));
  if (target.startsWith("@")) return mention(`@${userName(target.slice(1))}`);
  if (target.startsWith("#")) return mention(`#${channelName(target.slice(1), label)}`);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!")) return mention(`@${label || target.slice(1).split("^")[0]}`);
  if (target.startsWith("mailto:")) return document.createTextNode(label || unescape(target.slice(7)));
  if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return document.createTextNode(unescape(`<${inner}>`));
  return link(unescape(target), label);
}

export function mention(words) {
  return h("span", { class: "mention" }, words);
}

export function channelName(id, label) {
  return section("channels")?.[id] ?? (label || id);
}

// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
export function date(target, fallback) {
  const [, stamp, format] = target.split("^");
  const when = new Date(Number(stamp) * 1000);
  if (!format || Number.isNaN(when.getTime())) return document.createTextNode(fallback);
  const words = format.replace(/\{(\w+)\}/g, (whole, name) => (DATES[name] ? DATES[name](when) : whole));
  return h("time", { datetime: when.toISOString(), title: when.toLocaleString() }, words);
}

function formatted(options) {
  return (when) => new Intl.DateTimeFormat(undefined, options).format(when);
}

const LONG = formatted({ weekday: "long", year: "numeric", month: "long", day: "numeric" });
const MIDDLE = formatted({ year: "numeric", month: "long", day: "numeric" });
const SHORT = formatted({ year: "numeric", month: "short", day: "numeric" });
export const clockTime = formatted({ hour: "2-digit", minute: "2-digit" });

const DATES = {
  date: MIDDLE,
  date_num: (when) => when.toISOString().slice(0, 10),
  date_short: SHORT,
  date_long: LONG,
  date_pretty: MIDDLE,
  date_short_pretty: SHORT,
  date_long_pretty: LONG,
  time: clockTime,
  time_secs: formatted({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
};
