/** Names in words: of an example's class, of each step's, and of a layer where there is little room. */

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

/** A layer's name in so many characters: its words are cut, and its number stays. @param {string} label @param {number} most */
export function shortened(label, most) {
  if (label.length <= most) return label;
  const number = /\d*$/.exec(label)?.[0] ?? "";
  return `${label.slice(0, Math.max(1, most - number.length - 2)).trimEnd()}… ${number}`.trimEnd();
}
