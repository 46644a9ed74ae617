/** Two numbers written out so that one sees how many of their first digits they share. */

const MINUS = "−";

/**
 * Both numbers to so many significant digits of the larger one, each in two parts: the digits that both begin with, and the rest.
 * @param {number | null} a
 * @param {number | null} b
 * @param {number} digits
 * @returns {[{same: string, rest: string}, {same: string, rest: string}]}
 */
export function shared(a, b, digits) {
  if (a === null || b === null || !Number.isFinite(a) || !Number.isFinite(b)) return [whole(a), whole(b)];
  const size = Math.max(Math.abs(a), Math.abs(b));
  const power = size === 0 ? 0 : Math.floor(Math.log10(size));
  const [one, other] = power < -4 || power > 6 ? [a.toExponential(digits - 1), b.toExponential(digits - 1)] : [a, b].map((value) => value.toFixed(Math.min(20, Math.max(0, digits - 1 - power))));
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const parts = (/** @type {string} */ text) => ({ same: text.slice(0, same).replace("-", MINUS), rest: text.slice(same).replace("-", MINUS) });
  return [parts(one), parts(other)];
}

/** @param {number | null} value */
const whole = (value) => ({ same: "", rest: value === null ? "not finite" : String(value).replace("-", MINUS) });
