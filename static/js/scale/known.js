/** The numbers of a frame as they truly are, and whether they are known yet: unknown is not zero. */

/**
 * One number of an array, as it truly is.
 * @param {import("../types.js").Numbers | undefined} numbers
 * @param {number} index
 */
export function numberAt(numbers, index) {
  return numbers ? numbers.data[index] * 2 ** numbers.exponent : NaN;
}

/**
 * Whether what instruction `at` completes is known where the frame stands.
 * @param {{update: number, instruction: number} | null} position
 * @param {number | null} at
 */
export function isKnown(position, at) {
  if (!position || at === null || at === undefined) return false;
  return position.instruction === 0 ? position.update > 0 : at < position.instruction;
}
