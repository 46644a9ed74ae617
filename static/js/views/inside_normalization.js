/** A normalisation laid open: the values with their mean and spread, and the gradient at each of them as the sum of its parts. */

import { axis, lengths } from "../layout/normalization.js";
import { PROVISIONAL } from "../scale/decades.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { h, svg } from "./tree.js";

const [WIDTH, PAD] = [256, 12];
const HALF = 46;
const PARTS = [
  { name: "direct", title: "straight", note: "∂L/∂y ÷ √(variance + ε)" },
  { name: "mean", title: "through the mean", note: "the same for all" },
  { name: "variance", title: "through the variance", note: "in proportion to x − mean" },
  { name: "other", title: "around it", note: "by the second path" },
  { name: "total", title: "their sum", note: "what the program has" },
];

/** @param {import("./inside.js").Looking} looking @param {any} found */
export function normalizationView({ now, commands }, found) {
  const decades = now.legend ?? PROVISIONAL;
  const { members, kind, count } = found;
  const batch = kind === "batch";
  const around = members.some((/** @type {any} */ one) => one.other);
  const parts = PARTS.filter(({ name }) => name !== "other" || around);
  const fact = (/** @type {string} */ name, /** @type {number | string | null} */ value) => h("div", { class: "fact" }, h("dt", {}, name), h("dd", {}, value === null ? "?" : typeof value === "string" ? value : format(value)));
  return [
    choices(found, now.focus, commands),
    h("p", { class: "inside-sentence" }, found.sentence),
    h("dl", { class: "facts normalization-facts" }, fact("mean", found.mean), fact("variance", found.variance), fact("√(variance + ε)", found.spread), fact(`over ${batch ? (found.places > 1 ? "examples and places" : "examples") : "units"}`, String(count)), fact("gradient at what it becomes", found.arriving)),
    found.mean === null ? h("p", { class: "muted" }, "Nothing is computed here yet.") : h("div", { class: "normalization-charts" },
      figure("The values", batch ? "a line an example; band: ± spread" : "a line a unit; band: ± spread", strip(found)),
      ...parts.map(({ name, title, note }) => figure(title, note, bars(found, name, decades)))),
    table(found, parts, decades),
  ];
}

/** @param {string} title @param {string} note @param {Element} shown */
const figure = (title, note, shown) => h("figure", { class: "inside-figure" }, h("figcaption", {}, h("b", {}, title), ` ${note}`), shown);

/** Which normalisation, unit and place. @param {any} found @param {number | null} focus @param {import("../types.js").Commands} commands */
function choices({ all, node, unit, units, place, places, example }, focus, commands) {
  const count = (/** @type {string} */ name, /** @type {"unit" | "place"} */ key, /** @type {number} */ value, /** @type {number} */ most) => most > 1 && h("label", {}, `${name} `,
    h("input", { type: "number", class: "field", min: 1, max: most, value: value + 1, oninput: (/** @type {any} */ event) => commands.choose({ [key]: Math.max(1, Math.min(most, Number(event.target.value) || 1)) - 1 }) }), ` of ${most}`);
  return h("div", { class: "inside-choices" },
    all.length > 1 && h("label", {}, "which ", h("select", { class: "field", onchange: (/** @type {any} */ event) => commands.choose({ node: Number(event.target.value), unit: 0, place: 0 }) },
      ...all.map((/** @type {any} */ each) => h("option", { value: each.node, selected: each.node === node }, each.label)))),
    count("unit", "unit", unit, units), count("place", "place", place, places),
    h("span", { class: "muted" }, `${all.length > 1 ? "" : `${all[0].label}, `}example ${example}${focus === null || focus === example ? "" : `, since example ${focus} is not in this batch`}`));
}

/** The values on their axis, with the mean and the spread. @param {any} found */
function strip({ members, mean, spread, kind }) {
  const x = axis(members.map((/** @type {any} */ one) => one.x), WIDTH, PAD);
  const [left, right] = [x(mean - spread), x(mean + spread)];
  const own = members.find((/** @type {any} */ one) => one.own);
  const label = `${members.length} values with mean ${format(mean)} and spread ${format(spread)}; ${kind === "batch" ? "the followed example’s" : "the chosen unit’s"} is ${format(own.x)}`;
  return svg("svg", { class: "normalization-chart", viewBox: `0 0 ${WIDTH} ${2 * HALF + 24}`, width: WIDTH, height: 2 * HALF + 24, role: "img", "aria-label": label },
    svg("rect", { class: "band", x: Math.max(0, left), y: 8, width: Math.min(WIDTH, right) - Math.max(0, left), height: 2 * HALF - 8 }),
    svg("path", { class: "mean", d: `M${x(mean)},4V${2 * HALF + 4}` }),
    ...members.map((/** @type {any} */ one) => svg("path", { class: one.own ? "value own" : "value", d: `M${x(one.x)},${one.own ? 10 : HALF - 12}v${one.own ? 2 * HALF - 12 : 24}` }, svg("title", {}, `${name(one, kind)}: x = ${format(one.x)}, becomes ${one.y === null ? "?" : format(one.y)}`))),
    svg("text", { x: Math.max(18, Math.min(WIDTH - 18, x(mean))), y: 2 * HALF + 19, "text-anchor": "middle" }, "mean"));
}

/** One part of each gradient as a bar at its value; how long the longest is, is written beside it. @param {any} found @param {string} part @param {import("../scale/signed.js").Decades} decades */
function bars({ members, kind }, part, decades) {
  const x = axis(members.map((/** @type {any} */ one) => one.x), WIDTH, PAD);
  const known = members[0].total !== null;
  const sizes = members.map((/** @type {any} */ one) => Math.abs(one[part] ?? 0));
  const high = lengths(sizes, HALF);
  const own = members.find((/** @type {any} */ one) => one.own);
  const label = known ? `${part}: ${format(own[part])} for ${name(own, kind)}, and the others’ bars beside it; the table has the numbers` : `${part}: not computed yet`;
  return svg("svg", { class: "normalization-chart", "data-part": part, viewBox: `0 0 ${WIDTH} ${2 * HALF + 24}`, width: WIDTH, height: 2 * HALF + 24, role: "img", "aria-label": label },
    svg("path", { class: "zero", d: `M0,${HALF + 4}H${WIDTH}` }),
    known && svg("text", { x: WIDTH, y: 2 * HALF + 19, "text-anchor": "end" }, `longest ${format(Math.max(...sizes), 3)}`),
    ...members.map((/** @type {any} */ one) => {
      const value = one[part];
      const title = svg("title", {}, `${name(one, kind)}: ${value === null ? "not computed yet" : format(value)}`);
      if (!known || value === null) return svg("circle", { class: "unknown", cx: x(one.x), cy: HALF + 4, r: 2.5 }, title);
      if (value === 0) return svg("circle", { class: "zero", cx: x(one.x), cy: HALF + 4, r: 2.5 }, title);
      return svg("path", { class: value < 0 ? "bar negative" : "bar", d: `M${x(one.x)},${HALF + 4}v${-high(value)}`, style: { stroke: shade(value, decades), "stroke-width": one.own ? "6px" : "3px" } }, title);
    }),
    svg("text", { x: Math.max(24, Math.min(WIDTH - 116, x(own.x))), y: 2 * HALF + 19, "text-anchor": "middle" }, kind === "batch" ? "this one" : `unit ${own.number + 1}`));
}

/** @param {any} one @param {string} kind */
const name = (one, kind) => (kind === "batch" ? `example ${one.number}` : `unit ${one.number + 1}`);

/** @param {any} found @param {typeof PARTS} parts @param {import("../scale/signed.js").Decades} decades */
function table({ members, kind, listed, of }, parts, decades) {
  const cell = (/** @type {number | null} */ value) => h("td", {}, value === null ? "?" : format(value));
  const slope = (/** @type {number | null} */ value) => h("td", {}, value === null ? "?" : h("span", { class: "attention-number", style: { "--shade": shade(value, decades) } }, format(value)));
  return h("div", { class: "table-scroll", tabindex: 0, role: "group", "aria-label": "The numbers" }, h("table", { class: "numbers normalization-numbers" },
    h("caption", {}, `The gradient of the followed example’s loss at each value${listed < of ? `; the first ${listed} of ${of}` : ""}`),
    h("thead", {}, h("tr", {}, ...[kind === "batch" ? "example" : "unit", "x", "becomes", ...parts.slice(0, -1).map(({ title }) => title), "", "their sum"].map((text) => (text ? h("th", { scope: "col" }, text) : h("td", {}))))),
    h("tbody", {}, ...members.map((/** @type {any} */ one) => h("tr", { class: one.own ? "yours" : "" },
      h("th", { scope: "row" }, kind === "batch" ? String(one.number) : String(one.number + 1)), cell(one.x), cell(one.y), ...parts.slice(0, -1).map(({ name: part }) => slope(one[part])), h("td", {}, one.total === null ? "" : one.relation), slope(one.total))))));
}
