/** What lies under the pointer: a bias, a cell of a heat-map, an edge, the line into the loss. */

import { pickEdge } from "./curve.js";

/**
 * @param {import("../types.js").Graph} graph
 * @param {import("./network.js").NetworkLayout} layout
 * @param {(number[] | null)[]} shown  the drawn edges of each link, null for all
 * @param {{x: number, y: number}} at
 * @param {number} reach
 * @returns {string | null} a target
 */
export function pickTarget(graph, layout, shown, { x, y }, reach) {
  for (const [index, { target, to, box, sources, targets, x0, x1 }] of layout.links.entries()) {
    const { parameter, bias } = graph.links[index];
    const column = layout.columns[target];
    if (bias && column.kind === "tiles" && x > column.left - 16 && x < column.left) {
      const height = layout.neurons.find((neuron) => neuron.column === target)?.height ?? 0;
      const unit = to.findIndex((middle) => Math.abs(middle + height / 2 - 6 - y) < 9);
      if (unit >= 0) return `parameter:${bias}[${unit}]`;
    }
    if (box && x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height) {
      const from = Math.floor(((x - box.x) / box.width) * sources);
      const unit = Math.floor(((y - box.y) / box.height) * targets);
      return `parameter:${parameter}[${from},${unit}]`;
    }
    if (x >= x0 && x <= x1) {
      const drawn = shown[index] ? new Set(shown[index]) : null;
      const edge = pickEdge(layout.links[index], x, y, reach, drawn ? (place) => drawn.has(place) : undefined);
      if (edge) return `parameter:${parameter}[${edge.from},${edge.to}]`;
    }
  }
  const last = layout.columns[layout.columns.length - 1];
  const end = layout.loss.x - layout.loss.radius;
  const into = { link: -1, source: 0, target: 0, x0: last.right, x1: end, end, from: last.ys, to: Float32Array.of(layout.loss.y), sources: last.units, targets: 1, dense: false, box: null };
  const edge = pickEdge(into, x, y, reach);
  return edge && `cotangent:${graph.columns[graph.columns.length - 1].post}[${edge.from}]`;
}
