/** One moment of a trial in depth: how the activations of each place are spread, and its units one by one, the dead and the saturated among them marked. */

import { line, text } from "./curves.js";

/** @typedef {import("./run.js").Brush & Pick<CanvasRenderingContext2D, "fillRect" | "strokeRect">} Brush */
/** @typedef {import("./run.js").Box} Box */
/** @typedef {import("./run.js").Ink & {sunken: string, outline: string}} Ink */
/** @typedef {{spreads: {mean: number, deviation: number, signal: number}[], marks: string[]}} Moment */

const LEFT = 40;
const RIGHT = 76;
const FOOT = 16;
const TALLEST = 6;

/**
 * @param {Brush} brush @param {Box} box @param {Moment} moment
 * @param {{lo: number, hi: number}} range  of the activations, the same for all trials that stand side by side
 * @param {string} what  a place is called "layer" or "moment"
 * @param {Ink} ink
 */
export function drawDepth(brush, box, { spreads, marks }, range, what, ink) {
  if (!spreads.length) return;
  const [left, right] = [box.x + LEFT, box.x + box.width - RIGHT];
  const wide = (right - left) / spreads.length;
  const tallest = Math.max(...marks.map((each) => each.length));
  const cell = Math.max(1.5, Math.min(TALLEST, wide - 1, (box.height * 0.45) / tallest));
  const foot = box.y + box.height - FOOT;
  const units = foot - cell * tallest;
  const below = units - 12;
  brush.font = ink.font;
  drawSpread(brush, { x: left, y: box.y + 6, width: right - left, height: below - box.y - 6 }, spreads, wide, range, ink);
  marks.forEach((letters, place) => {
    const x = left + place * wide + (wide - cell) / 2;
    [...letters].forEach((letter, unit) => drawUnit(brush, x, foot - (unit + 1) * cell, cell, letter, ink));
  });
  text(brush, "units", right + 8, (units + foot) / 2, ink.muted, "left");
  text(brush, `${what} 1`, left, foot + 10, ink.muted, "left");
  text(brush, String(spreads.length), right, foot + 10, ink.muted, "right");
}

/** A bar from mean minus to mean plus the deviation of all activations; inside it, dark, what differs from example to example. @param {Brush} brush @param {Box} box @param {Moment["spreads"]} spreads @param {number} wide @param {{lo: number, hi: number}} range @param {Ink} ink */
function drawSpread(brush, box, spreads, wide, { lo, hi }, ink) {
  /** @param {number} value */
  const up = (value) => box.y + box.height - ((Math.min(hi, Math.max(lo, value)) - lo) / (hi - lo || 1)) * box.height;
  for (const value of [hi, lo < 0 && hi > 0 ? 0 : null, lo]) {
    if (value === null) continue;
    line(brush, [box.x, box.x + box.width], [up(value), up(value)], ink.line, 1);
    text(brush, short(value), box.x - 5, up(value), ink.muted, "right");
  }
  spreads.forEach(({ mean, deviation, signal }, place) => {
    if (![mean, deviation, signal].every(Number.isFinite)) return;
    const [x, width] = [box.x + place * wide + wide * 0.2, wide * 0.6];
    brush.fillStyle = ink.outline;
    brush.globalAlpha = 0.45;
    brush.fillRect(x, up(mean + deviation), width, Math.max(1, up(mean - deviation) - up(mean + deviation)));
    brush.globalAlpha = 1;
    brush.fillStyle = ink.accent;
    brush.fillRect(x, up(mean + signal), width, Math.max(1, up(mean - signal) - up(mean + signal)));
  });
  text(brush, "activations", box.x + box.width + 8, box.y + box.height / 2, ink.muted, "left");
}

/** Alive is pale, dead is filled, saturated is hollow: told apart without any colour. @param {Brush} brush @param {number} x @param {number} y @param {number} size @param {string} letter @param {Ink} ink */
function drawUnit(brush, x, y, size, letter, ink) {
  const side = Math.max(1, size - 1);
  if (letter === "s" && side > 2) {
    brush.strokeStyle = ink.ink;
    brush.lineWidth = 1;
    brush.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
    return;
  }
  brush.fillStyle = letter === "." ? ink.line : letter === "d" ? ink.ink : ink.muted;
  brush.fillRect(x, y, side, side);
}

/** @param {number} value */
const short = (value) => (Math.abs(value) >= 100 || (value !== 0 && Math.abs(value) < 0.1) ? value.toExponential(0) : String(Number(value.toPrecision(2)))).replace("-", "−").replace("e+", "e");

/** The range that holds the spread of all these moments. @param {Moment[]} moments */
export function spreadRange(moments) {
  const bounds = moments.flatMap(({ spreads }) => spreads.flatMap(({ mean, deviation }) => [mean - deviation, mean + deviation])).filter(Number.isFinite);
  return bounds.length ? { lo: Math.min(0, ...bounds), hi: Math.max(0, ...bounds) } : { lo: -1, hi: 1 };
}
