/** Where the examples stand in the output's picture, 0…1 with y downwards. */

/** @typedef {import("../types.js").Data} Data */
/** @typedef {import("../types.js").Predictions} Predictions */
/** @typedef {{x: [number, number], y: [number, number]}} Extent */

/** @param {number | number[] | undefined} target */
const first = (target) => Number(Array.isArray(target) ? target[0] : target);

/** @param {number[]} values @returns {[number, number]} */
function padded(values) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  const pad = (high - low || 1) * 0.08;
  return [low - pad, high + pad];
}

/** @param {Data} data @param {Predictions | null} predictions @returns {Extent} */
export function extent({ columns, ranges, inputs, targets }, predictions) {
  if (columns.length === 2) {
    const given = ranges ?? [padded(inputs.map(([x]) => x)), padded(inputs.map(([, y]) => y))];
    return { x: given[0], y: given[1] };
  }
  const truth = targets.map(first);
  if (columns.length === 1) return { x: ranges?.[0] ?? padded(inputs.map(([x]) => x)), y: padded(truth) };
  const both = padded([...truth, ...(predictions?.outputs ?? []).map(([value]) => value ?? NaN)]);
  return { x: both, y: both };
}

/**
 * @param {Data} data @param {Predictions | null} predictions @param {Extent} extent
 * @returns {{x: number, y: number, kind: number, test: boolean, guess: number}[]} kind is the class, 0 in a regression
 */
export function pointsOf({ task, columns, inputs, targets, train }, predictions, { x: [x0, x1], y: [y0, y1] }) {
  const along = (/** @type {number} */ value) => (value - x0) / (x1 - x0);
  const up = (/** @type {number} */ value) => 1 - (value - y0) / (y1 - y0);
  return inputs.map((row, index) => {
    const truth = first(targets[index]);
    const guess = predictions?.outputs[index]?.[0] ?? NaN;
    const base = { kind: task === "regression" ? 0 : truth, test: index >= train, guess: up(guess) };
    if (columns.length === 2) return { ...base, x: along(row[0]), y: up(row[1]) };
    if (columns.length === 1) return { ...base, x: along(row[0]), y: up(truth) };
    return { ...base, x: along(truth), y: up(guess) };
  });
}

/** The network's answers in order of their input, for one-input networks. @param {{x: number, guess: number}[]} points */
export const curveOf = (points) => points.filter(({ guess }) => Number.isFinite(guess)).sort((a, b) => a.x - b.x).map(({ x, guess }) => ({ x, y: guess }));
