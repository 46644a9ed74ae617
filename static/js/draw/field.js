/** A value over the input plane as a paper-to-teal field, with the line on which it takes one value. */

import { alphaOf } from "../scale/field.js";

/**
 * @param {Uint8ClampedArray} out  resolution² RGBA pixels, top row first
 * @param {Float32Array} grid  rows by x₂ rising
 * @param {number} resolution
 * @param {[number, number]} range
 * @param {[number, number, number]} color
 */
export function paintField(out, grid, resolution, range, [r, g, b]) {
  for (let row = 0; row < resolution; row += 1) {
    for (let column = 0; column < resolution; column += 1) {
      const value = grid[(resolution - 1 - row) * resolution + column];
      const at = 4 * (row * resolution + column);
      out[at] = r;
      out[at + 1] = g;
      out[at + 2] = b;
      out[at + 3] = Number.isNaN(value) ? 0 : Math.round(255 * alphaOf(value, range));
    }
  }
}

/**
 * The line on which a grid takes a level: marching squares, as segments in 0…1 with y downwards.
 * @param {Float32Array} grid
 * @param {number} resolution
 * @param {number} level
 * @returns {number[]} x0, y0, x1, y1 of one segment after the other
 */
export function contour(grid, resolution, level) {
  /** @type {number[]} */
  const segments = [];
  const last = resolution - 1;
  const value = (/** @type {number} */ column, /** @type {number} */ row) => grid[row * resolution + column] - level;
  const crossing = (/** @type {number} */ a, /** @type {number} */ b) => a / (a - b);
  for (let row = 0; row < last; row += 1) {
    for (let column = 0; column < last; column += 1) {
      const a = value(column, row);
      const b = value(column + 1, row);
      const c = value(column + 1, row + 1);
      const d = value(column, row + 1);
      /** @type {[number, number][]} */
      const points = [];
      if (a > 0 !== b > 0) points.push([column + crossing(a, b), row]);
      if (b > 0 !== c > 0) points.push([column + 1, row + crossing(b, c)]);
      if (c > 0 !== d > 0) points.push([column + 1 - crossing(c, d), row + 1]);
      if (d > 0 !== a > 0) points.push([column, row + 1 - crossing(d, a)]);
      for (let at = 0; at + 1 < points.length; at += 2) {
        const [[x0, y0], [x1, y1]] = [points[at], points[at + 1]];
        segments.push(x0 / last, 1 - y0 / last, x1 / last, 1 - y1 / last);
      }
    }
  }
  return segments;
}

/**
 * @param {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "stroke" | "strokeStyle" | "lineWidth">} brush
 * @param {number[]} segments @param {{x: number, y: number, width: number, height: number}} box @param {string} color @param {number} thick
 */
export function drawSegments(brush, segments, { x, y, width, height }, color, thick) {
  brush.strokeStyle = color;
  brush.lineWidth = thick;
  brush.beginPath();
  for (let at = 0; at < segments.length; at += 4) {
    brush.moveTo(x + segments[at] * width, y + segments[at + 1] * height);
    brush.lineTo(x + segments[at + 2] * width, y + segments[at + 3] * height);
  }
  brush.stroke();
}
