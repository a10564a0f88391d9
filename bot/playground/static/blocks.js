// Block Kit to nodes. The controls found on the way come back too, so that a form can read them and show errors under them.
//
// surface: press(blockId, element, value?), suggest(blockId, element, text), upload(file), start(blockId, element), people(), channels()

import { h, uid } from "./dom.js";
import { makeElement, picture } from "./elements.js";
import { mrkdwn, plain, textOf } from "./mrkdwn.js";
import { richText } from "./rich.js";
import { keyOf } from "./values.js";

const PRESSED_WHEN_CHANGED = new Set(["button", "overflow"]);

const MAKERS = {
  header: (block) => h("h4", { class: "block-header" }, textOf(block.text)),
  divider: () => h("hr"),
  section,
  context: (block) => h("div", { class: "context" }, block.elements.map(contextPart)),
  actions: (block, found) => h("div", { class: "actions" }, block.elements.map((element) => found.add(block, element))),
  image: (block) => h("figure", {}, picture(block), block.title && h("figcaption", {}, textOf(block.title))),
  input: inputBlock,
  rich_text: (block) => h("div", { class: "text" }, richText(block.elements)),
  markdown: (block) => h("div", { class: "text" }, plain(block.text)),
};

export function renderBlocks(blocks, surface) {
  const found = new Found(surface);
  const nodes = blocks.map((block) => {
    const maker = MAKERS[block.type];
    return maker ? maker(block, found) : h("p", { class: "unknown" }, `The playground cannot show a block of kind ${block.type}.`);
  });
  return { nodes, controls: found.controls };
}

class Found {
  constructor(surface) {
    this.surface = surface;
    this.controls = new Map();
  }

  add(block, element, { isInput = false, ...more } = {}) {
    const key = keyOf(block.block_id, element.action_id);
    const press = (value) => this.surface.press(block.block_id, element, value);
    const acts = isInput ? block.dispatch_action : !PRESSED_WHEN_CHANGED.has(element.type);
    const made = makeElement(element, {
      key,
      press,
      pressedByEnter: isInput && Boolean(block.dispatch_action),
      changed: () => acts && press(this.controls.get(key)?.read()),
      start: this.surface.start(block.block_id, element),
      suggest: (text) => this.surface.suggest(block.block_id, element, text),
      upload: this.surface.upload,
      people: this.surface.people,
      channels: this.surface.channels,
      ...more,
    });
    if (made.read) this.controls.set(key, { blockId: block.block_id, actionId: element.action_id, element, isInput, ...made });
    return made.node;
  }
}

function section(block, found) {
  const words = block.text?.text ?? "";
  const fields = block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, textOf(field))));
  const side = block.accessory && h("div", { class: "accessory" }, accessory(block, words, found));
  return h("div", { class: "section" }, h("div", { class: "text" }, textOf(block.text), fields), side);
}

function accessory(block, words, found) {
  if (block.accessory.type === "image") return picture(block.accessory);
  return found.add(block, block.accessory, { labelWords: words.replace(/[*_~`]/g, "").split("\n")[0].slice(0, 80) });
}

function contextPart(part) {
  return part.type === "image" ? picture(part) : h("span", {}, textOf(part));
}

const GROUPED = new Set(["checkboxes", "radio_buttons", "multi_static_select", "multi_users_select", "multi_channels_select", "multi_conversations_select"]);

function inputBlock(block, found) {
  const [id, labelId, hintId, errorId] = [uid("field"), uid("label"), uid("hint"), uid("error")];
  const grouped = GROUPED.has(block.element.type);
  const optional = block.optional && h("small", {}, "optional");
  const label = h(grouped ? "span" : "label", { id: labelId, for: grouped ? undefined : id, class: "label" }, textOf(block.label), optional);
  const hint = block.hint && h("p", { id: hintId, class: "hint" }, textOf(block.hint));
  const error = h("p", { id: errorId, class: "error" });
  const more = { isInput: true, id: grouped ? undefined : id, labelledBy: labelId, labelWords: block.label.text, describedBy: block.hint ? `${hintId} ${errorId}` : errorId };
  const node = h("div", { class: "field", "data-block": block.block_id }, label, found.add(block, block.element, more), error, hint);
  const control = found.controls.get(keyOf(block.block_id, block.element.action_id));
  if (control) control.showError = (words) => showError(node, error, words);
  return node;
}

function showError(node, error, words) {
  error.textContent = words ?? "";
  node.classList.toggle("wrong", Boolean(words));
  for (const field of node.querySelectorAll("input, select, textarea")) {
    if (words) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

// The plain text stands in where a message has no blocks.
export function textBlock(text) {
  return h("div", { class: "text" }, mrkdwn(text));
}
