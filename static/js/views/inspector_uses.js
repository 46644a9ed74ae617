/** A shared weight's gradient as the sum that it is: a bar for each time step, beginning where the last one ended, or a map of all places of a window. */

import { h, svg } from "./tree.js";
import { isKnown } from "../scale/known.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";

/** @typedef {import("./inspector.js").Seen} Seen */
/** @typedef {{step?: number, way?: string, place: number[], at: number | null, arriving: number | null, local: number | null, product: number, running: number | null}} Use */

const STRONGEST = 8;
const MAPPED = 1024;

/** @type {import("./inspector_sections.js").Section} */
export const usesSection = { name: "uses", label: "uses", title: "A shared weight is used many times: what each use adds to its gradient", view };

/** @param {Seen} seen @param {any} found @param {any} uses @returns {(Node | null)[]} */
function view(seen, found, { rows, shape, total, adds, count, folded, sentence }) {
  const done = rows.filter((/** @type {Use} */ { at }) => isKnown(seen.state?.position ?? null, at));
  if (!done.length) return [h("p", { class: "section-sentence" }, "Its parts are laid out as soon as the gradient comes back to where this weight is used.")];
  const whole = done.length === rows.length;
  const sum = h("p", { class: "use-total" }, h("span", {}, whole ? `Σ of ${count.toLocaleString("en-GB")} ${adds}` : `${done.length} of ${count} parts so far`), h("b", {}, format(whole ? total : done[done.length - 1].running)),
    h("i", { class: "bar", style: { "--shade": shade(whole ? total : done[done.length - 1].running, seen.scale) } }));
  return [
    h("p", { class: "section-sentence" }, sentence),
    shape && rows.length <= MAPPED ? map(seen, rows, shape) : null,
    shape ? strongest(rows) : fall(seen, rows, done),
    folded && h("p", { class: "caption" }, `and ${folded.count.toLocaleString("en-GB")} more, together ${format(folded.sum)}`),
    sum,
  ];
}

/** One bar a time step, from the last one back. @param {Seen} seen @param {Use[]} rows @param {Use[]} done */
function fall({ scale }, rows, done) {
  const ends = [0, ...rows.map(({ running }) => running ?? 0)];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const at = (/** @type {number} */ value) => (value - low) / (high - low || 1);
  return h("ol", { class: "use-fall", "aria-label": "What each use adds, in the order of the backward pass" },
    ...rows.map((use, index) => {
      const known = done.includes(use);
      const [from, to] = [at(ends[index]), at(ends[index + 1])];
      return h("li", { title: known ? `${format(use.arriving)} × ${format(use.local)}` : null },
        h("span", { class: "use-name" }, use.step ? `t = ${use.step}` : "use"),
        h("span", { class: "use-track", "aria-hidden": "true", style: { "--zero": String(at(0)) } }, known && h("i", { class: use.product < 0 ? "negative" : "", style: { "--from": String(Math.min(from, to)), "--wide": String(Math.abs(to - from)), "--shade": shade(use.product, scale) } })),
        h("span", { class: known ? "use-value" : "use-value unknown" }, known ? format(use.product, 3) : "?"));
    }));
}

/** Every place of the window as a pixel. @param {Seen} seen @param {Use[]} rows @param {number[]} shape */
function map({ scale }, rows, [height, width]) {
  const largest = rows.reduce((best, use) => (Math.abs(use.product) > Math.abs(best.product) ? use : best));
  return h("figure", { class: "use-map" },
    svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `What each of ${rows.length} places adds; the largest part, ${format(largest.product, 3)}, is at row ${largest.place[0] + 1}, column ${largest.place[1] + 1}` },
      ...rows.map(({ place: [row, column], product }) => svg("rect", { x: column, y: row, width: 1, height: 1, class: product === 0 ? "zero" : "", style: { "--shade": shade(product, scale) } },
        svg("title", {}, `row ${row + 1}, column ${column + 1}: ${format(product)}`)))),
    h("figcaption", { class: "caption" }, "∂L/∂z × x at each place of the window, on the legend's scale."));
}

/** The strongest places in numbers. @param {Use[]} rows */
function strongest(rows) {
  const sorted = [...rows].sort((a, b) => Math.abs(b.product) - Math.abs(a.product)).slice(0, STRONGEST);
  return h("table", { class: "numbers use-table" },
    h("caption", {}, "The strongest parts"),
    h("thead", {}, h("tr", {}, ...["place", "∂L/∂z", "x", "part"].map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, ...sorted.map(({ place, arriving, local, product }) => h("tr", {}, h("th", { scope: "row" }, place.map((one) => one + 1).join(", ")), h("td", {}, format(arriving, 3)), h("td", {}, format(local, 3)), h("td", {}, format(product, 3))))));
}
