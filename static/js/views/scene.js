/** From the store to what the network's picture shows: which numbers are known, which edges are lit, how far the front has come. */

import { isKnown } from "../scale/known.js";
import { isEstimate, layoutLoop, stateOf } from "../layout/loop.js";
import { standsStill } from "../layout/game.js";
import { placesOf } from "../layout/target.js";
import { PROVISIONAL } from "../scale/decades.js";
import { WEIGHT_DECADES } from "../scale/signed.js";

/** @typedef {import("../types.js").Store} Store */

/** The example that is followed: the chosen one, else the first of the batch. @param {Store} now */
export const followed = ({ focus, state }) => focus ?? state?.batch?.[0] ?? null;

/** The mistake that is ringed, and offered to be followed back while nothing is pinned. @param {Store} now */
export const mistakeOf = ({ pinned, predictions }) => (pinned ? null : predictions?.worst ?? null);

/** @param {Store} now */
export const decadesOf = ({ lens, legend }) => (lens === "weights" ? WEIGHT_DECADES : legend ?? PROVISIONAL);

/** @param {Store} now @returns {import("../draw/network.js").LinkNumbers[]} */
export function linkNumbers({ graph, frame, lens, scope }) {
  if (!graph || !frame) return (graph?.links ?? []).map(({ bias }) => ({ numbers: null, biases: null, weighs: Boolean(bias), still: false }));
  const field = frame.fields[lens === "weights" ? "parameters" : scope === "example" ? "example_gradients" : "gradients"];
  const known = (/** @type {string | null} */ name) => {
    if (lens === "weights") return true;
    const parameter = graph.parameters.find((one) => one.name === name);
    return Boolean(parameter) && isKnown(frame, parameter?.gradient_at ?? null);
  };
  return graph.links.map(({ parameter, bias, layer, to }) => {
    const still = lens !== "weights" && standsStill(graph, frame, layer);
    return {
      numbers: still ? (scope === "example" ? passedOn(graph, frame, parameter, to) : null) : known(parameter) ? field[parameter] ?? null : null,
      biases: !still && bias && known(bias) ? field[bias] ?? null : null,
      weighs: Boolean(bias),
      still,
    };
  });
}

/**
 * What each weight that stands still passes on of the followed example's gradient, w · ∂L/∂z of the unit that it leads to; null while nothing has arrived there.
 * @param {import("../types.js").Graph} graph @param {import("../types.js").Frame} frame @param {string} parameter @param {number} to  a column
 * @returns {import("../types.js").Numbers | null}
 */
export function passedOn(graph, frame, parameter, to) {
  const { pre, units } = graph.columns[to];
  const [weights, arriving] = [frame.fields.parameters?.[parameter], frame.fields.cotangents?.[String(pre)]];
  if (!weights || !arriving || !isKnown(frame, graph.nodes.find(({ id }) => id === pre)?.cotangent_at ?? null)) return null;
  return { data: weights.data.map((weight, at) => weight * arriving.data[at % units]), exponent: weights.exponent + arriving.exponent, shape: weights.shape };
}

/** Whether a column's values are known where the frame stands. @param {import("../types.js").Graph} graph @param {import("../types.js").Frame} frame @param {number} column */
export function valueKnown(graph, frame, column) {
  if (column === 0) return frame.update > 0 || frame.instruction > 0;
  return isKnown(frame, graph.nodes.find(({ id }) => id === graph.columns[column].post)?.value_at ?? null);
}

/** A column's cotangents, where they are known. @param {Store} now @param {number} column */
export function arrivingAt({ graph, frame }, column) {
  if (!graph || !frame) return null;
  const { post } = graph.columns[column];
  const node = graph.nodes.find(({ id }) => id === post);
  return node && isKnown(frame, node.cotangent_at) ? frame.fields.cotangents[post] ?? null : null;
}

/**
 * The front: where in the network the program stands, and the stretch it has not come to yet.
 * @param {Store} now @param {import("../layout/network.js").NetworkLayout} layout
 * @returns {{x: number, phase: "forward" | "backward", past: {from: number, to: number}} | null}
 */
export function frontOf({ graph, frame }, layout) {
  if (!graph || !frame || frame.instruction === 0 || graph.task?.kind === "gan") return null;
  const cells = layoutLoop(graph, layout.places);
  const here = cells.find((cell) => stateOf(cell, frame, graph.instructions.length) === "now");
  if (!here || here.row === "both" || isEstimate(graph.instructions[here.first])) return null;
  const middle = here.x + here.width / 2;
  if (here.row === "forward") return { x: middle, phase: "forward", past: { from: here.x + here.width, to: layout.width } };
  const inside = layout.columns.some(({ kind, left, right }) => kind === "block" && here.x >= left - 1 && here.x + here.width <= right + 1 && here.width < (right - left) * 0.7);
  if (inside) return { x: middle, phase: "backward", past: { from: 0, to: here.x } }; // a time step: those before it are to come
  const behind = [...layout.columns].reverse().find(({ right }) => right <= here.x + 1);
  return { x: middle, phase: "backward", past: { from: 0, to: Math.min(here.x, (behind?.right ?? 0) + 25) } };
}

/** The picture that the first column wears: the example's, unless that column is a generator's noise. @param {import("../types.js").Graph} graph @param {import("../types.js").Data | null} data */
export const pictured = (graph, data) => (graph.task?.kind === "gan" ? null : data?.image ?? null);

/** What pin and hover light up. @param {Store} now */
export function lit({ graph, pinned, hover }) {
  const none = { edges: [], neurons: [], arrivals: [] };
  return graph ? { pinned: placesOf(graph, [pinned?.target]), hovered: placesOf(graph, hover?.targets ?? []) } : { pinned: none, hovered: none };
}

/** The followed example in the plane of the surface, 0…1 with y downwards; none in a game, where it is what the generator makes that goes through the picture. @param {Store} now */
export function dotOf(now) {
  const { data, surface, graph } = now;
  const example = graph?.task?.kind === "gan" ? null : followed(now);
  const inputs = example === null ? null : data?.inputs[example];
  if (!surface || !inputs) return null;
  const [[x0, x1], [y0, y1]] = surface.ranges;
  return { x: (inputs[0] - x0) / (x1 - x0), y: 1 - (inputs[1] - y0) / (y1 - y0) };
}
