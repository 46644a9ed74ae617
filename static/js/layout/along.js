/** Where the loss along one number is drawn, and which of its measured places is under the pointer. */

/** @typedef {{at: number, loss: number | null, promised: number | null}} Place */

export const BOX = { width: 276, height: 150, left: 36, right: 270, top: 8, bottom: 128 };
const PAD = 0.08;

/**
 * @param {Place[]} points  from left to right, evenly
 * @param {number} at  where the number stands
 * @param {number} loss
 * @param {number | null} gradient
 */
export function along(points, at, loss, gradient) {
  const losses = points.map((point) => point.loss).filter((value) => value !== null && Number.isFinite(value)).map(Number);
  const [low, high] = losses.length ? [Math.min(...losses), Math.max(...losses)] : [0, 1];
  const room = (high - low || Math.abs(high) || 1) * PAD;
  const [bottom, top] = [low - room, high + room];
  const [first, last] = [points[0].at, points[points.length - 1].at];
  const x = (/** @type {number} */ value) => BOX.left + ((value - first) / (last - first)) * (BOX.right - BOX.left);
  const y = (/** @type {number} */ value) => BOX.bottom + ((value - bottom) / (top - bottom)) * (BOX.top - BOX.bottom);
  /** @type {string[]} */
  const runs = [];
  let open = false;
  for (const point of points) {
    if (point.loss === null) open = false;
    else {
      runs.push(`${open ? "L" : "M"}${x(point.at).toFixed(1)} ${y(point.loss).toFixed(1)}`);
      open = true;
    }
  }
  return { x, y, low, high, first, last, curve: runs.join(""), tangent: gradient === null ? null : tangent({ first, last, bottom, top, at, loss, gradient }, x, y) };
}

/** The straight line through (at, loss), cut to the frame. @param {{first: number, last: number, bottom: number, top: number, at: number, loss: number, gradient: number}} frame @param {(value: number) => number} x @param {(value: number) => number} y */
function tangent({ first, last, bottom, top, at, loss, gradient }, x, y) {
  let [from, to] = [first, last];
  if (gradient !== 0) {
    const [one, other] = [at + (bottom - loss) / gradient, at + (top - loss) / gradient].sort((a, b) => a - b);
    [from, to] = [Math.max(from, one), Math.min(to, other)];
  }
  const height = (/** @type {number} */ value) => loss + gradient * (value - at);
  return { x1: x(from), y1: y(height(from)), x2: x(to), y2: y(height(to)) };
}

/** The measured place nearest to a number. @param {Place[]} points @param {number} at */
export function nearest(points, at) {
  const gaps = points.map((point) => Math.abs(point.at - at));
  return gaps.indexOf(Math.min(...gaps));
}

/** The number under a place of the drawing. @param {Place[]} points @param {number} x */
export function numberAt(points, x) {
  const share = Math.min(1, Math.max(0, (x - BOX.left) / (BOX.right - BOX.left)));
  return points[0].at + share * (points[points.length - 1].at - points[0].at);
}
