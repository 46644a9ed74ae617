/** Changing what runs: a value by hand, a setting, another network. */

import { call, sessionPath } from "../api.js";

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function editCommands({ store, commands }) {
  /** @param {string} path @param {any} body @param {(session: import("../types.js").Session) => Partial<import("../types.js").Session>} [after] */
  async function patch(path, body, after = () => ({})) {
    const { session } = store.get();
    if (!session) return undefined;
    const state = await commands.attempt(() => call("PATCH", sessionPath(session.id, path), body));
    const still = store.get().session;
    if (state && still?.id === session.id) {
      commands.hear(state);
      store.set({ session: { ...still, ...after(still) } });
    }
    return state;
  }

  let building = false;
  /** The newest wish. @type {{spec: any, options: any, done: () => void} | null} */
  let wish = null;

  async function drain() {
    building = true;
    while (wish) {
      const { spec, options, done } = wish;
      wish = null;
      await commands.create(spec, options);
      done();
    }
    building = false;
  }

  return {
    /**
     * A new network for a spec. While one is being built only the newest wish waits: a reader who clicks on is not made to watch every step.
     * @param {import("../types.js").Spec} spec @param {Record<string, any>} [options]
     * @returns {Promise<void>} when it is there, or refused, or overtaken
     */
    rebuild(spec, options) {
      wish?.done();
      return new Promise((done) => {
        wish = { spec, options, done };
        if (!building) drain();
      });
    },

    /** Set numbers by hand. @param {Record<string, number | number[] | number[][]>} parameters  by name, such as 2.W[2,3] */
    edit: (parameters) => patch("parameters", { parameters }),

    /** Change what needs no new network. @param {Record<string, any>} settings  optimizer, learning_rate, clip, l1, l2 */
    configure: (settings) => patch("settings", settings, ({ spec }) => {
      const { learning_rate: rate, ...parts } = settings;
      const next = { ...spec, ...parts };
      return { spec: rate === undefined ? next : { ...next, optimizer: { ...next.optimizer, learning_rate: rate } } };
    }),
  };
}
