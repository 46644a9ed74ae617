/** Where the valley of a finite difference is drawn: steps from left to right, errors upwards, both on logarithmic scales. */

import { decadesOf, logScale, marks } from "../scale/log.js";

/** @typedef {{h: number, error: number | null, kinks: number}} Step */
/** @typedef {{bend: number | null, rounding: number, h: number | null}} Theory */
/** @typedef {{x: number, y: number, kind: "measured" | "exact" | "kink" | "none"}} Dot */
/** @typedef {{name: "bend" | "rounding", x1: number, y1: number, x2: number, y2: number}} Line */

export const BOX = { width: 276, height: 156, left: 36, right: 270, top: 8, bottom: 132 };
const SPAN = { lo: -15, hi: 0 };
const LEAST = 6;
const HIGHEST = 4;

/** Where a step stands. @param {number} h */
export const across = (h) => BOX.left + ((Math.log10(h) - SPAN.lo) / (SPAN.hi - SPAN.lo)) * (BOX.right - BOX.left);

/** The step nearest to a place. @param {Step[]} sweep @param {number} x */
export function nearest(sweep, x) {
  const gaps = sweep.map(({ h }) => Math.abs(across(h) - x));
  return gaps.indexOf(Math.min(...gaps));
}

/**
 * @param {Step[]} sweep
 * @param {Theory} theory
 * @param {number} size  what errors are divided by: the gradient's size, or 1
 */
export function valley(sweep, theory, size) {
  const span = decadesOf([sweep.map(({ error }) => error)], LEAST);
  const decades = { lo: span.lo, hi: Math.min(span.hi, Math.max(HIGHEST, span.lo + LEAST)) };
  const up = logScale(decades, BOX.bottom, BOX.top);
  /** @type {Dot[]} */
  const dots = sweep.map(({ h, error, kinks }) => ({
    x: across(h), y: error ? up(error) : BOX.bottom, kind: error === null || !Number.isFinite(error) ? "none" : error === 0 ? "exact" : kinks ? "kink" : "measured",
  }));
  return { dots, lines: lines(theory, size, decades), ticks: ticks(decades, up), powers: [-15, -12, -9, -6, -3, 0].map((power) => ({ power, x: across(10 ** power) })) };
}

/** @param {{lo: number, hi: number}} decades @param {(value: number) => number} up */
const ticks = (decades, up) => marks(decades.lo, decades.hi, 6).map((value) => ({ power: Math.round(Math.log10(value)), y: up(value) }));

/** The two errors that theory gives, as straight lines inside the frame. @param {Theory} theory @param {number} size @param {{lo: number, hi: number}} decades @returns {Line[]} */
function lines({ bend, rounding }, size, decades) {
  /** @type {Line[]} */
  const found = [];
  if (rounding > 0) found.push(line("rounding", Math.log10(rounding / size), -1, decades));
  if (bend) found.push(line("bend", Math.log10(bend / size), 2, decades));
  return found.filter(({ x1, x2 }) => x2 > x1);
}

/** log₁₀ of the error = constant + slope × log₁₀ of h, cut to the frame. @param {"bend" | "rounding"} name @param {number} constant @param {number} slope @param {{lo: number, hi: number}} decades @returns {Line} */
function line(name, constant, slope, { lo, hi }) {
  const at = (/** @type {number} */ error) => (error - constant) / slope;
  const [first, last] = [at(lo), at(hi)].sort((a, b) => a - b);
  const [from, to] = [Math.max(first, SPAN.lo), Math.min(last, SPAN.hi)];
  const y = (/** @type {number} */ power) => BOX.bottom + ((constant + slope * power - lo) / (hi - lo)) * (BOX.top - BOX.bottom);
  return { name, x1: across(10 ** from), y1: y(from), x2: across(10 ** to), y2: y(to) };
}

/**
 * Where a line stands at a height, inside the frame.
 * @param {Line} line @param {number} y
 */
export function placeOn({ x1, y1, x2, y2 }, y) {
  const share = Math.min(1, Math.max(0, (y - y1) / (y2 - y1)));
  return x1 + share * (x2 - x1);
}
