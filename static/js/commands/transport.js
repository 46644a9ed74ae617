/** Moving in time: play, pause, one unit on or back, straight to a place. */

import { call, sessionPath } from "../api.js";

/** @typedef {import("../types.js").Unit} Unit */

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function transportCommands({ store, commands }) {
  /** One movement after the other, so that a held key does not overtake itself. */
  let queue = Promise.resolve();
  let waiting = 0;

  /** @param {string} method @param {string} path @param {unknown} [body] */
  async function send(method, path, body) {
    const { session } = store.get();
    if (!session) return;
    const state = await commands.attempt(() => call(method, sessionPath(session.id, path), body));
    if (state && store.get().session?.id === session.id) commands.hear(state);
  }

  /** @param {string} method @param {string} path @param {unknown} [body] */
  function move(method, path, body) {
    if (waiting > 2) return queue;
    waiting += 1;
    queue = queue.then(async () => {
      await send(method, path, body);
      waiting -= 1;
    });
    return queue;
  }

  /** The newest place that is wished for; while one is on its way, only the newest waits. @type {import("../types.js").Position | null} */
  let wish = null;
  /** @type {Promise<void> | null} */
  let going = null;

  /** Follow a hand: every place that can be kept up with, and the last one always. @param {import("../types.js").Position} position */
  function scrub(position) {
    wish = position;
    going ??= (async () => {
      if (store.get().state?.running) await stop();
      while (wish) {
        const goal = wish;
        wish = null;
        queue = queue.then(() => send("PUT", "position", goal));
        await queue;
      }
      going = null;
    })();
    return going;
  }

  function run() {
    const { unit, rate, breakpoints } = store.get();
    return move("PUT", "run", { unit, rate, ...(breakpoints.length ? { breakpoints } : {}) });
  }
  const stop = () => move("DELETE", "run");

  /** @param {Unit} unit @param {number} count */
  async function step(unit, count) {
    if (store.get().state?.running) await stop();
    await move("POST", "step", { unit, count });
  }

  return {
    step,
    scrub,
    play: run,
    pause: stop,
    toggle: () => (store.get().state?.running ? stop() : run()),
    on: () => step(store.get().unit, 1),
    back: () => step(store.get().unit, -1),
    forward: () => move("POST", "forward"),
    /** @param {import("../types.js").Position} position */
    async seek(position) {
      if (store.get().state?.running) await stop();
      await move("PUT", "position", position);
    },
    /** @param {Unit} unit */
    async setUnit(unit) {
      store.set({ unit });
      if (store.get().state?.running) await run();
    },
    /** What runs stop at from now on. @param {any[]} breakpoints */
    async setBreakpoints(breakpoints) {
      store.set({ breakpoints, refusal: null });
      if (store.get().state?.running) await run();
    },
    /** @param {number | null} rate */
    async setRate(rate) {
      store.set({ rate });
      if (store.get().state?.running) await run();
    },
  };
}
