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

/**
 * Round values between two decades, at most so many: powers of ten where there are enough of them, else 1, 2 and 5 times them.
 * @param {number} lo @param {number} hi @param {number} most
 * @returns {number[]}
 */
export function marks(lo, hi, most) {
  for (const times of [[1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const found = [];
    for (let power = Math.floor(lo); power <= Math.ceil(hi); power += 1) {
      for (const factor of times) {
        const at = power + Math.log10(factor);
        if (at >= lo - 1e-9 && at <= hi + 1e-9) found.push(Number((factor * 10 ** power).toPrecision(2)));
      }
    }
    if (found.length <= most) return found;
  }
  const every = Math.ceil((hi - lo) / most);
  return Array.from({ length: Math.floor((Math.floor(hi) - Math.ceil(lo)) / every) + 1 }, (_, index) => Number((10 ** (Math.ceil(lo) + index * every)).toPrecision(1)));
}
