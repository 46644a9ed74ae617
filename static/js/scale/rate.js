/** How many units a second: a logarithmic row of round numbers that ends in as fast as possible. */

/** @type {(number | null)[]} */
export const RATES = [0.5, 1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 100, 200, 500, 1000, null];

/** @param {number} index */
export const rateAt = (index) => RATES[Math.max(0, Math.min(RATES.length - 1, Math.round(index)))];

/** @param {number | null} rate */
export function rateIndex(rate) {
  if (rate === null) return RATES.length - 1;
  let best = 0;
  RATES.forEach((value, index) => {
    if (value !== null && Math.abs(Math.log(value / rate)) < Math.abs(Math.log(Number(RATES[best]) / rate))) best = index;
  });
  return best;
}

/** @param {number | null} rate */
export const rateText = (rate) => (rate === null ? "fastest" : `${rate} /s`);
