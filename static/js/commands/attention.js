/** An attention laid open: asked for while its panel is open, one question at a time; and which layer, head and cell is looked at. */

import { call, refusal, sessionPath } from "../api.js";

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function attentionCommands({ store, commands }) {
  let busy = false;
  let again = false;

  async function fetchAttention() {
    const { session, focus, attending } = store.get();
    again = busy;
    if (!session || busy) return;
    busy = true;
    const { scope, head, cell } = attending;
    const query = new URLSearchParams({ head: String(head), cell: cell.join(","), ...(scope === null ? {} : { scope }), ...(focus === null ? {} : { example: String(focus) }) });
    const attention = await commands.attempt(() => call("GET", sessionPath(session.id, `attention?${query}`)).catch(refusal));
    busy = false;
    if (attention && store.get().session?.id === session.id) store.set({ attention });
    if (again) await fetchAttention();
  }

  return {
    fetchAttention,
    /** @param {Partial<import("../types.js").Attending>} choice */
    attend: (choice) => store.set({ attending: { ...store.get().attending, ...choice } }),
  };
}
