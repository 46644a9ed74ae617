/** What the gradient costs by every way to it: asked for while its panel is open, one question at a time. */

import { call, refusal, sessionPath } from "../api.js";

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function costCommands({ store, commands }) {
  let busy = false;
  let again = false;

  async function fetchCost() {
    const { session } = store.get();
    again = busy;
    if (!session || busy) return;
    busy = true;
    const cost = await commands.attempt(() => call("GET", sessionPath(session.id, "cost")).catch(refusal));
    busy = false;
    if (cost && store.get().session?.id === session.id) store.set({ cost });
    if (again) await fetchCost();
  }

  return { fetchCost };
}
