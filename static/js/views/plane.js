/** A network's answer over the input plane: the probability of a class, the largest of several, or the value of a regression. */

import { contour, drawSegments } from "../draw/field.js";
import { rangeOf } from "../scale/field.js";
import { field, spread } from "./tiles.js";

/**
 * @param {CanvasRenderingContext2D} brush @param {import("../types.js").Surface} surface @param {import("../types.js").Data} data
 * @param {{x: number, y: number, width: number, height: number}} box @param {import("./palette.js").Palette} palette
 */
export function drawPlane(brush, surface, data, box, palette) {
  const grids = surface.nodes.prediction;
  if (!grids?.length) return;
  const { resolution } = surface;
  const regression = data.task === "regression";
  if (grids.length === 1 || regression) {
    spread(brush, field(grids[0], resolution, regression ? rangeOf(null, grids[0]) : [0, 1], palette.field), box.width, box.height);
    drawSegments(brush, contour(grids[0], resolution, regression ? 0 : 0.5), box, palette.css.ink, 1.3);
    return;
  }
  const best = Float32Array.from(grids[0], (_, at) => Math.max(...grids.map((grid) => grid[at])));
  spread(brush, field(best, resolution, [1 / grids.length, 1], palette.field), box.width, box.height);
  grids.forEach((grid, index) => {
    const margin = Float32Array.from(grid, (value, at) => value - Math.max(...grids.map((other, place) => (place === index ? -Infinity : other[at]))));
    drawSegments(brush, contour(margin, resolution, 0), box, palette.css.ink, 1.1);
  });
}
