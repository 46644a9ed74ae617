/** The run: losses, and how large each layer's gradients were, on one horizontal axis of updates and logarithmic vertical ones. */

import { shortened } from "../scale/labels.js";
import { decadesOf, logScale } from "../scale/log.js";
import { brief, powerOfTen } from "../scale/number.js";
import { MARGIN, band, curve, grid, labels, lastOf, line, text, ticks } from "./curves.js";

/**
 * @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "closePath" | "fill" | "stroke" | "fillText" | "setLineDash" | "strokeStyle" | "fillStyle" | "lineWidth" | "globalAlpha" | "font" | "textAlign" | "textBaseline">} Brush
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {{ink: string, muted: string, line: string, accent: string, font: string}} Ink
 * @typedef {(number | null)[]} Curve
 * @typedef {{label: string, low: Curve, median: Curve, high: Curve}} Layer
 */

const LEFT = MARGIN.left;
const RIGHT = MARGIN.right;
const FEWEST = 10;
const MANY = 4;
/** Room for a letter of a label, in px, and how many have room beside a curve. */
const LETTER = 6;
const NAME = Math.floor((RIGHT - 8) / LETTER) + 1;

/** Where the axis of updates ends, for the plots and for the track alike. @param {number[]} updates @param {number} reach  the furthest update that is known of */
export const lastUpdate = (updates, reach) => Math.max(updates[updates.length - 1] ?? 0, reach, FEWEST);

/**
 * @param {Brush} brush @param {Box} box
 * @param {{updates: number[], train_loss: Curve, test_loss: Curve, layers: Layer[]}} metrics
 * @param {{cursor: number, end: number}} at  the update that the page stands at, and the furthest that the run has come to
 * @param {Ink} ink
 */
export function drawRun(brush, box, metrics, { cursor, end }, ink) {
  const { updates, layers } = metrics;
  const last = lastUpdate(updates, Math.max(cursor, end));
  const wide = box.width - LEFT - RIGHT;
  /** @param {number} update */
  const across = (update) => box.x + LEFT + (update / last) * wide;
  const foot = box.y + box.height - MARGIN.ops - MARGIN.ticks - MARGIN.track - MARGIN.marks;
  brush.font = ink.font;
  const top = { x: box.x, y: box.y + 6, width: box.width, height: (foot - box.y) * 0.32 };
  const below = { x: box.x, y: top.y + top.height + 16, width: box.width, height: foot - top.y - top.height - 16 };
  drawLosses(brush, top, metrics, { across, cursor }, ink);
  drawSizes(brush, below, metrics, { last, cursor, decades: sizeDecades([metrics]) }, ink);
  ticks(brush, foot + MARGIN.marks + MARGIN.track + 8, last, across, ink);
  const ends = layers.length > MANY ? [top.y + top.height, foot] : [foot, foot];
  line(brush, [across(cursor), across(cursor)], [top.y - 4, ends[0]], ink.accent, 1.5);
  line(brush, [across(cursor), across(cursor)], [ends[1], foot + MARGIN.marks + MARGIN.track / 2], ink.accent, 1.5);
}

/** @param {Brush} brush @param {Box} box @param {any} metrics @param {{across: (update: number) => number, cursor: number}} axis @param {Ink} ink */
function drawLosses(brush, box, { updates, train_loss: train, test_loss: test, players = [] }, { across, cursor }, ink) {
  const [train_loss, test_loss] = players.length ? players.map((/** @type {any} */ { loss }) => loss.map(sized)) : [train, test];
  const [first, second] = players.length ? players.map((/** @type {any} */ { name }) => name[0].toUpperCase()) : ["train", "test"];
  const decades = decadesOf([train_loss, test_loss], 0.35);
  const up = logScale(decades, box.y + box.height, box.y);
  grid(brush, box, decades, up, ink);
  curve(brush, updates, train_loss, across, up, ink.ink, []);
  curve(brush, updates, test_loss, across, up, ink.muted, [4, 3]);
  const ends = [[first, train_loss, ink.ink], [second, test_loss, ink.muted]].filter(([, values]) => values[values.length - 1] !== null);
  const old = updates.length === 1 && cursor > updates[0] ? ` at ${updates[0]}` : ""; // where one record is many updates off, there is no curve to show whose the number is
  labels(brush, box, ends.map(([name, values, color]) => ({ text: `${name} ${brief(values[values.length - 1])}${old}`, y: up(values[values.length - 1]), color })));
}

/** The saturating loss is negative: its size is what a logarithmic axis can show. @param {number | null} value */
const sized = (value) => (value === null ? null : Math.abs(value));

/** The powers of ten that hold all sizes of gradients in these runs. @param {{layers: Layer[]}[]} runs */
export const sizeDecades = (runs) => decadesOf(runs.flatMap(({ layers }) => layers.flatMap(({ low, high }) => [low, high])), 2);

/**
 * How large each layer's gradients were: ribbons in one picture, or one small picture for each of many layers.
 * @param {Brush} brush @param {Box} box @param {{updates: number[], layers: Layer[]}} metrics
 * @param {{last: number, cursor: number, decades: {lo: number, hi: number}}} axes @param {Ink} ink
 */
export function drawSizes(brush, box, { updates, layers }, { last, cursor, decades }, ink) {
  /** @param {number} update */
  const across = (update) => box.x + LEFT + (update / last) * (box.width - LEFT - RIGHT);
  if (layers.length > MANY) drawMultiples(brush, box, updates, layers, { last, cursor, decades }, ink);
  else drawRibbons(brush, box, updates, layers, across, { cursor, decades }, ink);
}

/** @param {Brush} brush @param {Box} box @param {number[]} updates @param {Layer[]} layers @param {(update: number) => number} across @param {{cursor: number, decades: {lo: number, hi: number}}} axes @param {Ink} ink */
function drawRibbons(brush, box, updates, layers, across, { cursor, decades }, ink) {
  if (!layers.some(({ high }) => high.some((value) => value !== null && value > 0))) {
    const recorded = (updates[updates.length - 1] ?? 0) > 0;
    const why = recorded ? "every gradient is exactly 0 or not finite" : cursor > 0 ? "gradients come with the next point of the curves" : "gradients come with the first update";
    text(brush, why, box.x + LEFT + (box.width - LEFT - RIGHT) / 2, box.y + box.height / 2, ink.muted, "center");
    return;
  }
  const up = logScale(decades, box.y + box.height, box.y);
  grid(brush, box, decades, up, ink);
  const styles = [{ color: ink.accent, dash: [] }, { color: ink.ink, dash: [] }, { color: ink.muted, dash: [4, 3] }, { color: ink.accent, dash: [2, 2] }];
  layers.forEach((layer, index) => band(brush, updates, layer, across, up, styles[index].color));
  layers.forEach((layer, index) => curve(brush, updates, layer.median, across, up, styles[index].color, styles[index].dash));
  const ends = layers.map(({ label, median }, index) => ({ text: shortened(label, NAME), y: up(lastOf(median)), color: styles[index].color }));
  labels(brush, box, ends.filter(({ y }) => Number.isFinite(y)));
}

/** More layers than one picture can tell apart: one small picture each, all on the same scale. @param {Brush} brush @param {Box} box @param {number[]} updates @param {Layer[]} layers @param {{last: number, cursor: number, decades: {lo: number, hi: number}}} axes @param {Ink} ink */
function drawMultiples(brush, box, updates, layers, { last, cursor, decades }, ink) {
  const columns = Math.ceil(layers.length / (layers.length > 8 ? 2 : 1));
  const rows = Math.ceil(layers.length / columns);
  const width = (box.width - LEFT) / columns;
  const height = (box.height + 8) / rows;
  const every = Math.ceil((LETTER * Math.max(...layers.map(({ label }) => label.length))) / width);
  layers.forEach((layer, index) => {
    const cell = { x: box.x + LEFT + (index % columns) * width, y: box.y + Math.floor(index / columns) * height + 12, width: width - 6, height: height - 18 };
    const up = logScale(decades, cell.y + cell.height, cell.y);
    /** @param {number} update */
    const across = (update) => cell.x + (update / last) * cell.width;
    for (const power of index % columns ? [] : [decades.lo, decades.hi]) text(brush, powerOfTen(power), box.x + LEFT - 5, up(10 ** power), ink.muted, "right");
    line(brush, [cell.x, cell.x + cell.width], [cell.y + cell.height, cell.y + cell.height], ink.line, 1);
    band(brush, updates, layer, across, up, ink.accent);
    curve(brush, updates, layer.median, across, up, ink.accent, []);
    line(brush, [across(cursor), across(cursor)], [cell.y, cell.y + cell.height], ink.accent, 1);
    if ((index % columns) % every === 0) text(brush, layer.label, cell.x, cell.y - 6, ink.muted, "left");
  });
}

