/** A matrix as a picture, one pixel a number; rows are targets, columns are sources. */

import { MARK, magnitude, markOf } from "../scale/signed.js";
import { step } from "../scale/color.js";

/** @typedef {{positive: Uint32Array, negative: Uint32Array, zero: number, unknown: number, bad: number}} Pixels */

/**
 * @param {Uint32Array} out  targets × sources pixels
 * @param {{data: Float32Array, exponent: number}} numbers  sources × targets, as the server keeps weights
 * @param {number} sources
 * @param {number} targets
 * @param {import("../scale/signed.js").Decades} decades
 * @param {Pixels} pixels
 */
export function paintMatrix(out, { data, exponent }, sources, targets, decades, pixels) {
  const scale = 2 ** exponent;
  for (let source = 0; source < sources; source += 1) {
    for (let target = 0; target < targets; target += 1) {
      const value = data[source * targets + target] * scale;
      const mark = markOf(value, decades);
      const at = target * sources + source;
      if (mark === MARK.bad) out[at] = pixels.bad;
      else if (mark === MARK.zero) out[at] = pixels.zero;
      else out[at] = (value < 0 ? pixels.negative : pixels.positive)[step(magnitude(value, decades))];
    }
  }
}

/**
 * The places of the largest sizes in an array, unordered.
 * @param {Float32Array} data
 * @param {number} wanted
 * @returns {number[]}
 */
export function strongest(data, wanted) {
  if (data.length <= wanted) return Array.from(data, (_, index) => index);
  const sizes = Float32Array.from(data, (value) => (Number.isFinite(value) ? Math.abs(value) : Infinity)).sort();
  const limit = sizes[sizes.length - wanted];
  const found = [];
  for (let index = 0; index < data.length && found.length < wanted; index += 1) {
    const size = Math.abs(data[index]);
    if (size >= limit || Number.isNaN(size)) found.push(index);
  }
  return found;
}
