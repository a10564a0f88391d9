// Builds nodes. Data becomes text nodes and attribute values only; nothing here, or anywhere on the page, parses markup.

const PROPERTIES = new Set(["value", "checked", "selected", "disabled", "inert", "multiple"]);

let count = 0;

export function uid(prefix) {
  count += 1;
  return `${prefix}-${count}`;
}

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  node.append(...kept(children));
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren(...kept(children));
  return node;
}

function kept(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

function set(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "vars") for (const [key, one] of Object.entries(value)) node.style.setProperty(key, one);
  else if (PROPERTIES.has(name)) node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

// What is drawn anew keeps the focus on the same control: controls carry a data-key that survives drawing.
export function keepingFocus(root, draw) {
  const held = root.contains(document.activeElement) ? document.activeElement : null;
  const key = held?.closest("[data-key]")?.dataset.key;
  const [start, end] = caret(held);
  draw();
  if (!held || root.contains(document.activeElement)) return;
  const next = key && [...root.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key);
  const target = next && (next.matches("a, button, input, select, textarea, [tabindex]") ? next : focusables(next)[0]);
  target?.focus({ preventScroll: true });
  if (target && start !== null) restoreCaret(target, start, end);
}

function caret(node) {
  try {
    return [node?.selectionStart ?? null, node?.selectionEnd ?? null];
  } catch {
    return [null, null];
  }
}

function restoreCaret(node, start, end) {
  try {
    node.setSelectionRange(start, end);
  } catch {
    // Number and e-mail fields have no caret that a page may set.
  }
}

export function focusables(root) {
  const found = root.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0']");
  return [...found].filter((node) => !node.disabled && node.offsetParent !== null);
}

// Only links to this machine are clickable: the playground never sends anybody out.
export function localUrl(text) {
  try {
    const url = new URL(text);
    const here = url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(url.hostname);
    return here && (url.protocol === "http:" || url.protocol === "https:") ? url.href : null;
  } catch {
    return null;
  }
}

export function link(address, label) {
  const href = localUrl(address);
  if (href) return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, label || address);
  return document.createTextNode(label && label !== address ? `${label} (${address})` : address);
}
