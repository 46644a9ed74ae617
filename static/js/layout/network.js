/** Where every neuron, bias, edge and heat-map stands, from a graph and a box. Numbers in, numbers out. */

import { isBlock, layoutBlock } from "./blocks.js";
import { MANY, placeColumns } from "./columns.js";
import { stretchesOf } from "./game.js";

/** @typedef {import("../types.js").Graph} Graph */
/** @typedef {{column: number, unit: number, x: number, y: number, width: number, height: number}} Neuron */
/** @typedef {{kind: "tiles" | "strip" | "image" | "block", x: number, left: number, right: number, top: number, height: number, units: number, ys: Float32Array, pictures?: import("./blocks.js").Picture[], label?: string}} ColumnBox */
/** @typedef {{link: number, source: number, target: number, x0: number, x1: number, end: number, from: Float32Array, to: Float32Array, sources: number, targets: number, dense: boolean, box: {x: number, y: number, width: number, height: number} | null}} LinkBox */
/** @typedef {{from: number, to: number, skips: number}} Joint  two neighbours whose numbers no edge joins one by one; with so many second paths around what lies between */
/** @typedef {{joints: Joint[], places: import("./columns.js").Places, columns: ColumnBox[], neurons: Neuron[], links: LinkBox[], loss: {x: number, y: number, radius: number}, stretches: {name: string, left: number, right: number}[], sockets: boolean, names: boolean, width: number, height: number, bottom: number}} NetworkLayout */

/** A pair of layers with more edges than this becomes a heat-map. */
export const DENSE = 600;
const FOOT = 28;
/** Above the columns of a game stands whose they are, below them what stands still. */
const GAME = { head: 26, foot: 30 };
/** A letter of a name is so wide, and between a name and its neuron there is so much, px. */
const LETTER = 6;
const GAP = 6;
/** Where a second path ends: the room for its sign above a block's title, px. */
const SIGN = 26;
/** No more of the way between two columns than this is kept free for names. */
const KEPT = 0.35;

/**
 * @param {Graph} graph
 * @param {{width: number, height: number, compact: boolean, image?: {height: number, width: number} | null}} box
 * @returns {NetworkLayout}
 */
export function layoutNetwork(graph, { width, height, compact, image = null }) {
  const places = placeColumns(graph, width, compact, { image: Boolean(image) });
  const rows = Math.max(1, ...graph.columns.filter((column) => column.units <= MANY && !isBlock(column)).map(({ units }) => units));
  const players = stretchesOf(graph);
  const bottom = height - (players.length ? (compact ? GAME.foot + 6 : GAME.foot) : compact ? 4 : FOOT);
  const over = players.length ? GAME.head : 0;
  const head = over + (graph.columns.some(({ skips }) => skips?.length) ? (compact ? 18 : 26) : 0); // where second paths lead around their layers
  const pitch = Math.min(compact ? 48 : Math.max(85, places.size + 36), (bottom - 4 - head) / rows);
  const sockets = !compact && pitch >= 58 && places.step >= 112;
  const names = !compact && pitch >= 22 && places.step >= 84;
  const tall = Math.max(5, Math.min(places.size, sockets ? pitch - 29 : pitch - (pitch > 20 ? 8 : 3)));
  const wide = Math.min(places.size, Math.max(tall, sockets ? places.size : tall * 1.4));
  const middle = (bottom + head) / 2 - (sockets ? 10 : 0);

  /** @type {ColumnBox[]} */
  const columns = graph.columns.map((column, index) => {
    const { x, left, right } = places.columns[index];
    const { units } = column;
    if (isBlock(column)) return { kind: "block", x, left, right, units, ...layoutBlock(column, { left, right, bottom, over: column.skips?.length && !compact ? SIGN : 0 }) };
    if (index === 0 && image) return imageColumn(image, { x, left, right, middle, bottom }, units);
    if (units > MANY) return stripColumn({ x, left, right, middle: (bottom + over) / 2, bottom: bottom - over }, units);
    const ys = Float32Array.from({ length: units }, (_, unit) => middle + (unit - (units - 1) / 2) * pitch);
    return { kind: "tiles", x, left: x - wide / 2, right: x + wide / 2, top: ys[0] - tall / 2, height: ys[units - 1] - ys[0] + tall, units, ys };
  });
  const neurons = columns.flatMap((column, index) =>
    column.kind === "tiles"
      ? Array.from(column.ys, (y, unit) => ({ column: index, unit, x: column.x, y, width: wide, height: tall }))
      : []);
  const links = graph.links.map((link, index) => linkBox(index, link, columns, compact, names ? longest(graph.columns[link.to]) : 0));
  const last = columns[columns.length - 1];
  const loss = { x: places.loss.x, y: last.top + last.height / 2, radius: places.loss.right - places.loss.x };
  const linked = new Set(graph.links.map(({ to }) => to));
  const joints = columns.slice(1).map((_, index) => ({ from: index, to: index + 1, skips: graph.columns[index + 1].skips?.length ?? 0 })).filter(({ to }) => !linked.has(to));
  const stretches = players.map(({ name, from, to }, index) => ({ name, left: index ? columns[from].left : 0, right: index < players.length - 1 ? columns[to].right : compact ? width : loss.x - loss.radius }));
  return { joints, places, columns, neurons, links, loss, stretches, sockets, names, width, height, bottom };
}

/** @returns {ColumnBox} @param {{height: number, width: number}} image @param {any} place @param {number} units */
function imageColumn(image, { x, left, right, middle, bottom }, units) {
  const height = Math.min(right - left, bottom - 20);
  const top = middle - height / 2;
  const ys = Float32Array.from({ length: units }, (_, unit) => top + ((Math.floor(unit / image.width) + 0.5) / image.height) * height);
  return { kind: "image", x, left, right, top, height, units, ys };
}

/** @returns {ColumnBox} @param {any} place @param {number} units */
function stripColumn({ x, left, right, middle, bottom }, units) {
  const height = Math.min(bottom - 26, units * 14);
  const top = middle - height / 2 + 8;
  const ys = Float32Array.from({ length: units }, (_, unit) => top + ((unit + 0.5) / units) * height);
  return { kind: "strip", x, left, right, top, height, units, ys };
}

/** Room for the longest name of a column's units, beside them. @param {{texts?: string[]}} column */
const longest = ({ texts = [] }) => GAP + LETTER * Math.max(0, ...texts.map((text) => text.length));

/** @returns {LinkBox} @param {number} index @param {import("../types.js").Link} link @param {ColumnBox[]} columns @param {boolean} compact @param {number} room  for the names of the target's neurons */
function linkBox(index, link, columns, compact, room) {
  const from = columns[link.from];
  const to = columns[link.to];
  const dense = from.units * to.units > DENSE || from.units > MANY || to.units > MANY;
  const gap = to.left - from.right;
  const lead = to.kind === "tiles" ? Math.min(room, gap * KEPT) : 0;
  const inset = Math.min(compact ? 8 : 32, gap * 0.2);
  const top = Math.min(from.top, to.top);
  const foot = Math.max(from.top + from.height, to.top + to.height);
  const box = dense ? { x: from.right + inset, y: top, width: Math.max(4, gap - inset - Math.max(inset, lead)), height: foot - top } : null;
  return { link: index, source: link.from, target: link.to, x0: from.right, x1: to.left - lead, end: to.left, from: from.ys, to: to.ys, sources: from.units, targets: to.units, dense, box };
}
