/** What the page has to say: a refusal, a lost connection, a hint; always in words, and with a way on where there is one. */

import { Refusal, Unreachable } from "../api.js";

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function noticeCommands({ store, commands }) {
  return {
    /** @param {import("../types.js").Notice | null} notice */
    say: (notice) => store.set({ notice }),
    dismiss: () => store.set({ notice: null }),

    /**
     * Do something that the server may refuse; a refusal becomes a notice with a way on.
     * @template T
     * @param {() => Promise<T>} action
     * @returns {Promise<T | undefined>}
     */
    async attempt(action) {
      try {
        const answer = await action();
        store.set({ refusal: null, ...(store.get().notice?.tone === "bad" ? { notice: null } : {}) });
        return answer;
      } catch (error) {
        const lost = error instanceof Unreachable;
        const gone = /** @type {any} */ (error).status === 404 && store.get().session;
        const unavailable = /** @type {any} */ (error).status === 503 && store.get().session;
        const again = { label: "Try again", run: () => commands.attempt(action) };
        const anew = { label: "Start again", run: () => commands.restart() };
        const ways = unavailable ? [again, anew] : lost ? [again] : gone ? [anew] : [];
        const text = gone ? "This session has ended on the server." : error instanceof Error ? error.message : String(error);
        store.set({ refusal: error instanceof Refusal ? { text, errors: error.errors } : null, notice: { tone: "bad", text, action: ways[0] ?? null, actions: ways.slice(1) } });
        return undefined;
      }
    },
  };
}
