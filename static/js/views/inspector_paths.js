/** Every path from the loss to a weight: a row each, the strongest first, with its factors and their product; open, the factors are tiles. */

import { h } from "./tree.js";
import { placesAlong } from "../layout/target.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { magnitude } from "../scale/signed.js";
import { plain, tile } from "./inspector_parts.js";

/** @typedef {import("./inspector.js").Seen} Seen */

/** Factors that are written out in a row; of more, some at both ends and the one that counts most. */
const WRITTEN = 9;
const ENDS = 4;
const EFFECTS = /** @type {Record<string, string>} */ ({ shrinks: "shrinks this path most", grows: "makes this path grow most", ends: "is exactly 0 and ends this path" });

/** @type {import("./inspector_sections.js").Section} */
export const pathsSection = { name: "paths", label: "paths", title: "Every path from the loss to this weight, and what each carries", view };

/** @param {Seen} seen @param {any} found @param {any} paths @returns {(Node | null)[]} */
function view(seen, found, { rows, remainder, total, counted, sentence, relation, example, known }) {
  const sign = (/** @type {string} */ text) => h("span", { class: "operator" }, text);
  return [
    h("p", { class: "section-sentence" }, sentence, known && seen.scope === "batch" ? ` These are the paths of example ${example}.` : ""),
    rows.length ? h("ol", { class: "paths", "aria-label": "Paths, the strongest first" }, ...rows.map((/** @type {any} */ row) => pathRow(seen, found, row))) : null,
    remainder && h("div", { class: "rung-row folded" }, h("span", {}, `and ${remainder.counted} more ${remainder.count === 1 ? "path" : "paths"}`), sign("="), plain(remainder.sum, true)),
    rows.length ? h("div", { class: "rung-row sum" }, h("span", {}, counted === "1" ? "the gradient" : `all ${counted} paths`), sign(relation), tile(seen, total, { derivative: true })) : null,
  ];
}

/** @param {Seen} seen @param {any} found @param {any} row */
function pathRow(seen, found, { neurons, factors, product, marked, effect }) {
  const refs = seen.graph ? placesAlong(seen.graph, found.target, { neurons, factors }) : [];
  const names = ["L", ...neurons.map((/** @type {any} */ { text }) => text)].join(" → ");
  return h("li", { "data-key": [...refs, ...factors.map((/** @type {any} */ { ref }) => ref)].join(" ") }, h("details", { class: "path", "data-refs": refs.join(" ") },
    h("summary", {},
      h("span", { class: "path-names" }, names),
      h("span", { class: "path-product" }, format(product)),
      h("span", { class: "path-bar", "aria-hidden": "true" }, h("i", { class: product === 0 ? "zero" : product < 0 ? "negative" : "", style: { "--shade": shade(product, seen.scale), "--t": String(product === 0 ? 0 : Math.max(0.02, magnitude(product, seen.scale))) } })),
      h("span", { class: "path-factors" }, ...written(factors, marked, effect))),
    h("div", { class: "path-tiles" }, ...factors.map((/** @type {any} */ factor, /** @type {number} */ index) =>
      tile(seen, factor, { class: `${factor.ref.startsWith("slope:") ? "stack" : ""} ${index === marked ? "marked" : ""}` })),
    marked === null ? null : h("p", { class: "caption" }, `${format(factors[marked].value)} ${EFFECTS[effect]}.`))));
}

/** The factors in a line, the one that shrinks or grows the path most marked. @param {any[]} factors @param {number | null} marked @param {string} effect @returns {Node[]} */
function written(factors, marked, effect) {
  const kept = factors.map((_, index) => index).filter((index) => factors.length <= WRITTEN || index < ENDS || index >= factors.length - ENDS || index === marked);
  return kept.flatMap((index, at) => {
    const skipped = at > 0 ? index - kept[at - 1] - 1 : 0;
    const number = format(factors[index].value);
    return [
      ...(at ? [h("i", {}, " × ")] : []),
      ...(skipped ? [h("span", { class: "skipped" }, `(${skipped} more)`), h("i", {}, " × ")] : []),
      index === marked ? h("b", { title: `It ${EFFECTS[effect]}.` }, number) : h("span", {}, number),
    ];
  });
}
