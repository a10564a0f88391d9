// Things to try. The server ticks them off when it has seen them happen; "Try it" only types, the reader sends.

import { fill, h, keepingFocus } from "./dom.js";
import { section } from "./state.js";

export class TourPanel {
  constructor(node, tryIt) {
    this.node = node;
    this.tryIt = tryIt;
    this.openStep = undefined;
    this.said = h("p", { class: "vh", role: "status" });
    this.body = h("div");
    fill(node, this.said, this.body);
    this.done = null;
  }

  update() {
    const steps = section("tour") ?? [];
    this.node.hidden = steps.length === 0;
    const done = steps.filter((step) => step.done).length;
    if (this.done !== null && done > this.done) this.celebrate(steps, done);
    this.done = done;
    keepingFocus(this.body, () => this.draw(steps, done));
  }

  celebrate(steps, done) {
    this.openStep = undefined;
    this.said.textContent = done === steps.length ? "The tour is done." : `${done} of ${steps.length} steps done.`;
  }

  draw(steps, done) {
    const current = this.openStep ?? steps.findIndex((step) => !step.done);
    fill(
      this.body,
      h("h2", { id: "tour-title" }, "Things to try ", h("span", { class: "count" }, `${done} of ${steps.length}`)),
      h("ol", { class: "steps" }, steps.map((step, index) => this.step(step, index, index === current))),
      done === steps.length && h("p", { class: "finished" }, "That is all of it. Go on as you like: /usher help lists the rest."),
    );
  }

  step(step, index, open) {
    const toggle = () => {
      this.openStep = open ? -1 : index;
      this.update();
    };
    const go = () => this.tryIt(step.person, step.text);
    return h(
      "li",
      { class: `${step.done ? "done" : ""} ${open ? "open" : ""}` },
      h("button", { type: "button", class: "step-title", "aria-expanded": String(open), "data-key": `step ${index}`, onclick: toggle }, h("span", { class: "mark", "aria-hidden": "true" }, step.done ? "✓" : String(index + 1)), step.title, step.done && h("span", { class: "vh" }, " (done)")),
      open && h("div", { class: "step-body" }, h("p", {}, step.how), step.text && h("code", { class: "example" }, step.text), step.text && h("button", { type: "button", class: "button", "data-key": `try ${index}`, onclick: go }, "Type it for me")),
    );
  }
}
