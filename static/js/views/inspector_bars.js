/** The batch as bars on the signed log scale: up and down by sign, as high as the colour is strong. The followed example is ringed. */

import { h, svg } from "./tree.js";
import { MARK, magnitude, markOf } from "../scale/signed.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";

/** @typedef {import("./inspector.js").Seen} Seen */

const WIDTH = 300;
const HEIGHT = 48;
const HALF = HEIGHT / 2 - 3;

/** @param {Seen} seen @param {number[]} rows @param {(number | null)[] | null} gradients  null while unknown @param {number | null} followed */
export function bars(seen, rows, gradients, followed) {
  const pitch = WIDTH / Math.max(rows.length, 16);
  const wide = Math.max(1, pitch * 0.76);
  const left = (WIDTH - pitch * rows.length) / 2;
  const at = rows.indexOf(followed ?? -1);
  const slot = (/** @type {number} */ index) => left + index * pitch;
  const marks = rows.map((row, index) => {
    const x = slot(index) + (pitch - wide) / 2;
    const value = gradients ? gradients[index] : undefined;
    return svg("g", { "data-key": row }, mark(seen, value, x, wide), svg("rect", {
      class: "hit", x: slot(index), y: 0, width: pitch, height: HEIGHT, onclick: () => seen.commands.focus(row),
    }, svg("title", {}, `example ${row}: ${value === undefined ? "not computed yet" : value === null ? "not finite" : format(value)}`)));
  });
  return h("div", { class: "bars" }, svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label(rows, gradients, followed) },
    svg("line", { class: "zero", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
    ...marks,
    at >= 0 && svg("rect", { class: "ring", x: slot(at) - 0.5, y: 1, width: pitch + 1, height: HEIGHT - 2, rx: 3 })));
}

/** @param {Seen} seen @param {number | null | undefined} value @param {number} x @param {number} width */
function mark({ scale }, value, x, width) {
  const middle = HEIGHT / 2;
  if (value === undefined) return svg("rect", { class: "unknown", x, y: middle - 4, width, height: 8, rx: 1.5 });
  if (value === null) return svg("rect", { class: "bad", x, y: middle - HALF, width, height: 2 * HALF, rx: 1.5 });
  const kind = markOf(value, scale);
  if (kind === MARK.zero) return svg("rect", { class: "hollow", x, y: middle - 2, width, height: 4, rx: 1.5 });
  const high = Math.max(2, magnitude(value, scale) * HALF);
  return svg("rect", { fill: shade(value, scale), "data-value": value, x, y: value > 0 ? middle - high : middle, width, height: high, rx: 1.5 });
}

/** @param {number[]} rows @param {(number | null)[] | null} gradients @param {number | null} followed */
function label(rows, gradients, followed) {
  if (!gradients) return `The gradients of the batch's ${rows.length} examples are not computed yet.`;
  const raising = gradients.filter((value) => value !== null && value > 0).length;
  const falling = gradients.filter((value) => value !== null && value < 0).length;
  const at = rows.indexOf(followed ?? -1);
  const own = at >= 0 && gradients[at] !== null ? ` Example ${followed}, which is followed: ${format(gradients[at])}.` : "";
  return `Gradients of ${rows.length} examples on a signed log scale: ${raising} positive, ${falling} negative.${own}`;
}
