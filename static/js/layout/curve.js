/** The edge between two neurons: a cubic with horizontal ends, and a straight last stretch beneath the target's name. All edges of one link share their x, so a point on one is a point on all. */

/**
 * The curve parameter at which an edge from x0 to x1 stands at x.
 * @param {number} x0 @param {number} x1 @param {number} x
 */
export function parameterAt(x0, x1, x) {
  const wanted = (x - x0) / (x1 - x0);
  let low = 0;
  let high = 1;
  for (let step = 0; step < 24; step += 1) {
    const t = (low + high) / 2;
    const at = 1.5 * t * (1 - t) ** 2 + 1.5 * t * t * (1 - t) + t ** 3;
    if (at < wanted) low = t;
    else high = t;
  }
  return (low + high) / 2;
}

/** How far down an edge is at a parameter: 0 at its source, 1 at its target. @param {number} t */
export const fall = (t) => t * t * (3 - 2 * t);

/** How steep it falls there, in heights per width. @param {number} t */
export const slope = (t) => (6 * t * (1 - t)) / (1.5 * ((1 - t) ** 2 + t * t));

/**
 * The nearest edge of a link to a point.
 * @param {import("./network.js").LinkBox} link
 * @param {number} x @param {number} y
 * @param {number} reach  px
 * @param {(index: number) => boolean} [shown]
 * @returns {{from: number, to: number, distance: number} | null}
 */
export function pickEdge({ x0, x1, from, to, sources, targets }, x, y, reach, shown = () => true) {
  if (x < x0 || x > x1) return null;
  const t = parameterAt(x0, x1, x);
  const share = fall(t);
  const steep = slope(t) / (x1 - x0);
  let best = null;
  let nearest = reach;
  for (let i = 0; i < sources; i += 1) {
    for (let j = 0; j < targets; j += 1) {
      const drop = to[j] - from[i];
      const distance = Math.abs(from[i] + drop * share - y) / Math.hypot(1, drop * steep);
      if (distance < nearest && shown(i * targets + j)) {
        nearest = distance;
        best = { from: i, to: j, distance };
      }
    }
  }
  return best;
}
