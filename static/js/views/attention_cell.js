/** One cell of an attention in numbers: its row of the softmax Jacobian, and what goes on into queries, keys and values. */

import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { h } from "./tree.js";

const UNITS = 8;

/** @typedef {import("../scale/signed.js").Decades} Decades */

/** A derivative with its colour. @param {number | null} value @param {Decades} decades */
const derivative = (value, decades) => h("span", { class: "attention-number", style: { "--shade": shade(value, decades) } }, format(value, 3));

/** @param {any} cell @param {string[]} read @param {Decades} decades */
export function jacobian({ row, column, terms, passed, relation, masked }, read, decades) {
  const caption = h("caption", {}, `Row ${row + 1} of the softmax: how weight ${row + 1},m moves with score ${row + 1},${column + 1}`);
  if (!terms) return h("table", { class: "numbers" }, caption, h("tbody", {}, h("tr", {}, h("td", { class: "muted" }, "Laid out as soon as the gradient has come back to the scores."))));
  return h("table", { class: "numbers attention-row" }, caption,
    h("thead", {}, h("tr", {}, ...["m", "arrives at weight", "× slope", "= product"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {},
      ...terms.map((/** @type {any} */ term) => h("tr", { class: term.column === column ? "yours" : term.masked ? "masked" : "" },
        h("th", { scope: "row" }, `${term.column + 1} (${read[term.column]})`),
        h("td", {}, derivative(term.arriving, decades)),
        h("td", {}, term.masked || masked ? "0 (masked)" : format(term.slope, 3)),
        h("td", {}, derivative(term.product, decades)))),
      h("tr", { class: "sum" }, h("th", { scope: "row", colspan: "3" }, `their sum ${relation} the gradient at the score`), h("td", {}, derivative(passed, decades)))));
}

/** @param {any} cell @param {Decades} decades */
export function shares({ row, column, shares: found, passed, weight, scale, masked }, decades) {
  const caption = h("caption", {}, "What goes on from this cell");
  if (!found) return h("table", { class: "numbers" }, caption, h("tbody", {}, h("tr", {}, h("td", { class: "muted" }, "Not computed yet."))));
  const lines = [
    { name: `query ${row + 1}`, how: `${format(passed, 3)} × ${format(scale, 3)} × key ${column + 1}`, numbers: found.query },
    { name: `key ${column + 1}`, how: `${format(passed, 3)} × ${format(scale, 3)} × query ${row + 1}`, numbers: found.key },
    { name: `value ${column + 1}`, how: `weight ${format(weight, 3)} × what arrives at mix ${row + 1}`, numbers: found.value },
  ];
  return h("table", { class: "numbers attention-shares" }, caption,
    h("tbody", {}, ...lines.map(({ name, how, numbers }) => h("tr", {},
      h("th", { scope: "row" }, `into ${name}`, h("span", { class: "caption" }, masked ? "masked: nothing" : how)),
      h("td", {}, h("span", { class: "attention-list" }, ...numbers.slice(0, UNITS).map((/** @type {number} */ value) => derivative(value, decades)),
        numbers.length > UNITS && h("span", { class: "muted" }, `and ${numbers.length - UNITS} more`)))))));
}
