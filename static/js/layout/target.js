/**
 * What a pin or a hover points at, as text and in parts. A quantity: `parameter:2.W[2,3]`, `value:9[3]`, `cotangent:9[0]`, `slope:9[3,3]` (an op's node, then
 * the unit that comes out and the one that goes in), `op:7`. Or a place of the picture: `neuron:2[3]` (column, unit), `arrival:0[0]` (the line into the loss).
 */

import { isBlock, spotOf, spots } from "./blocks.js";

/** @typedef {import("../types.js").Graph} Graph */
/** @typedef {{kind: string, name: string, index: number[]}} Target */
/** @typedef {{edges: {link: number, from: number, to: number}[], neurons: {column: number, unit: number}[], arrivals: number[]}} Places */

/** @param {string | null | undefined} text @returns {Target | null} */
export function readTarget(text) {
  const found = /^(\w+):([^[]+)(?:\[([\d,\s]+)\])?$/.exec(text ?? "");
  return found && { kind: found[1], name: found[2], index: found[3] ? found[3].split(",").map(Number) : [] };
}

/**
 * Where a quantity is drawn: a weight at its edge, a bias, a value, a gradient or a slope at its neuron, what stands between the output and the loss at that line.
 * @param {Graph} graph @param {string | null | undefined} text @returns {Places}
 */
export function homeOf(graph, text) {
  const { edges, neurons, arrivals } = /** @type {Places} */ ({ edges: [], neurons: [], arrivals: [] });
  const target = readTarget(text);
  if (target?.kind === "parameter") {
    const { name, index } = target;
    const link = graph.links.findIndex(({ parameter, bias }) => parameter === name || bias === name);
    if (link >= 0 && graph.links[link].parameter === name) edges.push({ link, from: index[0], to: index[1] });
    else if (link >= 0) neurons.push({ column: graph.links[link].to, unit: index[0] });
  } else if (target?.kind === "neuron") neurons.push({ column: Number(target.name), unit: target.index[0] });
  else if (target?.kind === "arrival") arrivals.push(target.index[0]);
  else if (target && target.kind !== "op") {
    const column = columnOf(graph, Number(target.name));
    const last = graph.columns[graph.columns.length - 1];
    if (column >= 0 && isBlock(graph.columns[column])) neurons.push(...spotFor(graph.columns[column], Number(target.name), target.index).map((unit) => ({ column, unit })));
    else if (column >= 0) neurons.push(...[...new Set(target.index)].map((unit) => ({ column, unit })));
    if (column < 0 ? Number(target.name) > last.post : target.kind === "cotangent" && Number(target.name) === last.post) arrivals.push(target.index[target.index.length - 1] ?? 0);
  }
  return { edges, neurons, arrivals };
}

/**
 * All that lights up in the picture for some targets: where they are drawn, and the two ends of each edge.
 * @param {Graph} graph @param {(string | null | undefined)[]} targets @returns {Places}
 */
export function placesOf(graph, targets) {
  const homes = targets.map((target) => homeOf(graph, target));
  const edges = homes.flatMap((home) => home.edges);
  const ends = edges.flatMap(({ link, from, to }) => [{ column: graph.links[link].from, unit: from }, { column: graph.links[link].to, unit: to }]);
  return {
    edges: distinct(edges),
    neurons: distinct([...homes.flatMap(({ neurons }) => neurons), ...ends]),
    arrivals: [...new Set(homes.flatMap(({ arrivals }) => arrivals))],
  };
}

/** What pointing at something in the picture means: an edge is its weight, a neuron or the line into the loss is a place. @param {Graph} graph @param {string} text */
export function placeAt(graph, text) {
  const target = readTarget(text);
  if (!target || target.kind === "parameter") return text;
  if (target.kind === "cotangent") return `arrival:0[${target.index[0] ?? 0}]`;
  const [home] = homeOf(graph, text).neurons;
  return `neuron:${columnOf(graph, Number(target.name))}[${home?.unit ?? target.index[0] ?? 0}]`;
}

/** Whether a quantity is what is pointed at, or is drawn at the place that is. @param {Graph} graph @param {string} ref @param {string} target */
export function belongs(graph, ref, target) {
  if (ref === target) return true;
  const place = readTarget(target);
  if (place?.kind === "neuron") return homeOf(graph, ref).neurons.some(({ column, unit }) => column === Number(place.name) && unit === place.index[0]);
  return place?.kind === "arrival" && homeOf(graph, ref).arrivals.includes(place.index[0]);
}

/** What stands at a unit of a column, or at a spot of a block. @param {Graph} graph @param {number} column @param {number} unit */
export function valueAt({ columns }, column, unit) {
  const own = columns[column];
  if (!isBlock(own)) return `value:${own.post}[${unit}]`;
  const { node, index } = spotOf(own, unit);
  return `value:${node}[${index.join(",")}]`;
}

/** The spot of a block at which a number of one of its nodes stands, if it is drawn. @param {import("../types.js").Column} column @param {number} node @param {number[]} index */
function spotFor(column, node, index) {
  for (let spot = 0; spot < spots(column); spot += 1) {
    const found = spotOf(column, spot);
    if (found.node === node && found.index.join() === index.join()) return [spot];
  }
  return [];
}

/** What is pinned when a quantity is clicked: a weight, or the neuron that the number belongs to. @param {Graph} graph @param {string} ref */
export function pinOf(graph, ref) {
  const target = readTarget(ref);
  if (!target || !["value", "cotangent", "slope"].includes(target.kind)) return ref;
  const unit = target.index[target.index.length - 1] ?? 0;
  if (graph.task?.kind === "expression") return `value:${target.name}[0]`;
  const column = columnOf(graph, Number(target.name));
  if (column >= 0 && (isBlock(graph.columns[column]) || target.index.length > 1) && target.kind !== "slope") return `value:${target.name}[${target.index.join(",")}]`;
  return column >= 0 ? `value:${target.name}[${unit}]` : `value:${graph.columns[graph.columns.length - 1].post}[${unit}]`;
}

/**
 * All that a path goes through, as places of the picture: the line into the loss, its neurons and its edges, the weight's own last.
 * @param {Graph} graph @param {string} target  the weight @param {{neurons: {ref: string}[], factors: {ref: string}[]}} path
 */
export function placesAlong(graph, target, { neurons, factors }) {
  const last = graph.columns[graph.columns.length - 1].post;
  const out = readTarget(neurons[0]?.ref);
  return [
    ...(out && Number(out.name) === last ? [`arrival:0[${out.index[out.index.length - 1]}]`] : []),
    ...neurons.filter(({ ref }) => homeOf(graph, ref).neurons.length).map(({ ref }) => placeAt(graph, ref)), // what stands inside a layer has no place
    ...factors.map(({ ref }) => ref).filter((ref) => ref.startsWith("parameter:")),
    target,
  ];
}

/** The column of an input, a pre-activation or an activation; −1 for what comes after the output. @param {Graph} graph @param {number} node */
export function columnOf({ columns }, node) {
  return columns.findLastIndex(({ first, pre, post }) => (pre ?? first ?? 0) <= node && node <= post);
}

/** @template T @param {T[]} places @returns {T[]} */
function distinct(places) {
  const seen = new Map(places.map((place) => [JSON.stringify(place), place]));
  return [...seen.values()];
}
