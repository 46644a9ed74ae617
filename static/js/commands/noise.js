/** How noisy a batch is: asked for while its panel is open, one question at a time. */

import { call, sessionPath } from "../api.js";

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function noiseCommands({ store, commands }) {
  let busy = false;
  return {
    async fetchNoise() {
      const { session } = store.get();
      if (!session || busy) return;
      busy = true;
      const noise = await commands.attempt(() => call("GET", sessionPath(session.id, "noise")));
      busy = false;
      if (noise && store.get().session?.id === session.id) store.set({ noise });
    },
  };
}
