/** The decades of the colour scale: taken from the first complete frame, and then left alone. */

/** What the legend shows before there is a first gradient. */
export const PROVISIONAL = Object.freeze({ lo: -4, hi: 0, rescaled: 0 });
const NARROWEST = 4;
const WIDEST = 8;

/**
 * From the 2nd to the 99.9th percentile in whole decades, at least four wide and at most eight.
 * @param {number[]} magnitudes  log10 of sizes, finite
 * @returns {{lo: number, hi: number} | null} null where there is nothing to go by
 */
export function decadesOf(magnitudes) {
  if (!magnitudes.length) return null;
  const sorted = Float64Array.from(magnitudes).sort();
  /** @param {number} share */
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))];
  const hi = Math.ceil(at(0.999)) + 0; // no negative zero
  const lo = Math.min(hi - NARROWEST, Math.max(hi - WIDEST, Math.floor(at(0.02))));
  return { lo, hi };
}

/**
 * log10 of every gradient of a frame that is known, finite and not zero.
 * @param {import("../types.js").Frame} frame
 * @returns {number[]}
 */
export function magnitudesOf(frame) {
  const found = [];
  for (const field of ["gradients", "example_gradients"]) {
    for (const { data, exponent } of Object.values(frame.fields[field] ?? {})) {
      for (const value of data) {
        const size = Math.log10(Math.abs(value)) + exponent * Math.LOG10E * Math.LN2;
        if (Number.isFinite(size)) found.push(size);
      }
    }
  }
  return found;
}
