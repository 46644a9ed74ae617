/** A network that reads a text writes on: asked for by hand, one text at a time. */

import { call, sessionPath } from "../api.js";

const LENGTH = 160;

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function writingCommands({ store, commands }) {
  let busy = false;
  let seed = 0;
  return {
    /** @param {number} temperature */
    async write(temperature) {
      const { session } = store.get();
      if (!session || busy) return;
      busy = true;
      const written = await commands.attempt(() => call("GET", sessionPath(session.id, `sample?length=${LENGTH}&temperature=${temperature}&seed=${seed}`)));
      busy = false;
      seed += 1;
      if (written && store.get().session?.id === session.id) store.set({ written });
    },
  };
}
