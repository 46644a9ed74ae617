/** What of a network can be looked into: layers that read a sequence, layers that move a window, what normalises, and three cells side by side. */

const NORMALIZES = ["standardize", "layer_norm"];

/** @typedef {{name: string, kind: "sequence" | "window" | "normalization" | "memory", layer: number, scope: string, label: string}} Inside */

/** Layers are told apart by their scopes, since several may stand inside one. @param {import("../types.js").Graph} graph @returns {Inside[]} */
export function insidesOf({ insides, instructions }) {
  const found = insides.map((inside) => ({ ...inside, name: inside.scope }));
  const normalizes = instructions.some(({ op }) => NORMALIZES.includes(String(op)));
  return [...found, ...(normalizes ? [{ name: "normalization", kind: /** @type {const} */ ("normalization"), layer: -1, scope: "", label: "normalisation" }] : []), { name: "memory", kind: "memory", layer: -1, scope: "", label: "RNN, GRU, LSTM side by side" }];
}

/**
 * The layer that a node stands in, or else the first of a column's layers, where it can be looked into.
 * @param {import("../types.js").Graph} graph @param {number} node @param {number[]} layers
 */
export function insideOf(graph, node, layers) {
  const all = insidesOf(graph).filter(({ layer }) => layers.includes(layer));
  const at = `${graph.nodes[node]?.scope}/`;
  return all.find(({ scope }) => at.startsWith(`${scope}/`)) ?? all[0] ?? null;
}

/**
 * The normalisation that an operation belongs to: its own node, or the one that reads its mean or variance.
 * @param {import("../types.js").Graph} graph @param {number | undefined} instruction @returns {number | null}
 */
export function normalizationOf({ nodes, instructions }, instruction) {
  const own = instructions.find(({ index }) => index === instruction)?.node;
  if (own === undefined || own === null) return null;
  if (NORMALIZES.includes(String(nodes[own].op))) return own;
  return nodes.find(({ op, inputs }) => op === "standardize" && inputs.includes(own) && nodes[own].op?.startsWith("feature_"))?.id ?? null;
}

/**
 * A sum as steps: where each part begins and ends when they are added one after the other.
 * @param {(number | null)[]} parts
 * @returns {{from: number, to: number}[]}
 */
export function waterfall(parts) {
  let sum = 0;
  return parts.map((part) => {
    const from = sum;
    sum += part ?? 0;
    return { from, to: sum };
  });
}

/** A row and a column as the server reads them. @param {number} place @param {number} across */
export const pair = (place, across) => `${Math.floor(place / across)},${place % across}`;

/** @param {string} text @param {number} across */
export function placeOf(text, across) {
  const [row, column] = text.split(",").map(Number);
  return row * across + column;
}
