/** The run: losses, and how large each layer's gradients were, on one horizontal axis of updates and logarithmic vertical ones. */

import { decadesOf, logScale, marks } from "../scale/log.js";

/**
 * @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "closePath" | "fill" | "stroke" | "fillText" | "setLineDash" | "strokeStyle" | "fillStyle" | "lineWidth" | "globalAlpha" | "font" | "textAlign" | "textBaseline">} Brush
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {{ink: string, muted: string, line: string, accent: string, font: string}} Ink
 * @typedef {(number | null)[]} Curve
 * @typedef {{label: string, low: Curve, median: Curve, high: Curve}} Layer
 */

const LEFT = 40;
const RIGHT = 92;
const MANY = 4;

/**
 * @param {Brush} brush @param {Box} box
 * @param {{updates: number[], train_loss: Curve, test_loss: Curve, layers: Layer[]}} metrics
 * @param {number} cursor  the update that the page stands at
 * @param {Ink} ink
 */
export function drawRun(brush, box, metrics, cursor, ink) {
  const { updates, layers } = metrics;
  const last = Math.max(updates[updates.length - 1] ?? 0, cursor, 10);
  const wide = box.width - LEFT - RIGHT;
  /** @param {number} update */
  const across = (update) => box.x + LEFT + (update / last) * wide;
  brush.font = ink.font;
  const top = { x: box.x, y: box.y + 6, width: box.width, height: box.height * 0.3 };
  const below = { x: box.x, y: top.y + top.height + 14, width: box.width, height: box.height - top.height - 34 };
  drawLosses(brush, top, metrics, across, ink);
  if (layers.length > MANY) drawMultiples(brush, below, updates, layers, last, ink);
  else drawRibbons(brush, below, updates, layers, across, ink);
  if (layers.length <= MANY) ticks(brush, below.y + below.height + 4, last, across, ink);
  const bottom = layers.length > MANY ? top.y + top.height : below.y + below.height;
  line(brush, [across(cursor), across(cursor)], [top.y - 4, bottom], ink.accent, 1.5);
}

/** @param {Brush} brush @param {Box} box @param {any} metrics @param {(update: number) => number} across @param {Ink} ink */
function drawLosses(brush, box, { updates, train_loss, test_loss }, across, ink) {
  const decades = decadesOf([train_loss, test_loss], 0.35);
  const up = logScale(decades, box.y + box.height, box.y);
  grid(brush, box, decades, up, ink);
  curve(brush, updates, train_loss, across, up, ink.ink, []);
  curve(brush, updates, test_loss, across, up, ink.muted, [4, 3]);
  const ends = [["train", train_loss, ink.ink], ["test", test_loss, ink.muted]].filter(([, values]) => values[values.length - 1] !== null);
  labels(brush, box, ends.map(([name, values, color]) => ({ text: `${name} ${short(values[values.length - 1])}`, y: up(values[values.length - 1]), color })));
}

/** @param {Brush} brush @param {Box} box @param {number[]} updates @param {Layer[]} layers @param {(update: number) => number} across @param {Ink} ink */
function drawRibbons(brush, box, updates, layers, across, ink) {
  const decades = decadesOf(layers.flatMap(({ low, high }) => [low, high]), 2);
  const up = logScale(decades, box.y + box.height, box.y);
  grid(brush, box, decades, up, ink);
  const styles = [{ color: ink.accent, dash: [] }, { color: ink.ink, dash: [] }, { color: ink.muted, dash: [4, 3] }, { color: ink.accent, dash: [2, 2] }];
  layers.forEach((layer, index) => band(brush, updates, layer, across, up, styles[index].color));
  layers.forEach((layer, index) => curve(brush, updates, layer.median, across, up, styles[index].color, styles[index].dash));
  const ends = layers.map(({ label, median }, index) => ({ text: label, y: up(lastOf(median)), color: styles[index].color }));
  labels(brush, box, ends.filter(({ y }) => Number.isFinite(y)));
}

/** More layers than one picture can tell apart: one small picture each, all on the same scale. @param {Brush} brush @param {Box} box @param {number[]} updates @param {Layer[]} layers @param {number} last @param {Ink} ink */
function drawMultiples(brush, box, updates, layers, last, ink) {
  const decades = decadesOf(layers.flatMap(({ low, high }) => [low, high]), 2);
  const columns = Math.ceil(layers.length / (layers.length > 8 ? 2 : 1));
  const rows = Math.ceil(layers.length / columns);
  const width = (box.width - LEFT) / columns;
  const height = (box.height + 16) / rows;
  layers.forEach((layer, index) => {
    const cell = { x: box.x + LEFT + (index % columns) * width, y: box.y + Math.floor(index / columns) * height + 12, width: width - 6, height: height - 18 };
    const up = logScale(decades, cell.y + cell.height, cell.y);
    /** @param {number} update */
    const across = (update) => cell.x + (update / last) * cell.width;
    for (const power of index % columns ? [] : [decades.lo, decades.hi]) text(brush, superscripted(power), box.x + LEFT - 5, up(10 ** power), ink.muted, "right");
    line(brush, [cell.x, cell.x + cell.width], [cell.y + cell.height, cell.y + cell.height], ink.line, 1);
    band(brush, updates, layer, across, up, ink.accent);
    curve(brush, updates, layer.median, across, up, ink.accent, []);
    text(brush, layer.label.replace("linear ", ""), cell.x, cell.y - 6, ink.muted, "left");
  });
}

/** @param {Brush} brush @param {Box} box @param {{lo: number, hi: number}} decades @param {(value: number) => number} up @param {Ink} ink */
function grid(brush, box, { lo, hi }, up, ink) {
  for (const value of marks(lo, hi, Math.max(2, Math.floor(box.height / 16)))) {
    const y = up(value);
    line(brush, [box.x + LEFT, box.x + box.width - RIGHT], [y, y], ink.line, 1);
    text(brush, value >= 0.01 && value <= 100 ? String(value) : superscripted(Math.log10(value)), box.x + LEFT - 5, y, ink.muted, "right");
  }
}

/** @param {Brush} brush @param {number} y @param {number} last @param {(update: number) => number} across @param {Ink} ink */
function ticks(brush, y, last, across, ink) {
  const rough = last / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const every = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? rough;
  for (let update = 0; update <= last; update += every) text(brush, update.toLocaleString("en-GB"), across(update), y + 6, ink.muted, "center");
}

/** @param {Brush} brush @param {number[]} updates @param {Curve} values @param {(update: number) => number} across @param {(value: number) => number} up @param {string} color @param {number[]} dash */
function curve(brush, updates, values, across, up, color, dash) {
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
function band(brush, updates, { low, high }, across, up, color) {
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
function labels(brush, box, ends) {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  let free = box.y - 4;
  for (const end of sorted) {
    const y = Math.max(end.y, free);
    text(brush, end.text, box.x + box.width - RIGHT + 8, y, end.color, "left");
    free = y + 14;
  }
}

/** @param {Brush} brush @param {[number, number]} xs @param {[number, number]} ys @param {string} color @param {number} width */
function line(brush, [x0, x1], [y0, y1], color, width) {
  brush.strokeStyle = color;
  brush.lineWidth = width;
  brush.beginPath();
  brush.moveTo(x0, y0);
  brush.lineTo(x1, y1);
  brush.stroke();
}

/** @param {Brush} brush @param {string} words @param {number} x @param {number} y @param {string} color @param {CanvasTextAlign} align */
function text(brush, words, x, y, color, align) {
  brush.fillStyle = color;
  brush.textAlign = align;
  brush.textBaseline = "middle";
  brush.fillText(words, x, y);
}

/** @param {Curve} values */
const lastOf = (values) => values.findLast((value) => value !== null) ?? NaN;
/** @param {number} value */
const short = (value) => (value >= 0.001 && value < 1000 ? value.toPrecision(3) : value.toExponential(1).replace("-", "−"));
/** @param {number} power */
const superscripted = (power) => `10${[...String(Math.round(power))].map((digit) => (digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)])).join("")}`;
