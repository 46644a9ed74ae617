/** The gradient of every place over the updates, on two logarithmic axes: one ribbon each, from the place nearest to the input to the one nearest to the loss. */

import { decadesOf, logScale, marks } from "../scale/log.js";
import { powerOfTen } from "../scale/number.js";
import { labels, lastOf, line, text } from "./curves.js";

/** @typedef {import("./run.js").Brush} Brush */
/** @typedef {import("./run.js").Box} Box */
/** @typedef {import("./run.js").Ink} Ink */
/** @typedef {{updates: number[], places: import("./run.js").Layer[]}} Ribbons */

const LEFT = 40;
const RIGHT = 76;
const FOOT = 32;
const TOP = 8;
const NAMES = 22;
const STRONGEST = 0.36;
const FAINTEST = 0.02;

/** The powers of ten that hold all of these. @param {Ribbons[]} several */
export const ribbonDecades = (several) => decadesOf(several.flatMap(({ places }) => places.flatMap(({ low, high }) => [low, high])), 2);

/**
 * @param {Brush} brush @param {Box} box @param {Ribbons} ribbons
 * @param {{decades: {lo: number, hi: number}, last: number, cursor: number}} axes  `last` is where the axis of updates ends
 * @param {Ink} ink @param {(share: number) => string} shade  from the first place, 0, to the last, 1
 */
export function drawRibbons(brush, box, { updates, places }, { decades, last, cursor }, ink, shade) {
  const [left, right, top, foot] = [box.x + LEFT, box.x + box.width - RIGHT, box.y + TOP, box.y + box.height - FOOT];
  const across = logScale({ lo: 0, hi: Math.log10(Math.max(2, last)) }, left, right);
  const up = logScale(decades, foot, top);
  brush.font = ink.font;
  for (const value of powers(decades, Math.floor((foot - top) / 18))) {
    line(brush, [left, right], [up(value), up(value)], ink.line, 1);
    text(brush, powerOfTen(Math.round(Math.log10(value))), left - 5, up(value), ink.muted, "right");
  }
  for (const value of marks(0, Math.log10(Math.max(2, last)), 5)) text(brush, value.toLocaleString("en-GB"), across(value), foot + 11, ink.muted, "center");
  text(brush, "updates", (left + right) / 2, foot + 25, ink.muted, "center");
  const strength = Math.max(FAINTEST, STRONGEST / places.length);
  places.forEach((place, index) => ribbon(brush, updates, place, across, up, shade(share(index, places.length)), strength));
  places.forEach((place, index) => stroke(brush, updates, place.median, across, up, shade(share(index, places.length)), ends(index, places.length) ? 2 : 1));
  if (cursor >= 1) line(brush, [across(cursor), across(cursor)], [top, foot], ink.accent, 1);
  const named = places.map(({ label, median }, index) => ({ text: label, y: up(lastOf(median)), color: shade(share(index, places.length)) }));
  labels(brush, { ...box, x: right - (box.width - 92), y: top }, named.filter(({ y }, index) => Number.isFinite(y) && ends(index, places.length)));
}

/** @param {number} index @param {number} count */
const ends = (index, count) => index === 0 || index === count - 1;

/** @param {number} index @param {number} count */
const share = (index, count) => (count > 1 ? index / (count - 1) : 0);

/** From the 10th to the 90th percentile; the fainter, the more of them lie over one another. @param {Brush} brush @param {number[]} updates @param {import("./run.js").Layer} place @param {(update: number) => number} across @param {(value: number) => number} up @param {string} color @param {number} strength */
function ribbon(brush, updates, { low, high }, across, up, color, strength) {
  const known = updates.map((_, index) => index).filter((index) => Number(high[index]) > 0);
  if (known.length < 2) return;
  brush.beginPath();
  known.forEach((index, at) => brush[at ? "lineTo" : "moveTo"](across(updates[index]), up(Number(high[index]))));
  [...known].reverse().forEach((index) => brush.lineTo(across(updates[index]), up(Number(low[index]))));
  brush.closePath();
  brush.globalAlpha = strength;
  brush.fillStyle = color;
  brush.fill();
  brush.globalAlpha = 1;
}

/** Powers of ten alone. @param {{lo: number, hi: number}} decades @param {number} most */
function powers({ lo, hi }, most) {
  const every = Math.max(1, Math.ceil((hi - lo) / Math.max(2, most)));
  const found = [];
  for (let power = Math.ceil(hi / every) * every; power >= lo; power -= every) if (power <= hi) found.push(10 ** power);
  return found;
}

/** A curve of any width; zero has no place on a log axis and leaves a gap. @param {Brush} brush @param {number[]} updates @param {import("./run.js").Curve} values @param {(update: number) => number} across @param {(value: number) => number} up @param {string} color @param {number} width */
function stroke(brush, updates, values, across, up, color, width) {
  brush.strokeStyle = color;
  brush.lineWidth = width;
  brush.beginPath();
  let open = false;
  values.forEach((value, index) => {
    const known = value !== null && value > 0;
    if (known) brush[open ? "lineTo" : "moveTo"](across(updates[index]), up(value));
    open = known;
  });
  brush.stroke();
}

/**
 * The length of the whole gradient before and after it is clipped, on the same axis of updates.
 * @param {Brush} brush @param {Box} box @param {{updates: number[], before: import("./run.js").Curve, after: import("./run.js").Curve}} lengths @param {number} last @param {Ink} ink
 */
export function drawLengths(brush, box, { updates, before, after }, last, ink) {
  const [left, right, top, foot] = [box.x + LEFT, box.x + box.width - RIGHT, box.y + TOP, box.y + box.height - NAMES];
  const decades = decadesOf([before, after], 1);
  const across = logScale({ lo: 0, hi: Math.log10(Math.max(2, last)) }, left, right);
  const up = logScale(decades, foot, top);
  brush.font = ink.font;
  for (const value of powers(decades, Math.floor((foot - top) / 18))) {
    line(brush, [left, right], [up(value), up(value)], ink.line, 1);
    text(brush, powerOfTen(Math.round(Math.log10(value))), left - 5, up(value), ink.muted, "right");
  }
  brush.setLineDash([4, 3]);
  stroke(brush, updates, before, across, up, ink.muted, 1.5);
  brush.setLineDash([]);
  stroke(brush, updates, after, across, up, ink.accent, 1.5);
  const named = [{ text: "before", y: up(lastOf(before)), color: ink.muted }, { text: "after", y: up(lastOf(after)) , color: ink.accent }];
  labels(brush, { ...box, x: right - (box.width - 92), y: top }, named.filter(({ y }) => Number.isFinite(y)));
}
