/** Classes in words: one for an example, or one for each step of its sequence. */

/** @typedef {number | string | (number | string)[]} Label  a class by its number, or one for each step */

/**
 * The class of an example by its name; of a sequence, each step's.
 * @param {Label | null | undefined} label
 * @param {string[] | null | undefined} names
 * @returns {string}
 */
export function classOf(label, names) {
  if (Array.isArray(label)) return label.map((one) => classOf(one, names)).join(" ");
  return names?.[Number(label)] ?? String(label);
}

/** How many steps of a sequence were guessed right; null where there are no steps. @param {Label | null | undefined} truth @param {Label | null | undefined} guess @returns {{right: number, of: number} | null} */
export function rightSteps(truth, guess) {
  if (!Array.isArray(truth) || !Array.isArray(guess)) return null;
  return { right: truth.filter((one, step) => Number(one) === Number(guess[step])).length, of: truth.length };
}
