/** The batch mean in numbers: the examples' gradients, their sum, the sum over n, and what the penalties add to it. */

import { h } from "./tree.js";
import { format } from "../scale/number.js";
import { plain, tile } from "./inspector_parts.js";

/** @typedef {import("./inspector.js").Seen} Seen */

/**
 * Shown where the page speaks of the batch; the ladder below it then is one of the examples.
 * @param {Seen} seen @param {any} batch  null while unknown @param {number | null} example  the followed one
 */
export function batchMean(seen, batch, example) {
  if (seen.scope !== "batch") return null;
  const head = h("div", { class: "rung-head" }, h("b", {}, "Σ ∕ n"), h("span", {}, batch ? `the mean of ${batch.count.toLocaleString("en-GB")} examples' gradients` : "the mean of the examples' gradients"));
  if (!batch) return h("section", { class: "rung batch-mean", "aria-label": "The batch mean" }, head, h("p", { class: "caption" }, "Laid out as soon as this gradient is computed."));
  const broken = seen.state?.bug?.shown && !near(batch.gradient, (batch.mean ?? NaN) + (batch.penalty ?? 0));
  const sign = (/** @type {string} */ text) => h("span", { class: "operator" }, text);
  const number = (/** @type {number | null} */ value) => tile(seen, { value }, { derivative: true });
  return h("section", { class: "rung batch-mean", "aria-label": "The batch mean" }, head,
    ...batch.rows.map((/** @type {any} */ row) => h("div", { class: "rung-row example" },
      h("button", { type: "button", class: "link", "data-key": row.example, "aria-label": `Follow example ${row.example}, whose gradient is ${format(row.gradient)}`, onclick: () => seen.commands.focus(row.example) },
        `example ${row.example}${row.example === example ? ", followed" : ""}`),
      sign(""), number(row.gradient))),
    batch.folded && h("div", { class: "rung-row folded" }, h("span", {}, `and ${batch.folded.count.toLocaleString("en-GB")} more examples`), sign(""), number(batch.folded.sum)),
    h("div", { class: "rung-row sum" }, h("span", {}, "their sum"), sign("="), number(batch.sum)),
    h("div", { class: "rung-row" }, number(batch.sum), sign("÷"), plain(null, true, batch.count.toLocaleString("en-GB")), sign(batch.relation), number(batch.mean)),
    batch.penalty !== null && h("div", { class: "rung-row folded" }, h("span", {}, "L1 and L2 add"), sign("+"), number(batch.penalty)),
    batch.penalty !== null && h("div", { class: "rung-row sum" }, h("span", {}, "gradient of the objective"), sign("="), number(broken ? (batch.mean ?? NaN) + batch.penalty : batch.gradient)),
    broken && h("div", { class: "rung-row sum" }, h("span", {}, "with its bug, the program has"), sign(""), number(batch.gradient)),
    batch.agrees ? null : h("p", { class: "refused" }, `The program has ${format(batch.gradient)} instead: something in it is wrong.`),
    example === null ? null : h("p", { class: "caption" }, `Below, the chain rule of ${seen.state?.batch.includes(example) ? `one of them: example ${example}` : `example ${example}, which is not in this batch`}.`));
}

/** Whether two numbers are the same but for rounding. @param {number | null} a @param {number | null} b */
const near = (a, b) => a !== null && b !== null && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
