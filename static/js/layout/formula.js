/** Where the values of a formula stand: each as a box, from what it reads on the left to the loss on the right. Numbers in, numbers out. */

/** @typedef {import("../types.js").Graph} Graph */
/** @typedef {import("../types.js").GraphNode} GraphNode */
/** @typedef {{node: number, target: string, kind: "parameter" | "data" | "number" | "value" | "loss", name: string, sign: string, says: string, x: number, y: number, valueAt: number | null, cotangentAt: number | null, slopes: boolean}} Box */
/** @typedef {{from: number, to: number, key: string | null, at: number | null, path: string}} Wire  `key` names the number it carries back, `at` the instruction that computes it */
/** @typedef {{boxes: Box[], wires: Wire[], size: {width: number, height: number}, width: number, height: number}} FormulaLayout */

const SIGNS = /** @type {Record<string, string>} */ ({ add: "+", subtract: "−", multiply: "×", divide: "÷", square: "( )²", power: "( )ⁿ", negate: "−( )", batch_mean: "mean", spread: "", column: "" });
const BOX = { width: 68, height: 58 };
const GAP = { x: 14, y: 12 };
const EDGE = 10;

/**
 * @param {Graph} graph
 * @param {{width: number, height: number}} room
 * @returns {FormulaLayout}
 */
export function layoutFormula(graph, room) {
  const shown = graph.nodes.filter((node) => drawn(graph, node));
  const depths = depthsOf(graph, shown);
  /** @type {GraphNode[][]} */
  const columns = [];
  for (const node of shown) (columns[depths.get(node.id) ?? 0] ??= []).push(node);
  const deepest = columns.length;
  const step = Math.min(150, Math.max(BOX.width + GAP.x, (room.width - 2 * EDGE - BOX.width) / Math.max(1, deepest - 1)));
  const tallest = Math.max(...columns.map((column) => column?.length ?? 0));
  const pitch = Math.min(BOX.height + 34, Math.max(BOX.height + GAP.y, (room.height - 2 * EDGE) / tallest));
  const height = Math.max(room.height, tallest * pitch + 2 * EDGE);
  const width = Math.max(room.width, (deepest - 1) * step + BOX.width + 2 * EDGE);
  /** @type {Map<number, {x: number, y: number}>} */
  const places = new Map();
  columns.forEach((column, depth) => {
    const middle = (/** @type {GraphNode} */ node) => {
      const read = node.inputs.flatMap((source) => places.get(source)?.y ?? []);
      return read.length ? read.reduce((sum, y) => sum + y, 0) / read.length : height / 2;
    };
    const wanted = column.map((node) => ({ node, y: middle(node) })).sort((a, b) => a.y - b.y);
    const ys = spaced(wanted.map(({ y }) => y), pitch, EDGE + BOX.height / 2, height - EDGE - BOX.height / 2);
    wanted.forEach(({ node }, index) => places.set(node.id, { x: EDGE + depth * step, y: ys[index] - BOX.height / 2 }));
  });
  const boxes = shown.map((node) => box(graph, node, places.get(node.id) ?? { x: 0, y: 0 }));
  return { boxes, wires: wiresOf(graph, shown, places), size: BOX, width, height };
}

/** A parameter is drawn where it is spread to the examples. @param {Graph} graph @param {GraphNode} node */
function drawn(graph, node) {
  if (node.role === "parameter") return false;
  if (node.op) return node.id <= graph.loss.node;
  return graph.nodes.some(({ inputs, op }) => op !== "column" && inputs.includes(node.id));
}

/** How many operations a value is away from what is given; what is given stands just before what reads it. @param {Graph} graph @param {GraphNode[]} shown */
function depthsOf(graph, shown) {
  /** @type {Map<number, number>} */
  const depths = new Map();
  const inner = (/** @type {GraphNode} */ node) => node.op !== null && node.op !== "spread" && node.op !== "column";
  for (const node of shown) if (inner(node)) depths.set(node.id, 1 + Math.max(0, ...node.inputs.map((source) => depths.get(source) ?? 0)));
  for (const node of shown) {
    if (inner(node)) continue;
    const readers = shown.filter((reader) => reader.inputs.includes(node.id)).map((reader) => depths.get(reader.id) ?? 1);
    depths.set(node.id, Math.max(0, Math.min(...readers, Infinity) - 1));
  }
  return depths;
}

/** Places as near to the wanted ones as a least distance allows. @param {number[]} wanted  rising @param {number} pitch @param {number} low @param {number} high */
function spaced(wanted, pitch, low, high) {
  const found = [...wanted];
  for (let index = 0; index < found.length; index += 1) found[index] = Math.max(found[index], index ? found[index - 1] + pitch : low);
  for (let index = found.length - 1; index >= 0; index -= 1) found[index] = Math.min(found[index], index === found.length - 1 ? high : found[index + 1] - pitch);
  const off = (wanted.reduce((sum, y) => sum + y, 0) - found.reduce((sum, y) => sum + y, 0)) / found.length;
  const shift = Math.max(low - found[0], Math.min(high - found[found.length - 1], off));
  return found.map((y) => y + shift);
}

/** @param {Graph} graph @param {GraphNode} node @param {{x: number, y: number}} at @returns {Box} */
function box(graph, node, at) {
  const parameter = node.op === "spread" ? graph.nodes.find(({ id }) => id === node.inputs[0]) : null;
  const loss = node.id === graph.loss.node;
  const kind = parameter ? "parameter" : loss ? "loss" : node.role === "constant" ? "number" : node.op && node.op !== "column" ? "value" : "data";
  const name = loss ? "loss" : node.text ?? (node.role === "target" ? "y" : node.role === "input" ? "x" : node.name);
  return {
    ...at, kind, name, node: node.id, target: parameter ? `parameter:${parameter.name}[0]` : `value:${node.id}[0]`,
    sign: kind === "value" || loss ? SIGNS[node.op ?? ""] ?? node.op ?? "" : "", says: node.says ?? "", valueAt: node.value_at,
    cotangentAt: node.cotangent_at, slopes: node.cotangent_at !== null || loss,
  };
}

/** @param {Graph} graph @param {GraphNode[]} shown @param {Map<number, {x: number, y: number}>} places @returns {Wire[]} */
function wiresOf(graph, shown, places) {
  const carried = new Set((graph.fields.flows ?? []).map(({ name }) => name));
  return shown.flatMap((node) => node.inputs.flatMap((source, index) => {
    const [from, to] = [places.get(source), places.get(node.id)];
    if (!from || !to) return [];
    const back = graph.instructions.filter((one) => one.phase === "backward" && one.node === node.id && one.computes.some(({ node: into }) => into === source));
    const one = back[Math.min(back.length - 1, node.inputs.slice(0, index).filter((other) => other === source).length)];
    const key = one ? `${node.id}.${one.wrt}` : null;
    const [x0, y0, x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2, to.x, to.y + (BOX.height * (index + 1)) / (node.inputs.length + 1)];
    const bend = Math.max(10, (x1 - x0) / 2);
    return [{ from: source, to: node.id, key: key && carried.has(key) ? key : null, at: one?.index ?? null, path: `M${x0} ${y0.toFixed(1)}C${x0 + bend} ${y0.toFixed(1)} ${x1 - bend} ${y1.toFixed(1)} ${x1} ${y1.toFixed(1)}` }];
  }));
}
