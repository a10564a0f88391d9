// What the server last told: named sections, each replaced whole when it changes. Server-sent events reconnect by themselves.

const sections = new Map();
const listeners = new Set();
const RETRY_MS = 2000;
let ahead = 0;

export function section(name) {
  return sections.get(name);
}

// Seconds since 1970 by the playground's clock, which in tests is not this machine's.
export function now() {
  return Date.now() / 1000 + ahead;
}

export function onChange(listener) {
  listeners.add(listener);
}

export function connect(onLink) {
  const source = new EventSource("/events");
  source.addEventListener("open", () => onLink("live"));
  source.addEventListener("error", () => lost(source, onLink));
  source.addEventListener("changed", (event) => merge(JSON.parse(event.data)));
}

// Most browsers try again by themselves; one that has given up is helped.
function lost(source, onLink) {
  onLink("lost");
  if (source.readyState !== EventSource.CLOSED) return;
  setTimeout(() => connect(onLink), RETRY_MS);
}

function merge(told) {
  ahead = told.now - Date.now() / 1000;
  if (told.whole) forgetAllBut(Object.keys(told.sections));
  for (const [name, value] of Object.entries(told.sections)) {
    if (value === null) sections.delete(name);
    else sections.set(name, value);
  }
  const changed = new Set(Object.keys(told.sections));
  for (const listener of listeners) listener(changed);
}

function forgetAllBut(names) {
  for (const name of [...sections.keys()]) if (!names.includes(name)) sections.delete(name);
}

export function userName(id) {
  return section("users")?.[id] ?? id;
}
