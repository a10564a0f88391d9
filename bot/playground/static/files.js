// Files: chosen in a form and uploaded at once, or shown in a conversation with a link that saves them.

import { fill, h } from "./dom.js";

const KILO = 1024;

// The browser forgets what was chosen when a form is drawn anew, so what was uploaded is kept and shown beside the button.
export function fileInput(element, ctx) {
  let chosen = [...(ctx.start ?? [])];
  let underway = Promise.resolve();
  const list = h("ul", { class: "files" });
  const said = h("p", { class: "error", role: "alert" });
  const most = element.max_files ?? 10;
  const draw = () => fill(list, chosen.map((file) => h("li", {}, named(file), remove(file))));
  const remove = (file) => h("button", { type: "button", "aria-label": `Remove ${file.name}`, onclick: () => keep(chosen.filter((one) => one !== file)) }, "✕");
  const keep = (files) => {
    chosen = files;
    draw();
  };
  const take = async (files) => {
    said.textContent = "";
    for (const file of files) {
      const answer = await ctx.upload(file);
      if (answer.error) said.textContent = answer.error;
      else keep(most === 1 ? [answer] : [...chosen, answer]);
    }
  };
  const node = h("input", {
    type: "file",
    id: ctx.id,
    "data-key": ctx.key,
    "aria-describedby": ctx.describedBy,
    accept: element.filetypes?.map((kind) => `.${kind.replace(/^\./, "")}`).join(","),
    multiple: most > 1,
    onchange: () => {
      underway = take([...node.files]).finally(() => (node.value = ""));
    },
  });
  draw();
  return { node: h("div", { class: "file-input" }, node, list, said), read: () => chosen.map((file) => file.id), keep: () => chosen, settled: () => underway };
}

export function fileCard(person, file) {
  if (file.mode === "tombstone") return h("p", { class: "file gone" }, "This file was deleted.");
  return h("a", { class: "file", href: `/download/${person}/${file.id}`, download: file.name, "aria-label": `Download ${file.name}` }, named(file));
}

function named(file) {
  return [h("strong", {}, file.title || file.name), h("small", {}, sizeWords(file.size))];
}

export function sizeWords(bytes) {
  if (bytes < KILO) return `${bytes} bytes`;
  const [size, unit] = bytes < KILO * KILO ? [bytes / KILO, "kB"] : [bytes / KILO / KILO, "MB"];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
