/** What each update promised and delivered: asked for when the program has moved, and while it runs a few times a second at the most. */

import { call, sessionPath } from "../api.js";

const GAP = { running: 400, still: 20 };

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function deliveryCommands({ store }) {
  let wanted = false;
  let busy = false;

  async function loop() {
    busy = true;
    while (wanted) {
      wanted = false;
      const { session } = store.get();
      const delivery = session && (await call("GET", sessionPath(session.id, "delivery")).catch(() => null));
      if (delivery && store.get().session?.id === session.id) store.set({ delivery });
      await new Promise((resolve) => setTimeout(resolve, store.get().state?.running ? GAP.running : GAP.still));
    }
    busy = false;
  }

  store.subscribe((now, before) => {
    const [one, other] = [now.frame, before.frame];
    if (!now.session || (one?.update === other?.update && one?.instruction === other?.instruction && now.state === before.state && now.session === before.session)) return;
    wanted = true;
    if (!busy) loop();
  });

  return {};
}
