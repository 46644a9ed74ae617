/** The spread of a batch's gradient over the size of the batch, on logarithmic axes, beside the 1/√n line. */

import { decadesOf, logScale, marks } from "../scale/log.js";
import { format, powerOfTen } from "../scale/number.js";
import { svg } from "./tree.js";

/** @typedef {{size: number, spread: number, low: number, high: number, root: number, expected: number}} Size */

const LEFT = 46;
const RIGHT = 132;
const TOP = 10;
const FOOT = 38;

/**
 * @param {{sizes: Size[], gradient: number, batch_size: number, examples: number}} noise
 * @param {{width: number, height: number}} box
 */
export function chart({ sizes, gradient, batch_size: yours, examples }, { width, height }) {
  const shown = sizes.filter(({ size }) => size < examples);
  const side = width < 480 ? 14 : RIGHT;
  const [left, right, top, bottom] = [LEFT, width - side, TOP, height - FOOT];
  const decades = decadesOf([shown.map(({ low }) => low), shown.map(({ high }) => high), shown.map(({ root }) => root), [gradient]], 0.5);
  const across = logScale({ lo: 0, hi: Math.log10(Math.max(2, examples)) }, left, right);
  const up = logScale(decades, bottom, top);
  const points = (/** @type {(size: Size) => number} */ of) => shown.filter((one) => of(one) > 0).map((one) => `${across(one.size).toFixed(1)},${up(of(one)).toFixed(1)}`);
  const band = [...points(({ high }) => high), ...points(({ low }) => low).reverse()].join(" ");
  const last = shown[shown.length - 1];
  const mine = sizes.find(({ size }) => size === yours);
  return svg("svg", { class: "noise-chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": said(sizes, gradient, yours) },
    ...marks(decades.lo, decades.hi, 6).map((value) => svg("g", { class: "grid" },
      svg("line", { x1: left, x2: right, y1: up(value), y2: up(value) }),
      svg("text", { x: left - 6, y: up(value) + 4, "text-anchor": "end" }, value >= 0.01 && value < 1000 ? String(value) : Number.isInteger(Math.log10(value)) ? powerOfTen(Math.log10(value)) : value.toExponential(0).replace("e-", "e−")))),
    ...shown.map(({ size }, index) => ticked(size, index, shown) && svg("text", { class: "tick", x: across(size), y: bottom + 16, "text-anchor": "middle" }, size.toLocaleString("en-GB"))),
    svg("text", { class: "tick", x: (left + right) / 2, y: bottom + 33, "text-anchor": "middle" }, "examples in a batch"),
    svg("line", { class: "yours", x1: across(yours), x2: across(yours), y1: top, y2: bottom }),
    svg("polygon", { class: "band", points: band }),
    svg("polyline", { class: "root", points: points(({ root }) => root).join(" ") }),
    gradient > 0 && svg("line", { class: "length", x1: left, x2: right, y1: up(gradient), y2: up(gradient) }),
    svg("polyline", { class: "spread", points: points(({ spread }) => spread).join(" ") }),
    ...shown.map((one) => one.spread > 0 && svg("circle", { class: one === mine ? "point mine" : "point", cx: across(one.size), cy: up(one.spread), r: one === mine ? 5 : 3.5 }, svg("title", {}, `${one.size}: ${format(one.spread, 3)}`))),
    ...(side === RIGHT && last ? labels([
      { text: "spread", y: up(last.spread), name: "spread" },
      { text: "1 ∕ √n", y: up(last.root), name: "root" },
      ...(gradient > 0 ? [{ text: "the gradient's length", y: up(gradient), name: "length" }] : []),
    ], right + 8, bottom) : []),
    svg("text", { class: "mine", x: Math.min(across(yours) + 6, right - 74), y: top + 10 }, `your batch: ${yours}`));
}

/** Powers of two, and the batch's own size where it is not too near one. @param {number} size @param {number} index @param {Size[]} shown */
function ticked(size, index, shown) {
  const before = shown[index - 1]?.size ?? 0;
  const after = shown[index + 1]?.size ?? Infinity;
  return Number.isInteger(Math.log2(size)) ? true : size / before > 1.4 && after / size > 1.4;
}

/** Names at the lines' ends, moved apart where they would overlap. @param {{text: string, y: number, name: string}[]} ends @param {number} x @param {number} bottom */
function labels(ends, x, bottom) {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  const lift = Math.max(0, sorted[sorted.length - 1].y - bottom);
  let free = -Infinity;
  return sorted.map(({ text, y, name }) => {
    free = Math.max(y - lift, free);
    const label = svg("text", { class: `label ${name}`, x, y: free + 4 }, text);
    free += 15;
    return label;
  });
}

/** @param {Size[]} sizes @param {number} gradient @param {number} yours */
function said(sizes, gradient, yours) {
  const [first, last] = [sizes[0], sizes[sizes.length - 1]];
  const own = sizes.find(({ size }) => size === yours);
  return `The spread of a batch's gradient falls from ${format(first.spread, 3)} at ${first.size} to ${format(last.spread, 3)} at ${last.size} examples; at your ${yours} it is ${format(own?.spread, 3)}, and the gradient's own length is ${format(gradient, 3)}. The table beside it has every number.`;
}
