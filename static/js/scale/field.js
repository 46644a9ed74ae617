/** Values as paper-to-teal: how much of the field's colour a value gets. */

/** The most that the field covers its paper. */
export const FULL = 0.92;

/**
 * The range over which a unit's values are shown: fixed where the activation has one, else symmetric about zero, or from zero up.
 * @param {string | null} activation
 * @param {Iterable<number>} values
 * @returns {[number, number]}
 */
export function rangeOf(activation, values) {
  if (activation === "tanh") return [-1, 1];
  if (activation === "sigmoid" || activation === "softmax" || activation === "probability") return [0, 1];
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const most = Math.max(-low, high) || 1;
  return low < 0 ? [-most, most] : [0, most];
}

/** @param {number} value @param {[number, number]} range @returns {number} alpha */
export function alphaOf(value, [low, high]) {
  const share = (value - low) / (high - low);
  return FULL * Math.max(0, Math.min(1, share));
}
