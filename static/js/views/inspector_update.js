/** A weight's update laid open: the optimiser's lines one after the other with this weight's numbers, and every other optimiser beside it. */

import { h } from "./tree.js";
import { mathOf } from "../mathml.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { digits, fact } from "./inspector_parts.js";
import { rivalsView } from "./inspector_rivals.js";

/** @typedef {import("./inspector.js").Seen} Seen */

/** @type {import("./inspector_sections.js").Section} */
export const updateSection = { name: "update", label: "update", title: "What the optimiser makes of this weight's gradient, line by line", view: updateView };

/** @param {Seen} seen @param {any} found @param {any} detail @returns {(Node | null)[]} */
function updateView(seen, found, detail) {
  if (!detail.lines.length) return [h("p", { class: "section-sentence" }, detail.sentence)];
  return [
    h("p", { class: "section-sentence" }, detail.sentence),
    facts(seen, detail),
    h("ol", { class: "ladder worked", "aria-label": `The lines of ${detail.optimizer} with this weight's numbers` }, ...detail.lines.map((/** @type {any} */ line, /** @type {number} */ index) => lineView(seen, detail, line, index))),
    h("div", { class: "worked-step" }, h("span", {}, detail.when === "done" ? "the step it has made" : "the step it will make"), digits(detail.step, detail.step !== null || detail.when === "done")),
    rivalsView(detail),
  ];
}

/** @param {Seen} seen @param {any} detail */
function facts(seen, { when, gradient, effective, rate, estimated }) {
  const known = when !== "unknown";
  const bar = h("span", { class: known ? (gradient === 0 ? "bar zero" : gradient === null ? "bar bad" : "bar") : "bar unknown", style: known ? { "--shade": shade(gradient, seen.scale) } : {} });
  return h("dl", { class: "facts slim" },
    fact(estimated ? "estimate" : "batch gradient", digits(gradient, known), bar),
    fact(rate.schedule ? `rate η, ${rate.schedule}` : "rate η", digits(rate.value, true)),
    fact("effective rate", known && effective === null ? h("span", { class: "digits none" }, "none") : digits(effective, known)));
}

/** @param {Seen} seen @param {any} detail @param {any} line @param {number} index */
function lineView(seen, { when }, { formula, numbers, value, relation, says, ran, part, instruction, target }, index) {
  const known = when !== "unknown";
  const current = !part && instruction !== null && seen.state?.position.instruction === instruction + 1;
  return h("li", { class: `rung ${current ? "current" : ""} ${known && !ran ? "ahead" : ""}`, "data-rung": `${seen.state?.position.update}.update.${index}`, "data-target": target, "aria-current": current ? "step" : null },
    h("div", { class: "rung-head" },
      h("b", {}, String(index + 1)),
      instruction === null || part ? h("span", {}, says) : h("button", { type: "button", class: "rung-title", "data-ref": `op:${instruction}`, title: "Show this op's formula" }, says)),
    h("div", { class: "worked-formula" }, mathOf(formula)),
    h("div", { class: "worked-numbers", tabindex: "0", role: "group", "aria-label": `${says}, in numbers` }, numbers ? mathOf(numbers) : h("span", { class: "muted" }, known ? "" : "?")),
    h("div", { class: "worked-line" }, h("span", { class: "operator" }, relation), h("b", { class: known ? "worked-value" : "worked-value unknown" }, !known ? "?" : value === null ? "not finite" : format(value))));
}
