// Slack's "are you sure" before a press, over the person's own column.

import { h, uid } from "./dom.js";
import { plain, textOf } from "./mrkdwn.js";

export function ask(desk, confirm) {
  const [titleId, textId] = [uid("sure"), uid("sure-text")];
  const before = document.activeElement;
  return new Promise((resolve) => {
    const end = (yes) => {
      node.remove();
      before?.focus?.();
      resolve(yes);
    };
    const no = h("button", { type: "button", class: "button", onclick: () => end(false) }, plain(confirm.deny?.text ?? "Cancel"));
    const yes = h("button", { type: "button", class: `button ${confirm.style ?? "primary"}`, onclick: () => end(true) }, plain(confirm.confirm?.text ?? "Yes"));
    const onkeydown = (event) => keyed(event, [no, yes], () => end(false));
    const box = h("div", { class: "sure", role: "alertdialog", "aria-modal": "true", "aria-labelledby": titleId, "aria-describedby": textId, onkeydown }, h("h3", { id: titleId }, textOf(confirm.title)), h("div", { id: textId, class: "text" }, textOf(confirm.text)), h("footer", {}, no, yes));
    const node = h("div", { class: "veil" }, box);
    desk.append(node);
    no.focus();
  });
}

function keyed(event, buttons, cancel) {
  if (event.key === "Escape") cancel();
  else if (event.key === "Tab") buttons[document.activeElement === buttons[0] ? 1 : 0].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
