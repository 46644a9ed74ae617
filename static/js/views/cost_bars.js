/** One measure of every way to the gradient: bars on a logarithmic axis, the number at the end of each. */

import { decadesOf, logScale, marks } from "../scale/log.js";
import { svg } from "./tree.js";

/** @typedef {import("../layout/cost.js").Measure} Measure */

export const NAMES = 128;
const ROW = 24;
const BAR = 12;
const FOOT = 20;
/** What a number needs at the end of its bar. */
const NUMBER = 78;

/**
 * @param {Measure} measure @param {string[]} names  of the ways
 * @param {{width: number, named: boolean}} box  `named` where the names stand before the bars
 */
export function bars({ title, bars: all, tick }, names, { width, named }) {
  const [left, right, bottom] = [named ? NAMES : 1, width - NUMBER, all.length * ROW];
  const { lo, hi } = decadesOf([all.flatMap(({ value, mark }) => [value, mark])], 1);
  const across = logScale({ lo: lo - 0.04 * (hi - lo), hi }, left, right);
  return svg("svg", { class: "cost-bars", viewBox: `0 0 ${width} ${bottom + FOOT}`, width, height: bottom + FOOT, role: "img", "aria-label": `${title}: ${names.map((name, index) => `${name} ${all[index].text}`).join(", ")}.` },
    ...marks(lo, hi, Math.max(2, Math.floor((right - left) / 48))).filter((value) => Number.isInteger(Math.log10(value))).map((value) => svg("g", {},
      svg("line", { class: "grid", x1: across(value), x2: across(value), y1: 0, y2: bottom }),
      svg("text", { class: "tick", x: across(value), y: bottom + 14, "text-anchor": "middle" }, tick(value)))),
    ...all.map(({ value, text, guessed, mark }, index) => {
      const y = index * ROW + (ROW - BAR) / 2;
      const end = value ? across(value) : left;
      const shown = Math.max(end, mark ? across(mark) : left);
      return svg("g", { class: index === 0 ? "way first" : "way" },
        named && svg("text", { class: "name", x: left - 8, y: y + 10, "text-anchor": "end" }, names[index]),
        svg("rect", { class: guessed ? "length guessed" : "length", x: left, y, width: Math.max(0, end - left), height: BAR, rx: 2 }),
        mark && svg("line", { class: "expected", x1: across(mark), x2: across(mark), y1: y - 3, y2: y + BAR + 3 }),
        svg("text", { class: "number", x: shown + 6, y: y + 10 }, text));
    }),
    svg("line", { class: "base", x1: left, x2: left, y1: 0, y2: bottom }));
}
