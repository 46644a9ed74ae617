/** The program of one update as a loop of cells over the network's columns: forward to the right, loss, backward to the left, update. */

import { layoutGame } from "./game.js";

/** @typedef {import("../types.js").Graph} Graph */
/** @typedef {import("../types.js").Instruction} Instruction */
/** @typedef {"forward" | "backward" | "both"} Row */
/** @typedef {{key: string, row: Row, x: number, width: number, text: string, name: string, first: number, last: number, members: number[], where?: string}} Cell */

/** A layer that a bug has stepped before its turn stands among that layer's own. @param {Instruction} one */
const isUpdate = ({ phase, layer }) => phase === "update" && layer === null;

/** A step of an estimated gradient belongs to no operation: nothing is gone back through. @param {Instruction} one */
export const isEstimate = ({ phase, node }) => phase === "backward" && node === null;

/** @typedef {{left: number, right: number, steps?: [number, number]}} Span  of time steps the first and the last, counted from 1 */

const FOLD = 7;
const NAMELESS = 24;
/** A time step's cell is at least so wide, px: narrower ones hold several. */
const NARROW = 5;

/**
 * @param {Graph} graph
 * @param {import("./columns.js").Places} places
 * @returns {Cell[]} in execution order
 */
export function layoutLoop(graph, places) {
  if (graph.task?.kind === "gan") return layoutGame(graph, places);
  const { instructions, loss } = graph;
  const { columns, compact } = places;
  const after = (/** @type {number} */ node) => node >= loss.node;
  const isLoss = (/** @type {Instruction} */ one) => one.layer === null && one.node !== null && after(one.node) && one.phase !== "update";
  const home = spans(graph, places);
  const written = graph.task?.kind === "expression";
  /** @type {Map<string, {span: Span, row: Row, members: Instruction[]}>} */
  const groups = new Map();
  for (const one of instructions) {
    if (isUpdate(one) || isLoss(one)) continue;
    const backward = rowOf(one) === "backward";
    const span = isEstimate(one) ? { left: columns[0].right, right: places.loss.left } : home(one);
    const key = `${backward ? "back" : "on"} ${isEstimate(one) ? "estimate" : span.left}`;
    if (!groups.has(key)) groups.set(key, { span, row: backward ? "backward" : "forward", members: [] });
    groups.get(key)?.members.push(one);
  }
  const cells = [...groups.values()].flatMap(({ span, row, members }) => span.steps ? [stepCell(span, row, members, compact)] : row === "forward" ? forward(span, members, compact, written) : backward(span, members, compact));
  const last = columns[0];
  const updates = instructions.filter(isUpdate);
  const losses = instructions.filter(isLoss);
  if (losses.length) cells.push(cell("both", places.loss.left, places.loss.right, losses, "loss", "loss"));
  if (updates.length) cells.push(cell("both", last.left, last.right, updates, last.right - last.left < 22 ? "" : last.right - last.left < 46 ? "upd" : "update", "update"));
  return cells.sort((a, b) => a.first - b.first);
}

/** Which stretch of the strip an instruction belongs to: a link, the neurons of a column, a time step, or the way to the loss. @param {Graph} graph @param {import("./columns.js").Places} places */
function spans(graph, { columns, loss }) {
  /** @type {Map<number, Span>} */
  const byLayer = new Map();
  /** @type {Map<number, (t: number) => Span>} */
  const bySteps = new Map();
  const scopes = new Map(graph.nodes.map(({ id, scope }) => [id, scope]));
  const body = (/** @type {number} */ index) => ({ left: columns[index].left, right: columns[index].right });
  const before = (/** @type {number} */ index) => (index < columns.length ? { left: columns[index - 1].right, right: columns[index].left } : { left: columns[index - 1].right, right: loss.left });
  /** What a recurrent layer does before its time steps on the way on, and after them on the way back. @type {Map<number, Span>} */
  const ahead = new Map();
  const stepping = stepped(graph);
  graph.columns.forEach(({ layers, kind, moments = [] }, index) => {
    const own = index === 0 ? before(1) : body(index);
    if (kind === "sequence") bySteps.set(layers[0], stepsOf(own, Math.max(...moments.map(({ t }) => t)) + 1));
    layers.forEach((layer, order) => {
      if (kind === "sequence") {
        byLayer.set(layer, before(index + 1));
        ahead.set(layer, before(Math.max(1, index)));
      }
      else byLayer.set(layer, index > 0 && order === 0 ? before(index) : own);
    });
  });
  const lastLayers = graph.columns[graph.columns.length - 1].layers;
  const edge = columns[columns.length - 1];
  const way = { left: graph.columns[graph.columns.length - 1].kind === "sequence" || lastLayers.length > 1 || !graph.links.length ? edge.right : edge.left, right: loss.left };
  return (/** @type {Instruction} */ one) => {
    if (one.layer === null) return way;
    const t = /\/t=(\d+)/.exec(scopes.get(one.node ?? -1) ?? "")?.[1];
    const row = rowOf(one);
    const early = (one.index < (stepping.get(`${row} ${one.layer}`) ?? 0)) === (row === "forward");
    return (t && bySteps.get(one.layer)?.(Number(t))) || (early && ahead.get(one.layer)) || byLayer.get(one.layer) || way;
  };
}

/** @param {Instruction} one @returns {Row} */
const rowOf = ({ phase }) => (phase !== "forward" && phase !== "loss" ? "backward" : "forward");

/** The first instruction of a time step, in each direction of each layer. @param {Graph} graph */
function stepped({ instructions, nodes }) {
  const timed = new Set(nodes.filter(({ scope }) => scope.includes("/t=")).map(({ id }) => id));
  /** @type {Map<string, number>} */
  const first = new Map();
  for (const one of instructions) {
    const key = `${rowOf(one)} ${one.layer}`;
    if (timed.has(one.node ?? -1) && !first.has(key)) first.set(key, one.index);
  }
  return first;
}

/** Where each time step of a sequence has its cell; several share one where they would be too narrow. @param {Span} span @param {number} count */
function stepsOf({ left, right }, count) {
  const each = Math.ceil((NARROW * count) / (right - left));
  return (/** @type {number} */ t) => {
    const first = Math.floor(t / each) * each;
    const last = Math.min(count, first + each);
    return /** @type {Span} */ ({ left: left + ((right - left) * first) / count, right: left + ((right - left) * last) / count, steps: [first + 1, last] });
  };
}

/** All that one time step does, in one direction. @param {Span} span @param {Row} row @param {Instruction[]} members @param {boolean} compact */
function stepCell({ left, right, steps }, row, members, compact) {
  const [first, last] = steps ?? [0, 0];
  const text = right - left < 13 || compact || first !== last ? "" : String(first);
  return cell(row, left, right, members, text, `${members[0].group}, time step ${first === last ? first : `${first} to ${last}`}`);
}

/** @param {{left: number, right: number}} span @param {Instruction[]} members @param {boolean} compact @param {boolean} apart  each is an operation of its own @returns {Cell[]} */
function forward({ left, right }, members, compact, apart) {
  const width = (right - left) / members.length;
  const same = members.length > 1 && members.every(({ short }) => short === members[0].short);
  if (width < FOLD || same || (members.length > 1 && width < NAMELESS * 1.5 && !apart)) return folded("forward", { left, right }, members, compact, (part, own) => forward(part, own, compact, apart));
  return members.map((one, index) => cell("forward", left + index * width, left + (index + 1) * width, [one], label([one], width, compact), apart ? `${one.group}, ${one.short}` : one.group));
}

/** @param {{left: number, right: number}} span @param {Instruction[]} members @param {boolean} compact @returns {Cell[]} */
function backward({ left, right }, members, compact) {
  const width = (right - left) / members.length;
  const same = members.length > 1 && members.every(({ short }) => short === members[0].short);
  if (width < FOLD || same) return folded("backward", { left, right }, members, compact, (part, own) => backward(part, own, compact));
  return members.map((one, index) => {
    const at = left + (members.length - 1 - index) * width;
    return cell("backward", at, at + width, [one], width < NAMELESS || compact ? "" : label([one], width, compact), `${one.group}, ${one.short}`);
  });
}

/**
 * Operations that do not fit one by one: a cell for all, or where they are of several layers a part of the stretch for each.
 * @param {Row} row @param {{left: number, right: number}} span @param {Instruction[]} members @param {boolean} compact
 * @param {(span: {left: number, right: number}, members: Instruction[]) => Cell[]} part
 */
function folded(row, { left, right }, members, compact, part) {
  const groups = [...new Set(members.map(({ group }) => group))];
  const width = (right - left) / groups.length;
  if (groups.length === 1 || width < FOLD) {
    const name = groups.length === 1 ? groups[0] : `${groups[0]} to ${groups[groups.length - 1]}`;
    return [cell(row, left, right, members, label(members, right - left, compact), name)];
  }
  return groups.flatMap((group, index) => {
    const at = left + (row === "forward" ? index : groups.length - 1 - index) * width;
    return part({ left: at, right: at + width }, members.filter((one) => one.group === group));
  });
}

/** @param {Instruction[]} members @param {number} width @param {boolean} compact */
function label(members, width, compact) {
  if (width < 13) return "";
  if (compact) return members[0].op === "affine" ? String(members[0].layer) : "";
  if (width < NAMELESS) return "";
  const { short, group, layer, phase } = members[0];
  const same = members.every((one) => one.short === short);
  const count = `${members.length} ops`;
  const text = same ? short : `${group}, ${count}`;
  if (text.length * 6.2 < width) return text;
  if (!same && count.length * 6.2 < width) return count;
  return layer === null || phase === "backward" ? "" : String(layer);
}

/**
 * @param {Row} row @param {number} left @param {number} right @param {Instruction[]} members @param {string} text @param {string} name
 * @returns {Cell}
 */
function cell(row, left, right, members, text, name) {
  const numbers = members.map(({ index }) => index);
  return { key: `${row} ${numbers[0]}`, row, x: left, width: right - left, text, name, first: numbers[0], last: numbers[numbers.length - 1], members: numbers };
}

/**
 * How a cell stands to the program counter.
 * @param {Cell} cell
 * @param {{update: number, instruction: number} | null} position
 * @param {number} count  instructions of one update
 * @returns {"done" | "now" | "to-come"}
 */
export function stateOf({ members }, position, count) {
  if (!position || (position.update === 0 && position.instruction === 0)) return "to-come";
  const now = position.instruction === 0 ? count - 1 : position.instruction - 1;
  if (members.includes(now)) return "now";
  return members[0] < now ? "done" : "to-come";
}
