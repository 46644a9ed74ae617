/** Sweeps from the laboratory's page: begun, found again when it opens, followed until they are over, and cancelled. */

import { call, Refusal } from "../api.js";

const GAP = 400;

/** @param {{store: import("../types.js").Handle<import("../types.js").Case>, commands: import("../types.js").Commands}} context @returns {import("../types.js").Commands} */
export function sweepCommands({ store, commands }) {
  /** @param {Partial<import("../types.js").SweepState>} patch */
  const set = (patch) => store.set({ sweep: { ...store.get().sweep, ...patch } });

  /** Which look is the last one: an older one that is under way leaves off. */
  let looks = 0;

  /** One sweep, with every cell that comes, until it is over or another one is looked at. @param {string} id @param {any} [known]  what is known of it already */
  async function look(id, known) {
    const mine = (looks += 1);
    let answer = known;
    let troubled = false;
    if (known) set({ answer, refused: null });
    while (mine === looks && (!answer || answer.state === "running")) {
      if (answer) await new Promise((resolve) => { setTimeout(resolve, GAP); });
      try {
        const news = await call("GET", `/api/sweeps/${id}?since=${answer?.cells.length ?? 0}`);
        if (mine !== looks || (store.get().sweep.answer?.id === id && store.get().sweep.answer.state === "cancelled")) return;
        answer = { ...news, cells: [...(answer?.cells ?? []), ...news.cells] };
        set(troubled ? { answer, refused: null } : { answer });
        troubled = false;
      } catch (error) {
        troubled = true;
        if (mine !== looks) return;
        const gone = error instanceof Refusal;
        set({ refused: /** @type {Error} */ (error).message, ...(gone && answer ? { answer: { ...answer, state: "lost" } } : {}) });
        if (gone || !answer) return;
      }
    }
  }

  /** One's own sweeps, the newest last. */
  async function list() {
    const { sweeps } = await call("GET", "/api/sweeps");
    set({ mine: sweeps });
    return sweeps;
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
        look(answer.id, answer);
        await list();
      } catch (error) {
        await commands.findSweeps();
        set({ refused: /** @type {Error} */ (error).message });
      }
      return undefined;
    },
    /** What there is of one's own, with the one under way on the page, or else the newest; where one is under way there already, it stays. */
    async findSweeps() {
      try {
        const sweeps = await list();
        const newest = sweeps.findLast((/** @type {any} */ one) => one.state === "running") ?? sweeps.at(-1);
        if (newest && store.get().sweep.answer?.state !== "running") look(newest.id);
      } catch (error) {
        set({ refused: /** @type {Error} */ (error).message });
      }
    },
    /** @param {string} id */
    async showSweep(id) {
      set({ refused: null });
      look(id);
      await list().catch((error) => set({ refused: error.message }));
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
