/** A matrix of an attention as cells: values as paper to teal, derivatives in their colours, what is masked crossed out. */

import { alphaOf, rangeOf } from "../scale/field.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { svg } from "./tree.js";

const EDGE = 16;
const MOST = 170;
const CELL = 30;
/** Cells from which a minus has room, px. */
const ROOM = 9;

/**
 * @typedef {object} Matrix
 * @property {string} name
 * @property {number[][] | null} values  null while unknown
 * @property {boolean} derivative
 * @property {import("../scale/signed.js").Decades} decades
 * @property {string[]} read  what stands at each position
 * @property {boolean} square  positions across too, else units
 * @property {boolean[][]} masked
 * @property {{row: number, column: number}} cell  the one that is laid open
 * @property {(row: number, column: number) => void} pick
 */

/** @param {Matrix} given */
export function matrix({ name, values, derivative, decades, read, square, masked, cell, pick }) {
  const rows = read.length;
  const columns = square ? rows : values?.[0].length ?? rows;
  const size = Math.max(4, Math.min(CELL, Math.floor(MOST / Math.max(rows, columns))));
  const [width, height] = [EDGE + columns * size, EDGE + rows * size];
  const range = rangeOf(name === "weights" ? "softmax" : null, (values ?? []).flat());
  const closed = (/** @type {number} */ row, /** @type {number} */ column) => square && masked[row][column];
  /** @param {number} row @param {number} column */
  function box(row, column) {
    const value = values ? values[row][column] : null;
    const [x, y] = [EDGE + column * size, EDGE + row * size];
    const shut = closed(row, column) && name !== "scores";
    const stopped = closed(row, column) && (name === "scores" || !derivative);
    const kind = value === null ? "unknown" : stopped && !(name === "scores" && !derivative) ? "masked" : value === 0 ? "zero" : "value";
    const fill = kind !== "value" ? {} : derivative ? { fill: shade(value, decades) } : { "fill-opacity": String(alphaOf(value ?? 0, range)) };
    return svg("g", { class: `${derivative ? "derivative" : "plain"} ${kind}`, onclick: square ? () => pick(row, column) : null },
      svg("rect", { x: x + 0.5, y: y + 0.5, width: size - 1, height: size - 1, style: fill },
        svg("title", {}, `${square ? `${row + 1} asks ${column + 1}` : `position ${row + 1}, unit ${column + 1}`}: ${value === null ? "not computed yet" : format(value)}${(shut || closed(row, column)) ? ", masked" : ""}`)),
      kind === "masked" && svg("path", { class: "cross", d: `M${x + 2},${y + 2}l${size - 4},${size - 4}m0,${4 - size}l${4 - size},${size - 4}` }),
      derivative && value !== null && value < 0 && size >= ROOM && svg("path", { class: "minus", d: `M${x + size / 2 - 3},${y + size / 2}h6` }));
  }
  const letters = size >= 8;
  return svg("svg", { class: `attention-matrix ${square ? "picks" : ""}`, viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": said({ name, values, derivative, read, square, cell }) },
    ...(letters ? read.map((text, row) => svg("text", { x: EDGE - 4, y: EDGE + (row + 0.5) * size + 4, "text-anchor": "end" }, text.slice(0, 2))) : []),
    ...(letters && square ? read.map((text, column) => svg("text", { x: EDGE + (column + 0.5) * size, y: EDGE - 5, "text-anchor": "middle" }, text.slice(0, 2))) : []),
    ...read.flatMap((_, row) => Array.from({ length: columns }, (_one, column) => box(row, column))),
    svg("rect", square
      ? { class: "chosen", x: EDGE + cell.column * size, y: EDGE + cell.row * size, width: size, height: size }
      : { class: "chosen", x: EDGE, y: EDGE + cell.row * size, width: columns * size, height: size }));
}

/** @param {Pick<Matrix, "name" | "values" | "derivative" | "read" | "square" | "cell">} given */
function said({ name, values, derivative, read, square, cell }) {
  const what = derivative ? `Gradients arriving at the ${name}` : `The ${name}`;
  if (!values) return `${what}: not computed yet.`;
  if (!square) return `${what}: ${read.length} positions, ${values[0].length} units of this head.`;
  return `${what}: ${read.length} positions ask ${read.length}; from position ${cell.row + 1} to ${cell.column + 1} it is ${format(values[cell.row][cell.column])}. The fields above choose another cell.`;
}
