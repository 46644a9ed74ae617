/** Logarithmic scales: the decades that some curves span, and where a value stands among them. */

/**
 * The powers of ten that hold all values of these curves, at least `least` decades of them.
 * @param {(number | null)[][]} curves @param {number} least
 * @returns {{lo: number, hi: number}}
 */
export function decadesOf(curves, least) {
  let lo = Infinity;
  let hi = -Infinity;
  for (const curve of curves) {
    for (const value of curve) {
      if (value === null || value <= 0 || !Number.isFinite(value)) continue;
      lo = Math.min(lo, Math.log10(value));
      hi = Math.max(hi, Math.log10(value));
    }
  }
  if (lo > hi) return { lo: -1, hi: -1 + Math.max(least, 1) };
  if (least >= 1) [lo, hi] = [Math.floor(lo), Math.ceil(hi)];
  const missing = Math.max(0, least - (hi - lo));
  return { lo: lo - missing / 2, hi: hi + missing / 2 };
}

/**
 * @param {{lo: number, hi: number}} decades
 * @param {number} from  where lo stands
 * @param {number} to  where hi stands
 * @returns {(value: number) => number}
 */
export function logScale({ lo, hi }, from, to) {
  return (value) => from + ((Math.min(hi, Math.max(lo, Math.log10(value))) - lo) / (hi - lo)) * (to - from);
}
