/** A variational layer laid open: its draw, its map and its decoder, asked for while its panel is open; and which numbers are looked at, and where in them. */

import { call, refusal, sessionPath } from "../api.js";

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function latentCommands({ store, commands }) {
  /** What is under way, and whether it is asked again. */
  const busy = { whole: false, decoder: false };
  const again = { whole: false, decoder: false };

  /** @param {"" | "/map" | "/decoded"} part @param {Record<string, string>} [more] */
  function read(part, more = {}) {
    const { session, focus, charting } = store.get();
    const query = new URLSearchParams({ ...(charting.layer === null ? {} : { layer: String(charting.layer) }), ...(focus === null ? {} : { example: String(focus) }), ...more });
    return call("GET", sessionPath(/** @type {any} */ (session).id, `latent${part}?${query}`)).catch(refusal);
  }

  /** @returns {Record<string, string>} */
  const place = () => {
    const { z } = store.get().charting;
    return z ? { z: z.map((each) => each.toFixed(4)).join(",") } : {};
  };

  /** One question at a time of each kind. @param {"whole" | "decoder"} kind @param {() => Promise<Record<string, any>>} question */
  async function ask(kind, question) {
    const { session } = store.get();
    again[kind] = busy[kind];
    if (!session || busy[kind]) return;
    busy[kind] = true;
    const found = await commands.attempt(question);
    busy[kind] = false;
    if (found && store.get().session?.id === session.id) store.set({ latent: { ...store.get().latent, ...found } });
    if (again[kind]) await ask(kind, question);
  }

  return {
    fetchLatent: () => ask("whole", async () => {
      const [across, up] = store.get().charting.axes;
      const [draw, map, decoded] = await Promise.all([read(""), read("/map", { across: String(across), up: String(up) }), read("/decoded", place())]);
      return { draw, map, decoded };
    }),
    decodeLatent: () => ask("decoder", async () => ({ decoded: await read("/decoded", place()) })),
    /** @param {Partial<import("../types.js").Charting>} choice */
    chart: (choice) => store.set({ charting: { ...store.get().charting, ...choice } }),
  };
}
