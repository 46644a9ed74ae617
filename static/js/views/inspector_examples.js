/** What each example of the batch says of a weight: an arrow each on one linear scale, so that one sees what agrees and what cancels, and their mean. */

import { h } from "./tree.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";

/** @typedef {import("./inspector.js").Seen} Seen */

/** @type {import("./inspector_sections.js").Section} */
export const examplesSection = { name: "examples", label: "examples", title: "What each example of the batch says of this weight: which agree, which cancel", view };

/** @param {Seen} seen @param {any} found @param {any} batch @returns {(Node | null)[]} */
function view(seen, found, { rows, folded, count, sum, mean, relation, penalty, gradient, agrees, sentence, known }) {
  const longest = Math.max(...rows.map((/** @type {any} */ { gradient: own }) => Math.abs(own ?? 0)), 0);
  const arrow = (/** @type {number | null} */ value, more = "") => h("span", { class: "arrow-track" },
    value === 0 || value === null || !longest
      ? h("i", { class: value === null ? "arrow bad" : "arrow zero" })
      : h("i", { class: `arrow ${value < 0 ? "negative" : ""} ${more}`, style: { "--t": String(Math.abs(value) / longest), "--shade": shade(value, seen.scale) } }));
  return [
    h("p", { class: "section-sentence" }, sentence),
    !known ? null : h("div", { class: "arrow-heads caption" }, h("span", {}, "← pulls it up (−)"), h("span", {}, "(+) pulls it down →")),
    !known ? null : h("p", { class: "arrow-row mean" }, h("span", { class: "arrow-name" }, "mean"), arrow(mean), h("span", { class: "arrow-value" }, format(mean))),
    !known ? null : h("ol", { class: "arrows", "aria-label": `Gradients of the batch's ${count} examples, from the strongest upward pull to the strongest downward` },
      ...rows.map((/** @type {any} */ { example, gradient: own }) => h("li", { "data-key": example }, h("button", {
        type: "button", class: `arrow-row ${example === seen.focus ? "followed" : ""}`, "aria-pressed": String(example === seen.focus),
        "aria-label": `Example ${example}: ${own === null ? "not finite" : format(own)}`, title: "Follow this example", onclick: () => seen.commands.focus(example),
      }, h("span", { class: "arrow-name" }, String(example)), arrow(own), h("span", { class: "arrow-value" }, own === null ? "not finite" : format(own)))))),
    folded && h("p", { class: "arrow-row folded" }, h("span", { class: "arrow-name wide" }, `and ${folded.count.toLocaleString("en-GB")} weaker ones, together`), h("span", { class: "arrow-value" }, format(folded.sum))),
    !known ? null : h("p", { class: "caption" }, `Their sum ${format(sum)} over ${count.toLocaleString("en-GB")} ${relation} ${format(mean)}.`,
      penalty === null ? "" : ` L1 and L2 add ${format(penalty)} in every batch, which makes ${format(gradient)}.`),
    known && !agrees ? h("p", { class: "refused" }, `The program has ${format(gradient)} instead: something in it is wrong.`) : null,
  ];
}
