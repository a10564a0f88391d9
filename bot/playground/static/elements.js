// The things in a block that can be pressed, chosen or filled in. Each maker returns {node, read?}; read gives a plain value.
//
// ctx: blockId, key, labelledBy, describedBy, labelWords, start (see values.js), placeholder, press(value?), suggest(text), upload(file), people, channels.

import { combobox } from "./combobox.js";
import { h, localUrl, uid } from "./dom.js";
import { fileInput } from "./files.js";
import { menuButton } from "./menu.js";
import { plain, textOf } from "./mrkdwn.js";
import { allOptions, textOfOption } from "./values.js";

const MAKERS = {
  button,
  overflow,
  plain_text_input: (element, ctx) => (element.multiline ? textarea(element, ctx) : input("text", element, ctx)),
  email_text_input: (element, ctx) => input("email", element, ctx),
  url_text_input: (element, ctx) => input("url", element, ctx),
  number_input: (element, ctx) => input("number", element, ctx),
  datepicker: (element, ctx) => picker("date", element, ctx),
  timepicker: (element, ctx) => picker("time", element, ctx),
  datetimepicker: momentPicker,
  static_select: (element, ctx) => select(groupsOf(element), element, ctx),
  users_select: (element, ctx) => select([["", ctx.people()]], element, ctx),
  channels_select: (element, ctx) => select([["", ctx.channels()]], element, ctx),
  conversations_select: (element, ctx) => select([["", ctx.channels()]], element, ctx),
  multi_static_select: (element, ctx) => boxes(optionPairs(element), element, ctx),
  multi_users_select: (element, ctx) => boxes(ctx.people(), element, ctx),
  multi_channels_select: (element, ctx) => boxes(ctx.channels(), element, ctx),
  multi_conversations_select: (element, ctx) => boxes(ctx.channels(), element, ctx),
  file_input: fileInput,
  checkboxes: (element, ctx) => boxes(optionPairs(element), element, ctx),
  radio_buttons: radios,
  external_select: (element, ctx) => combobox(element, ctx, { many: false }),
  multi_external_select: (element, ctx) => combobox(element, ctx, { many: true }),
  image: (element) => ({ node: picture(element) }),
};

export function makeElement(element, ctx) {
  const maker = MAKERS[element.type];
  return maker ? maker(element, ctx) : { node: h("p", { class: "unknown" }, `The playground cannot show a ${element.type}.`) };
}

// Images from elsewhere are never loaded, so that a message cannot tell its sender who read it.
export function picture({ alt_text: words, image_url: address }) {
  const own = typeof address === "string" && address.startsWith("data:image/");
  return own ? h("img", { src: address, alt: words ?? "" }) : h("span", { class: "picture" }, words || "Picture");
}

function button(element, ctx) {
  const address = element.url && localUrl(element.url);
  const props = { "data-key": ctx.key, class: `button ${element.style ?? ""}`, "aria-label": element.accessibility_label, onclick: () => ctx.press() };
  if (address) return { node: h("a", { ...props, href: address, target: "_blank", rel: "noopener noreferrer" }, plain(element.text?.text)) };
  return { node: h("button", { ...props, type: "button" }, textOf(element.text)) };
}

function overflow(element, ctx) {
  const items = element.options.map((option) => ({ label: textOfOption(option), run: () => ctx.press(option.value) }));
  return { node: menuButton({ label: ctx.labelWords ? `More for ${ctx.labelWords}` : "More", glyph: "⋯", key: ctx.key, items }) };
}

function common(element, ctx) {
  return {
    "data-key": ctx.key,
    "data-focus": element.focus_on_load,
    id: ctx.id,
    "aria-describedby": ctx.describedBy,
    "aria-label": ctx.labelledBy || ctx.id ? undefined : element.placeholder?.text || ctx.labelWords,
    onchange: () => ctx.changed(),
  };
}

function input(type, element, ctx) {
  const node = h("input", {
    ...common(element, ctx),
    type: type === "number" ? "text" : type,
    inputmode: type === "number" ? "decimal" : undefined,
    value: ctx.start ?? "",
    placeholder: element.placeholder?.text,
    minlength: element.min_length,
    maxlength: element.max_length,
    autocomplete: "off",
    spellcheck: type === "text" ? undefined : "false",
    ...(ctx.pressedByEnter ? enterPresses(ctx) : {}),
  });
  return { node, read: () => node.value || null };
}

// A line that acts by itself tells the bot when Enter is pressed, and neither when it is left nor by sending the form.
function enterPresses(ctx) {
  const onkeydown = (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    ctx.changed();
  };
  return { onkeydown, onchange: undefined };
}

function textarea(element, ctx) {
  const node = h("textarea", {
    ...common(element, ctx),
    rows: 4,
    placeholder: element.placeholder?.text,
    minlength: element.min_length,
    maxlength: element.max_length,
  });
  node.value = ctx.start ?? "";
  return { node, read: () => node.value || null };
}

function picker(type, element, ctx) {
  const node = h("input", { ...common(element, ctx), type, value: ctx.start ?? "" });
  return { node, read: () => node.value || null };
}

// Slack keeps seconds since 1970; the field shows this machine's local time.
function momentPicker(element, ctx) {
  const start = ctx.start ? new Date((ctx.start - new Date(ctx.start * 1000).getTimezoneOffset() * 60) * 1000) : null;
  const node = h("input", { ...common(element, ctx), type: "datetime-local", value: start ? start.toISOString().slice(0, 16) : "" });
  return { node, read: () => (node.value ? Math.floor(new Date(node.value).getTime() / 1000) : null) };
}

function groupsOf(element) {
  if (!element.option_groups) return [["", optionPairs(element)]];
  return element.option_groups.map((group) => [group.label.text, group.options.map((option) => [option.value, textOfOption(option)])]);
}

function optionPairs(element) {
  return allOptions(element).map((option) => [option.value, textOfOption(option), option.description?.text]);
}

function select(groups, element, ctx) {
  const chosen = valueOf(ctx.start);
  const option = ([value, words]) => h("option", { value, selected: value === chosen }, words);
  const node = h(
    "select",
    common(element, ctx),
    h("option", { value: "" }, element.placeholder?.text || "Choose"),
    groups.map(([label, pairs]) => (label ? h("optgroup", { label }, pairs.map(option)) : pairs.map(option))),
  );
  return { node, read: () => node.value || null };
}

function boxes(pairs, element, ctx) {
  const chosen = new Set((ctx.start ?? []).map(valueOf));
  return group("checkbox", pairs, (value) => chosen.has(value), ctx, (all) => all);
}

function radios(element, ctx) {
  const chosen = valueOf(ctx.start);
  return group("radio", optionPairs(element), (value) => value === chosen, ctx, (all) => all[0] ?? null);
}

function group(type, pairs, isChosen, ctx, read) {
  const name = uid("choice");
  const inputs = pairs.map(([value]) => h("input", { type, name, value, checked: isChosen(value), "data-key": `${ctx.key} ${value}`, onchange: () => ctx.changed() }));
  const rows = pairs.map(([, words, more], index) =>
    h("label", { class: "choice" }, inputs[index], h("span", {}, words, more && h("small", {}, more))),
  );
  const role = type === "radio" ? "radiogroup" : "group";
  const node = h("div", { class: pairs.length > 10 ? "choices long" : "choices", role, "aria-labelledby": ctx.labelledBy, "aria-label": ctx.labelledBy ? undefined : ctx.labelWords, "aria-describedby": ctx.describedBy }, rows);
  return { node, read: () => read(inputs.filter((one) => one.checked).map((one) => one.value)) };
}

function valueOf(start) {
  return start && typeof start === "object" ? start.value : start;
}
