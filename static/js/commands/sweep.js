/** A sweep from the laboratory's page: begun, followed until it is over, and cancelled. */

import { call } from "../api.js";

const GAP = 400;

/** @param {{store: import("../types.js").Handle<import("../types.js").Case>, commands: import("../types.js").Commands}} context @returns {import("../types.js").Commands} */
export function sweepCommands({ store }) {
  /** @param {Partial<import("../types.js").SweepState>} patch */
  const set = (patch) => store.set({ sweep: { ...store.get().sweep, ...patch } });

  /** @param {string} id */
  async function follow(id) {
    for (;;) {
      await new Promise((resolve) => { setTimeout(resolve, GAP); });
      const { answer } = store.get().sweep;
      if (answer?.id !== id || answer.state !== "running") return;
      try {
        const news = await call("GET", `/api/sweeps/${id}?since=${answer.cells.length}`);
        const now = store.get().sweep.answer;
        if (now?.id === id) set({ answer: { ...news, cells: [...now.cells, ...news.cells.slice(Math.max(0, now.cells.length - answer.cells.length))] } });
      } catch (error) {
        set({ refused: /** @type {Error} */ (error).message });
        return;
      }
    }
  }

  return {
    /** @param {Partial<import("../types.js").SweepState["axes"]>} changed */
    changeAxes(changed) {
      set({ axes: { ...store.get().sweep.axes, ...changed } });
    },
    async sweep() {
      const { pathology, catalog, sweep: { axes } } = store.get();
      const depths = axes.depths.split(/[\s,;]+/).filter(Boolean).map(Number);
      /** @param {string} family @param {string} kind */
      const whole = (family, kind) => (kind ? catalog.find((one) => one.family === family && one.kind === kind).defaults : null);
      const fitting = axes.remedies.filter((kind) => !kind || catalog.find((one) => one.family === "remedies" && one.kind === kind).nets.includes(pathology?.net));
      const body = {
        base: pathology, depths, activations: axes.activations, updates: axes.updates,
        initializers: axes.initializers.map((kind) => (kind === pathology?.initializer.kind ? pathology.initializer : whole("initializers", kind))),
        remedies: (fitting.length ? fitting : [""]).map((kind) => store.get().remedies[kind] ?? whole("remedies", kind)),
      };
      if (depths.some((depth) => !Number.isInteger(depth))) return set({ refused: "Depths are whole numbers from 2 to 50, with commas between them." });
      try {
        const answer = await call("POST", "/api/sweeps", body);
        set({ answer, refused: null });
        follow(answer.id);
      } catch (error) {
        set({ refused: /** @type {Error} */ (error).message });
      }
      return undefined;
    },
    async cancelSweep() {
      const { answer } = store.get().sweep;
      if (!answer) return;
      try {
        set({ answer: await call("DELETE", `/api/sweeps/${answer.id}`) });
      } catch (error) {
        set({ refused: /** @type {Error} */ (error).message });
      }
    },
  };
}
