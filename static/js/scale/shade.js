/** The colour of a derivative as an expression over the page's tokens, so that it follows the theme by itself. */

import { MARK, magnitude, markOf } from "./signed.js";

/** @typedef {import("./signed.js").Decades} Decades */

/**
 * @param {number | null | undefined} value
 * @param {Decades} decades
 * @returns {string} a CSS colour
 */
export function shade(value, decades) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "var(--bad)";
  if (markOf(value, decades) === MARK.zero) return "var(--outline)";
  const side = value < 0 ? "negative" : "positive";
  const at = 3 * magnitude(value, decades);
  const low = Math.min(2, Math.floor(at));
  const share = Math.round(1000 * (at - low)) / 10;
  return `color-mix(in srgb, var(--${side}-${low + 1}) ${share}%, var(--${side}-${low}))`;
}
