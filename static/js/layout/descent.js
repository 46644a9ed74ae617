/** Where the loss along a step is drawn: from no step at all to twice the step, with the straight line of the promise. */

export const BOX = { width: 276, height: 164, left: 48, right: 270, top: 8, bottom: 140 };
const PAD = 0.12;
const APART = 13;

/**
 * The frame holds where the step starts, where it lands and the floor of the curve; what leaves it is cut off at its edge.
 * @param {{t: number[], loss: (number | null)[]}} curve
 * @param {{before: number | null, after: number | null, promised: number | null}} step
 */
export function descent({ t, loss }, { before, after, promised }) {
  const known = loss.filter((value) => value !== null).map(Number);
  const core = [before, after, known.length ? Math.min(...known) : null].filter((value) => value !== null).map(Number);
  const [least, most] = core.length ? [Math.min(...core), Math.max(...core)] : [0, 1];
  const span = most - least || Math.abs(most) * 1e-6 || 1;
  const foot = promised === null || before === null ? least : Math.max(least - span, Math.min(least, before + promised));
  const top = Math.min(most + span, Math.max(most, ...known));
  const room = PAD * (top - foot || span);
  const [low, high] = [foot - room, top + room];
  const x = (/** @type {number} */ at) => BOX.left + (at / 2) * (BOX.right - BOX.left);
  const y = (/** @type {number} */ value) => BOX.bottom + ((value - low) / (high - low)) * (BOX.top - BOX.bottom);
  const points = t.map((at, index) => ({ at, value: loss[index] })).filter(({ value }) => value !== null);
  return {
    x,
    y,
    path: points.map(({ at, value }, index) => `${index ? "L" : "M"}${x(at).toFixed(1)} ${clamp(y(Number(value))).toFixed(1)}`).join(""),
    tangent: promised === null || before === null ? null : { x1: x(0), y1: clamp(y(before)), x2: x(2), y2: clamp(y(before + 2 * promised)) },
    levels: levels([before, after], y),
  };
}

/** Far outside is as good as infinitely far, and a number that every browser draws. @param {number} y */
const clamp = (y) => Math.max(-1e4, Math.min(1e4, y));

/** Two values as lines of the grid, their names moved apart where they would touch. @param {(number | null)[]} values @param {(value: number) => number} y */
function levels(values, y) {
  const found = values.map((value) => (value === null ? null : { value, y: y(value), text: y(value) }));
  const [one, other] = found;
  if (one && other && Math.abs(one.y - other.y) < APART) {
    const middle = (one.y + other.y) / 2;
    const up = one.y <= other.y ? one : other;
    const down = up === one ? other : one;
    [up.text, down.text] = [middle - APART / 2, middle + APART / 2];
  }
  return found;
}
