/** When the colour scale is settled: with the first frame in which every gradient is known. */

import { isKnown } from "../scale/known.js";
import { decadesOf, magnitudesOf } from "../scale/decades.js";

/**
 * The legend that a frame asks for, once every gradient in it is known.
 * @param {import("../types.js").Frame} frame
 * @param {import("../types.js").Graph} graph
 * @returns {import("../types.js").Legend | null}
 */
export function legendOf(frame, graph) {
  if (!graph.parameters.every(({ gradient_at }) => gradient_at === null || isKnown(frame, gradient_at))) return null;
  const decades = decadesOf(magnitudesOf(frame));
  return decades && { ...decades, rescaled: 0 };
}
