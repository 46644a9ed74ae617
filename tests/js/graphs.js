/** Networks for tests: the graph of a chain of linear layers with an activation between them, as the server would list it. */

/** @param {number[]} units @returns {import("../../static/js/types.js").Graph} */
export function chain(...units) {
  /** @type {any[]} */
  const instructions = [];
  const columns = units.map((count, index) => {
    const last = index === units.length - 1;
    const layers = index === 0 ? [] : last ? [2 * index - 2] : [2 * index - 2, 2 * index - 1];
    return { index, text: `h${index}`, units: count, texts: Array.from({ length: count }, (_, unit) => `h${index},${unit}`), symbols: [], pre: index ? 10 * index : null, post: index ? 10 * index + (last ? 0 : 1) : 0, layers, activation: last || !index ? null : "tanh" };
  });
  const add = (/** @type {any} */ one) => instructions.push({ index: instructions.length, ...one });
  for (const { layers, pre, post } of columns) {
    layers.forEach((layer, order) => add({ phase: "forward", layer, group: `${order ? "tanh" : "linear"} ${layer}`, short: order ? "tanh" : `linear ${layer}`, op: order ? "tanh" : "affine", node: order ? post : pre }));
  }
  add({ phase: "loss", layer: null, group: "loss", short: "σ, cross-entropy", op: "logistic", node: 98 });
  add({ phase: "loss", layer: null, group: "loss", short: "mean", op: "mean", node: 99 });
  add({ phase: "backward", layer: null, group: "loss", short: "∂x", op: "mean", node: 99 });
  add({ phase: "backward", layer: null, group: "loss", short: "p − y", op: "logistic", node: 98 });
  for (const { index, layers, pre, post } of [...columns].reverse()) {
    if (!index) continue;
    if (layers.length > 1) add({ phase: "backward", layer: layers[1], group: `tanh ${layers[1]}`, short: "tanh", op: "tanh", node: post });
    for (const short of index === 1 ? ["∂W", "∂b"] : ["∂W", "∂b", "∂a"]) add({ phase: "backward", layer: layers[0], group: `linear ${layers[0]}`, short, op: "affine", node: pre });
  }
  add({ phase: "update", layer: null, group: "update", short: "w", op: null, node: null });
  const links = columns.slice(1).map(({ index }) => ({ parameter: `${2 * index - 2}.W`, bias: `${2 * index - 2}.b`, from: index - 1, to: index, layer: 2 * index - 2 }));
  return /** @type {any} */ ({ revision: 1, nodes: [], instructions, parameters: [], columns, links, insides: [], loss: { node: 99, label: "cross-entropy", short: "σ, cross-entropy", output: "logit" }, fields: {} });
}
