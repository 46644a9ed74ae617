/** Edges: one stroke each, faint ones first, each with its own mark for known, zero, unknown and not finite. */

import { MARK, magnitude, markOf, widthOf } from "../scale/signed.js";
import { step } from "../scale/color.js";

/** @typedef {import("../layout/network.js").LinkBox} LinkBox */
/** @typedef {{data: Float32Array, exponent: number}} Numbers */
/** @typedef {{positive: string[], negative: string[], outline: string, surface: string, bad: string, halo: string}} Ink */
/** @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "bezierCurveTo" | "stroke" | "setLineDash" | "strokeStyle" | "lineWidth" | "lineCap">} Brush */

const BUCKETS = 257;
/** With more lines than this, only the strongest keep their width; the others are at most a pixel wide, which is ten times quicker to draw, and to read. */
export const CROWD = 300;
export const WIDE = 50;
const NEGATIVE = [9, 3];
const UNKNOWN = [0, 5];
const BAD = [3, 3];
/** Long, short: weights that the gradient passes through without moving them; with two short ones what they pass on is negative. */
export const STILL = [8, 4, 2, 4];
const STILL_NEGATIVE = [8, 3, 2, 3, 2, 3];
const DASHES = [[], NEGATIVE, UNKNOWN, BAD, STILL, STILL_NEGATIVE];

/** A list of edges to draw, in arrays that are used again for every frame. @param {number} capacity */
export function createEdgeList(capacity) {
  return {
    count: 0,
    x0: new Float32Array(capacity), y0: new Float32Array(capacity),
    x1: new Float32Array(capacity), y1: new Float32Array(capacity), end: new Float32Array(capacity),
    t: new Float32Array(capacity), negative: new Uint8Array(capacity), still: new Uint8Array(capacity), mark: new Uint8Array(capacity),
    order: new Uint16Array(capacity), buckets: new Uint16Array(BUCKETS),
  };
}
/** @typedef {ReturnType<typeof createEdgeList>} EdgeList */

/**
 * @param {EdgeList} list @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1
 * @param {number | null} value  null while unknown
 * @param {import("../scale/signed.js").Decades} decades
 * @param {number} [end]  where it ends that has come down at x1
 * @param {boolean} [still]  what it stands for does not move now: its number, if any, is what it passes on
 */
export function addEdge(list, x0, y0, x1, y1, value, decades, end = x1, still = false) {
  const at = list.count;
  if (at >= list.t.length) return;
  const mark = value === null ? (still ? MARK.still : MARK.unknown) : markOf(value, decades);
  list.x0[at] = x0;
  list.y0[at] = y0;
  list.x1[at] = x1;
  list.y1[at] = y1;
  list.end[at] = end;
  list.mark[at] = mark;
  list.t[at] = mark === MARK.shown || mark === MARK.above ? magnitude(/** @type {number} */ (value), decades) : 0;
  list.negative[at] = value !== null && value < 0 ? 1 : 0;
  list.still[at] = still ? 1 : 0;
  list.count = at + 1;
}

/** Put the order of drawing into the list: unknown and still, then by t, then what is not finite. @param {EdgeList} list */
function sortEdges({ count, t, mark, order, buckets }) {
  buckets.fill(0);
  const rank = (/** @type {number} */ at) => (mark[at] === MARK.unknown || mark[at] === MARK.still ? 0 : mark[at] === MARK.bad ? BUCKETS - 1 : 1 + Math.round(t[at] * 254));
  for (let at = 0; at < count; at += 1) buckets[rank(at)] += 1;
  let sum = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const here = buckets[bucket];
    buckets[bucket] = sum;
    sum += here;
  }
  for (let at = 0; at < count; at += 1) {
    const place = rank(at);
    order[buckets[place]] = at;
    buckets[place] += 1;
  }
}

/** @param {Brush} brush @param {EdgeList} list @param {Ink} ink @param {number} scale  of the widths */
export function drawEdges(brush, list, ink, scale) {
  sortEdges(list);
  const narrow = list.count > CROWD ? list.count - WIDE : 0;
  let dash = -1;
  for (let place = 0; place < list.count; place += 1) {
    const at = list.order[place];
    const mark = list.mark[at];
    const negative = list.negative[at];
    const style = mark === MARK.unknown ? 2 : mark === MARK.bad ? 3 : mark === MARK.still ? 4 : mark === MARK.zero ? 0 : list.still[at] ? 4 + negative : negative;
    if (style !== dash) {
      dash = style;
      brush.setLineDash(DASHES[style]);
      brush.lineCap = style === 2 ? "round" : "butt";
    }
    if (mark === MARK.unknown) stroke(brush, list, at, ink.outline, 1.3);
    else if (mark === MARK.still) stroke(brush, list, at, ink.outline, 0.8);
    else if (mark === MARK.bad) stroke(brush, list, at, ink.bad, 3);
    else if (mark === MARK.zero) {
      stroke(brush, list, at, ink.outline, 3);
      stroke(brush, list, at, ink.surface, 1.4);
    } else {
      const color = (negative ? ink.negative : ink.positive)[step(list.t[at])];
      const width = mark === MARK.below ? 0.75 : widthOf(list.t[at], list.still[at] ? 0.6 * scale : scale);
      stroke(brush, list, at, color, place < narrow ? Math.min(1, width) : width);
    }
  }
  brush.setLineDash([]);
  brush.lineCap = "butt";
}

/** The halo behind a pinned or hovered edge. @param {Brush} brush @param {number[]} ends  x0, y0, x1, y1, and where it ends @param {string} color @param {number} width */
export function drawHalo(brush, [x0, y0, x1, y1, end = x1], color, width) {
  brush.setLineDash([]);
  brush.strokeStyle = color;
  brush.lineWidth = width;
  curve(brush, x0, y0, x1, y1, end);
  brush.stroke();
}

/** @param {Brush} brush @param {EdgeList} list @param {number} at @param {string} color @param {number} width */
function stroke(brush, { x0, y0, x1, y1, end }, at, color, width) {
  brush.strokeStyle = color;
  brush.lineWidth = width;
  curve(brush, x0[at], y0[at], x1[at], y1[at], end[at]);
  brush.stroke();
}

/** @param {Brush} brush @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {number} end */
function curve(brush, x0, y0, x1, y1, end) {
  brush.beginPath();
  brush.moveTo(x0, y0);
  if (y0 === y1) brush.lineTo(end, y1);
  else {
    const middle = (x0 + x1) / 2;
    brush.bezierCurveTo(middle, y0, middle, y1, x1, y1);
    if (end !== x1) brush.lineTo(end, y1);
  }
}
