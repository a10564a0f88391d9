// A choice whose options the bot suggests while the person types (external_select), after the ARIA combobox pattern.

import { h, uid } from "./dom.js";
import { textOfOption } from "./values.js";

const PAUSE_MS = 180;

export function combobox(element, ctx, { many }) {
  const least = element.min_query_length ?? 3;
  let chosen = (many ? (ctx.start ?? []) : [ctx.start].filter(Boolean)).map((option) => ({ value: option.value, text: textOfOption(option) }));
  let options = [];
  let active = -1;
  let asked = 0;
  let timer = 0;

  const listId = uid("options");
  const list = h("ul", { id: listId, role: "listbox", class: "options", "aria-label": ctx.labelWords || "Suggestions", hidden: true });
  const said = h("p", { class: "vh", role: "status" });
  const chips = h("ul", { class: "chips", "aria-label": "Chosen" });
  const box = h("input", {
    type: "text",
    id: ctx.id,
    role: "combobox",
    "data-key": ctx.key,
    "aria-controls": listId,
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    "aria-describedby": ctx.describedBy,
    "aria-label": ctx.id ? undefined : element.placeholder?.text || ctx.labelWords,
    placeholder: element.placeholder?.text || (least ? `Type ${least} or more letters` : "Type to search"),
    autocomplete: "off",
    oninput: typed,
    onkeydown: keyed,
    onfocus: () => least === 0 && options.length === 0 && ask(),
    onblur: left,
  });
  const node = h("div", { class: "combobox" }, many && chips, box, list, said);
  if (!many && chosen[0]) box.value = chosen[0].text;
  drawChips();

  function typed() {
    if (!many) chosen = [];
    clearTimeout(timer);
    if (box.value.trim().length < least) return show([]);
    timer = setTimeout(ask, PAUSE_MS);
  }

  async function ask() {
    const turn = ++asked;
    const found = await ctx.suggest(box.value.trim());
    if (turn !== asked || document.activeElement !== box) return;
    said.textContent = found.error ?? (found.options.length ? `${found.options.length} suggestions` : "Nothing found");
    show(found.options ?? [], found.error ?? "Nothing found");
  }

  function show(found, instead) {
    options = found;
    active = found.length ? 0 : -1;
    const rows = found.map((option, index) => row(option, index));
    list.replaceChildren(...(rows.length || !instead ? rows : [h("li", { class: "none" }, instead)]));
    open(rows.length > 0 || Boolean(instead));
    mark();
  }

  function row(option, index) {
    const group = option.group && option.group !== options[index - 1]?.group ? h("small", {}, option.group) : null;
    const held = chosen.some((one) => one.value === option.value);
    const parts = [group, option.text, option.description && h("small", {}, option.description)];
    const onmousedown = (event) => {
      event.preventDefault();
      pick(index);
    };
    return h("li", { id: `${listId}-${index}`, role: "option", "aria-selected": String(held), onmousedown }, parts);
  }

  function open(yes) {
    list.hidden = !yes;
    box.setAttribute("aria-expanded", String(yes));
    if (yes) list.scrollIntoView({ block: "nearest" });
  }

  function mark() {
    [...list.children].forEach((item, index) => item.classList.toggle("active", index === active));
    if (active >= 0) box.setAttribute("aria-activedescendant", `${listId}-${active}`);
    else box.removeAttribute("aria-activedescendant");
    list.children[active]?.scrollIntoView({ block: "nearest" });
  }

  function pick(index) {
    const option = options[index];
    if (!option) return;
    if (!many) chosen = [option];
    else if (!chosen.some((one) => one.value === option.value)) chosen.push(option);
    box.value = many ? "" : option.text;
    options = [];
    open(false);
    drawChips();
    ctx.changed();
  }

  function keyed(event) {
    const opened = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && opened) pick(active);
    else if (event.key === "Escape" && opened) open(false);
    else if (event.key === "Backspace" && many && !box.value && chosen.length) drop(chosen.at(-1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function step(by) {
    if (list.hidden) return box.value.trim().length >= least && ask();
    active = (active + by + options.length) % Math.max(options.length, 1);
    mark();
  }

  function drop(option) {
    chosen = chosen.filter((one) => one !== option);
    drawChips();
    ctx.changed();
    box.focus();
  }

  function drawChips() {
    const chip = (option) => h("li", {}, option.text, h("button", { type: "button", "aria-label": `Remove ${option.text}`, onclick: () => drop(option) }, "×"));
    chips.replaceChildren(...(many ? chosen.map(chip) : []));
  }

  // Text that was not chosen from the list is no choice, and must not look like one.
  function left() {
    open(false);
    if (many || !chosen[0]) box.value = "";
  }

  const read = () => (many ? chosen.map((option) => option.value) : (chosen[0]?.value ?? null));
  const whole = () => chosen.map((option) => ({ value: option.value, text: { text: option.text } }));
  return { node, read, keep: () => (many ? whole() : (whole()[0] ?? null)) };
}
