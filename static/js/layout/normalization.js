/** Where the values of a normalisation stand on one axis, and how high the bars of their gradients are. */

const MARGIN = 0.05;

/**
 * @param {number[]} values  those that mean and variance are taken of
 * @param {number} width  px
 * @param {number} pad  px left free at either end
 * @returns {(value: number) => number} px from the left
 */
export function axis(values, width, pad) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 1;
  const from = low - MARGIN * span;
  return (value) => pad + ((width - 2 * pad) * (value - from)) / (span * (1 + 2 * MARGIN));
}

/**
 * @param {number[]} values  of all parts, so that they can be compared
 * @param {number} half  px that the longest bar may have, to either side of its axis
 * @returns {(value: number) => number} px upwards
 */
export function lengths(values, half) {
  const most = Math.max(...values.map(Math.abs)) || 1;
  return (value) => (half * value) / most;
}
