/** The signed logarithmic scale: how large a derivative is, from 0 at the legend's low end to 1 at its high end, and which way it points. */

/** @typedef {{lo: number, hi: number}} Decades */

/** What a number is on the scale, or why there is none. Five of these are different marks, none of them the same as another. */
export const MARK = Object.freeze({ unknown: 0, bad: 1, zero: 2, below: 3, shown: 4, above: 5, still: 6 });

/**
 * @param {number} value  NaN and infinities are marks of their own
 * @param {Decades} decades
 * @returns {number} t, clamped to 0…1
 */
export function magnitude(value, { lo, hi }) {
  const t = (Math.log10(Math.abs(value)) - lo) / (hi - lo);
  return t > 0 ? Math.min(1, t) : 0;
}

/**
 * @param {number} value
 * @param {Decades} decades
 * @returns {number} one of MARK
 */
export function markOf(value, { lo, hi }) {
  if (!Number.isFinite(value)) return MARK.bad;
  if (value === 0) return MARK.zero;
  const size = Math.log10(Math.abs(value));
  return size < lo ? MARK.below : size > hi ? MARK.above : MARK.shown;
}

/** The width of an edge, px. @param {number} t @param {number} [scale] */
export const widthOf = (t, scale = 1) => (0.75 + 3.75 * t) * scale;

/** The decades of the weights' own scale: from a hundredth to ten, the same for every run. */
export const WEIGHT_DECADES = Object.freeze({ lo: -2, hi: 1 });
