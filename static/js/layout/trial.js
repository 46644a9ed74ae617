/** A trial's moments as curves: what the ribbons of its places and the loss are drawn from. */

/** @typedef {import("../types.js").Trial} Trial */

/**
 * The gradient of every place over the updates, as bands; before the first update there is none.
 * @param {Trial} trial
 * @returns {{updates: number[], places: {label: string, low: number[], median: number[], high: number[]}[]}}
 */
export function ribbonsOf({ moments, places }) {
  const known = moments.filter(({ gradients }) => gradients.length);
  return {
    updates: known.map(({ update }) => update),
    places: places.map((label, place) => {
      const [low, median, high] = [0, 1, 2].map((part) => known.map(({ gradients }) => gradients[place][part]));
      return { label, low, median, high };
    }),
  };
}

/** The moment that is looked at: the last one where `at` is beyond it. @param {Trial} trial @param {number} at */
export const momentAt = ({ moments }, at) => moments[Math.min(at, moments.length - 1)];

/** How many units are dead and saturated at a moment. @param {{marks: string[]}} moment */
export function counts({ marks }) {
  const all = marks.join("");
  return { units: all.length, dead: all.split("d").length - 1, saturated: all.split("s").length - 1 };
}
