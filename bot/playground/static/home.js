// App Home as this person sees it.

import { renderBlocks } from "./blocks.js";
import { h, keepingFocus } from "./dom.js";
import { changedValues, keyOf, startOf } from "./values.js";

export class HomeTab {
  constructor(card) {
    this.card = card;
    this.told = "";
    this.controls = new Map();
    this.node = h("div", { class: "scroller home" });
    this.update(null);
  }

  update(view) {
    const told = JSON.stringify(view ?? null);
    if (told === this.told) return;
    this.told = told;
    this.view = view;
    if (view) this.draw(view);
    else this.node.replaceChildren(h("p", { class: "empty" }, "Usher has drawn no Home for this person yet."));
  }

  draw(view) {
    const kept = new Map([...this.controls].map(([key, control]) => [key, (control.keep ?? control.read)()]));
    const { nodes, controls } = renderBlocks(view.blocks, {
      press: (blockId, element, value) => this.card.press({ view: view.id }, blockId, element, value, this.values()),
      suggest: (blockId, element, text) => this.card.suggest({ view: view.id }, blockId, element, text),
      start: (blockId, element) => kept.get(keyOf(blockId, element.action_id)) ?? startOf(element, view.values?.[blockId]?.[element.action_id]),
      people: this.card.people,
      channels: this.card.channels,
    });
    this.controls = controls;
    keepingFocus(this.node, () => this.node.replaceChildren(...nodes));
  }

  values() {
    return changedValues(this.controls, this.view);
  }
}
