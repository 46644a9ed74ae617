/** The parts that curves over updates are drawn from: lines, bands, grids, ticks, and names at the lines' ends. */

import { marks } from "../scale/log.js";
import { axisTexts } from "../scale/number.js";

/** @typedef {import("./run.js").Brush} Brush */
/** @typedef {import("./run.js").Box} Box */
/** @typedef {import("./run.js").Ink} Ink */
/** @typedef {import("./run.js").Curve} Curve */
/** @typedef {import("./run.js").Layer} Layer */

/** What stands left and right of the plots, and below them: marks of what was changed, the track, the numbers of the axis, and the operations of one update. */
export const MARGIN = Object.freeze({ left: 40, right: 92, marks: 14, track: 20, ticks: 16, ops: 22 });
const LEFT = MARGIN.left;
const RIGHT = MARGIN.right;

/** @param {Brush} brush @param {Box} box @param {{lo: number, hi: number}} decades @param {(value: number) => number} up @param {Ink} ink */
export function grid(brush, box, { lo, hi }, up, ink) {
  const values = marks(lo, hi, Math.max(2, Math.floor(box.height / 16)));
  const texts = axisTexts(values);
  values.forEach((value, index) => {
    line(brush, [box.x + LEFT, box.x + box.width - RIGHT], [up(value), up(value)], ink.line, 1);
    text(brush, texts[index], box.x + LEFT - 5, up(value), ink.muted, "right");
  });
}

/** @param {Brush} brush @param {number} y @param {number} last @param {(update: number) => number} across @param {Ink} ink */
export function ticks(brush, y, last, across, ink) {
  const rough = last / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const every = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? rough;
  for (let update = 0; update <= last; update += every) text(brush, update.toLocaleString("en-GB"), across(update), y, ink.muted, "center");
}

/** @param {Brush} brush @param {number[]} updates @param {Curve} values @param {(update: number) => number} across @param {(value: number) => number} up @param {string} color @param {number[]} dash */
export function curve(brush, updates, values, across, up, color, dash) {
  brush.strokeStyle = color;
  brush.lineWidth = 1.5;
  brush.setLineDash(dash);
  brush.beginPath();
  let open = false;
  values.forEach((value, index) => {
    if (value === null || value <= 0) open = false;
    else if (open) brush.lineTo(across(updates[index]), up(value));
    else {
      brush.moveTo(across(updates[index]), up(value));
      open = true;
    }
  });
  brush.stroke();
  brush.setLineDash([]);
}

/** @param {Brush} brush @param {number[]} updates @param {Layer} layer @param {(update: number) => number} across @param {(value: number) => number} up @param {string} color */
export function band(brush, updates, { low, high }, across, up, color) {
  const known = updates.map((_, index) => index).filter((index) => low[index] !== null && /** @type {number} */ (high[index]) > 0);
  if (known.length < 2) return;
  brush.beginPath();
  known.forEach((index, at) => brush[at ? "lineTo" : "moveTo"](across(updates[index]), up(/** @type {number} */ (high[index]))));
  [...known].reverse().forEach((index) => brush.lineTo(across(updates[index]), up(/** @type {number} */ (low[index]))));
  brush.closePath();
  brush.globalAlpha = 0.12;
  brush.fillStyle = color;
  brush.fill();
  brush.globalAlpha = 1;
}

/** Names at the lines' ends, moved apart where they would overlap. @param {Brush} brush @param {Box} box @param {{text: string, y: number, color: string}[]} ends */
export function labels(brush, box, ends) {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  let free = box.y - 4;
  for (const end of sorted) {
    const y = Math.max(end.y, free);
    text(brush, end.text, box.x + box.width - RIGHT + 8, y, end.color, "left");
    free = y + 14;
  }
}

/** @param {Brush} brush @param {[number, number]} xs @param {[number, number]} ys @param {string} color @param {number} width */
export function line(brush, [x0, x1], [y0, y1], color, width) {
  brush.strokeStyle = color;
  brush.lineWidth = width;
  brush.beginPath();
  brush.moveTo(x0, y0);
  brush.lineTo(x1, y1);
  brush.stroke();
}

/** @param {Brush} brush @param {string} words @param {number} x @param {number} y @param {string} color @param {CanvasTextAlign} align */
export function text(brush, words, x, y, color, align) {
  brush.fillStyle = color;
  brush.textAlign = align;
  brush.textBaseline = "middle";
  brush.fillText(words, x, y);
}

/** @param {Curve} values */
export const lastOf = (values) => values.findLast((value) => value !== null) ?? NaN;
