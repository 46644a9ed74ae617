/** Where points of a latent space stand in a square: each number over its own range, the second one upwards. */

/**
 * @param {[number, number][]} ranges  of the number across and, where there are two, of the one up
 * @param {number} size  of the square, px
 * @param {number} margin  px left free around it
 */
export function square(ranges, size, margin) {
  const [[left, right], up] = ranges;
  const inner = size - 2 * margin;
  const x = (/** @type {number} */ value) => margin + (inner * (value - left)) / (right - left);
  const y = (/** @type {number} */ value) => (up ? size - margin - (inner * (value - up[0])) / (up[1] - up[0]) : size / 2);
  return {
    x, y,
    /** How long a distance is drawn, across and up. */
    across: (/** @type {number} */ value) => (inner * value) / (right - left),
    up: (/** @type {number} */ value) => (up ? (inner * value) / (up[1] - up[0]) : 0),
    /** What stands at a place of the square, a share of its width and height each. @param {number} u @param {number} v @returns {number[]} */
    at(u, v) {
      const across = left + ((u * size - margin) / inner) * (right - left);
      return up ? [hold(across, [left, right]), hold(up[0] + (((1 - v) * size - margin) / inner) * (up[1] - up[0]), up)] : [hold(across, [left, right])];
    },
  };
}

/** @param {number} value @param {[number, number]} range */
const hold = (value, [low, high]) => Math.max(low, Math.min(high, value));
