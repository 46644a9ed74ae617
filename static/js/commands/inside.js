/** What lies inside a layer: asked for while its panel is open, and again whenever what is asked, or what is shown, is another. */

import { call, refusal, sessionPath } from "../api.js";

/** @typedef {{name: string, kind: "sequence" | "window" | "normalization" | "memory", layer: number, scope: string}} Inside */

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function insideCommands({ store, commands }) {
  let busy = false;
  /** @type {Inside | null} */
  let next = null;

  /** @param {string} id @param {Inside} chosen */
  async function ask(id, chosen) {
    const { inside, focus, graph, state } = store.get();
    const { filter, channel, at, tap, pixel, of, updates, node, unit, place } = inside;
    const places = Object.fromEntries(Object.entries({ at, tap, pixel }).filter(([, place]) => place !== null).map(([name, place]) => [name, String(place)]));
    /** @type {Record<string, string>} */
    const example = focus === null ? {} : { example: String(focus) };
    const alone = graph?.instructions.find(({ node: made, op, phase }) => phase === "forward" && (inside.node === null ? op === "layer_norm" || op === "standardize" : made === inside.node))?.op === "layer_norm";
    const among = alone || (focus !== null && state?.batch.includes(focus)) ? example : {}; // a batch's mean speaks of those in it: without an example, of its first
    /** @type {Record<string, Record<string, string>>} */
    const queries = {
      sequence: { scope: chosen.scope, ...example, ...(of ? { of } : {}) },
      window: { scope: chosen.scope, ...example, filter: String(filter), channel: String(channel), ...places },
      normalization: { ...among, ...(node === null ? {} : { node: String(node) }), unit: String(unit), place: String(place) },
      memory: updates === null ? {} : { updates: String(updates) },
    };
    const path = { sequence: "sequence", window: "convolution", normalization: "normalization", memory: "memory" }[chosen.kind];
    const found = await call("GET", sessionPath(id, `${path}?${new URLSearchParams(queries[chosen.kind])}`)).catch(refusal);
    return { ...found, of: chosen.name };
  }

  return {
    /** The layer, or the comparison, that is looked into. @param {string} view */
    lookInto: (view) => store.set({ inside: { ...store.get().inside, view, filter: 0, channel: 0, at: null, tap: null, pixel: null, of: null, element: null, cut: null, unit: 0, node: null, place: 0 } }),
    /** @param {Partial<import("../types.js").Store["inside"]>} choice */
    choose: (choice) => store.set({ inside: { ...store.get().inside, ...choice } }),
    /** @param {Inside} chosen  what of the network is looked into */
    async fetchInside(chosen) {
      const { session } = store.get();
      if (!session) return;
      next = busy ? chosen : null;
      if (busy) return;
      busy = true;
      const opened = await commands.attempt(() => ask(session.id, chosen));
      busy = false;
      if (opened && store.get().session?.id === session.id) store.set({ opened });
      if (next) commands.fetchInside(next);
    },
  };
}
