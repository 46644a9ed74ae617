/** Small marks: the dot of a bias, a point of the data, the hatch of what is not finite. */

import { MARK, magnitude, markOf } from "../scale/signed.js";
import { step } from "../scale/color.js";

/** @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "arc" | "rect" | "fill" | "stroke" | "fillRect" | "setLineDash" | "strokeStyle" | "fillStyle" | "lineWidth">} Brush */

/**
 * A bias: filled by its gradient, with a bar cut out where it is negative; hollow at zero, dotted while unknown, a small ring where it stands still.
 * @param {Brush} brush @param {number} x @param {number} y @param {number} radius
 * @param {number | null} value
 * @param {import("../scale/signed.js").Decades} decades
 * @param {import("./edges.js").Ink} ink
 * @param {boolean} [still]
 */
export function drawBias(brush, x, y, radius, value, decades, ink, still = false) {
  const mark = still ? MARK.still : value === null ? MARK.unknown : markOf(value, decades);
  brush.beginPath();
  brush.arc(x, y, still ? radius * 0.6 : radius, 0, 2 * Math.PI);
  brush.lineWidth = 1.2;
  if (value === null || mark === MARK.zero || mark === MARK.bad) {
    brush.setLineDash(mark === MARK.unknown ? [1.5, 2.2] : []);
    brush.fillStyle = ink.surface;
    brush.strokeStyle = mark === MARK.bad ? ink.bad : ink.outline;
    brush.fill();
    brush.stroke();
    brush.setLineDash([]);
    if (mark !== MARK.bad) return;
    brush.fillStyle = ink.bad;
    brush.fillRect(x - 2, y - 2, 4, 4);
    return;
  }
  brush.fillStyle = (value < 0 ? ink.negative : ink.positive)[step(magnitude(value, decades))];
  brush.fill();
  if (value >= 0) return;
  brush.fillStyle = ink.surface;
  brush.fillRect(x - radius * 0.5, y - 0.65, radius, 1.3);
}

/**
 * A point of the data: round for training, square for test; hollow or filled by class.
 * @param {Brush} brush @param {number} x @param {number} y @param {number} size
 * @param {{square: boolean, fill: string, line: string, thick?: number}} look
 */
export function drawPoint(brush, x, y, size, { square, fill, line, thick = 1.1 }) {
  brush.beginPath();
  if (square) brush.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8);
  else brush.arc(x, y, size, 0, 2 * Math.PI);
  brush.fillStyle = fill;
  brush.fill();
  brush.strokeStyle = line;
  brush.lineWidth = thick;
  brush.stroke();
}

/** The ring of the followed example. @param {Brush} brush @param {number} x @param {number} y @param {number} radius @param {string} accent @param {string} surface */
export function drawRing(brush, x, y, radius, accent, surface) {
  brush.beginPath();
  brush.arc(x, y, radius, 0, 2 * Math.PI);
  brush.lineWidth = 4.5;
  brush.strokeStyle = surface;
  brush.stroke();
  brush.lineWidth = 2.2;
  brush.strokeStyle = accent;
  brush.stroke();
}
