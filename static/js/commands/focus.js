/** Looking: which example is followed, what is pinned, through which lens, and on which scale. */

import { call, sessionPath } from "../api.js";
import { decadesOf, magnitudesOf } from "../scale/decades.js";

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function focusCommands({ store, commands }) {
  /** @param {number | null} example */
  function focus(example) {
    if (store.get().focus === example) return;
    store.set({ focus: example });
    commands.tell(example);
  }

  /** Stop, follow the worst mistake from its loss, and pin the weight with the largest share in it. */
  async function followBack() {
    const { session, predictions, state } = store.get();
    const example = predictions?.worst;
    if (!session) return;
    if (example === null || example === undefined) {
      commands.say({ tone: "note", text: "No training example is classified wrongly now, so there is none to follow back." });
      return;
    }
    if (state?.running) await commands.pause();
    focus(example);
    store.set({ scope: "example", lens: "gradients", unit: "op" });
    await commands.forward();
    const answer = await commands.attempt(() => call("GET", sessionPath(session.id, `gradients?example=${example}`)));
    const target = answer && largestWeight(answer.gradients);
    if (target) store.set({ pinned: { target } });
  }

  return {
    focus,
    followBack,
    /** @param {string} target */
    pin: (target) => store.set({ pinned: { target } }),
    unpin: () => store.set({ pinned: null, explain: null }),
    /** Light up what is pointed at, here and wherever else it stands. @param {...string} targets */
    hover(...targets) {
      if ((store.get().hover?.targets ?? []).join(" ") !== targets.join(" ")) store.set({ hover: targets.length ? { targets } : null });
    },
    /** @param {import("../types.js").Lens} lens */
    setLens: (lens) => store.set({ lens }),
    /** @param {import("../types.js").Scope} scope */
    setScope: (scope) => store.set({ scope }),
    /** Fit the colour scale to what is shown now; how often that was done stays on the legend. */
    rescale() {
      const { frame, legend } = store.get();
      const decades = frame && decadesOf(magnitudesOf(frame));
      if (decades) store.set({ legend: { ...decades, rescaled: (legend?.rescaled ?? 0) + 1 } });
    },
  };
}

/**
 * The name of the weight (no bias) with the largest |gradient|, as a target.
 * @param {Record<string, any>} gradients
 */
export function largestWeight(gradients) {
  let best = null;
  let most = -1;
  for (const [name, rows] of Object.entries(gradients)) {
    if (!Array.isArray(rows?.[0])) continue;
    rows.forEach((/** @type {(number | null)[]} */ row, /** @type {number} */ from) =>
      row.forEach((value, to) => {
        const size = Math.abs(value ?? 0);
        if (size > most) [best, most] = [`parameter:${name}[${from},${to}]`, size];
      }));
  }
  return best;
}
