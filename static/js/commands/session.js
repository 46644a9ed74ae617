/** Beginning: the spec of the link or the first preset, a session for it, its graph and data, its stream, and Play. */

import { call, sessionPath } from "../api.js";
import { EMPTY } from "../store.js";
import { mannerOf, unpackLink } from "../link.js";

/** What belongs to one session and goes with it. @type {(keyof import("../types.js").Store)[]} */
const OF_SESSION = ["state", "graph", "frame", "data", "predictions", "surface", "metrics", "written", "samples", "delivery", "focus", "pinned", "hover", "explain", "detail", "checks", "noise", "cost", "attention", "attending", "latent", "charting", "held", "ask", "legend", "code", "opened", "branches", "rival", "question", "verdict", "marks"];

/** Updates that one call may go ahead. */
const STRIDE = 10_000;

/** How long a session that was let go still answers what was already asked of it, ms. */
const LINGER = 3000;

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function sessionCommands({ store, commands }) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let starting = false; // a session is on its way that is to play as soon as it is there

  /** Start from the address or the first preset, training at once unless motion is unwelcome. */
  async function begin() {
    store.set({ manner: mannerOf(location.hash) });
    await commands.attempt(async () => {
      const { presets } = await call("GET", "/api/presets");
      store.set({ presets });
      const linked = await unpackLink(location.hash).catch(() => {
        throw new Error("The address holds a network that cannot be read. Ask for the link again, or start from a preset.");
      });
      const chosen = linked?.spec ? linked : presets[0];
      const earlier = linked?.spec ? null : await left();
      await start(chosen.spec, { play: !calm.matches && !linked?.paused, opens: chosen.opens, keep: linked });
      if (linked?.spec) admit("This link");
      if (earlier) commands.say({ tone: "note", text: `What you had last is here, at update ${earlier.position.update.toLocaleString("en-GB")}.`, action: { label: "Go on with it", run: () => resume(earlier.id) } });
    });
  }

  /** What a learner of a roster had last, on whatever machine. @returns {Promise<{id: string, position: import("../types.js").Position} | undefined>} */
  async function left() {
    if (!document.body.dataset.learner) return undefined;
    const { sessions } = await call("GET", "/api/sessions");
    return sessions.findLast((/** @type {any} */ { position }) => position.update || position.instruction);
  }

  /** Go on with a session that is there. @param {string} id */
  const resume = (id) => commands.attempt(async () => show(await call("GET", sessionPath(id))));

  /**
   * Make a session for a spec and show it; what was there before is let go.
   * @param {import("../types.js").Spec} spec
   * @param {{play?: boolean, opens?: any, keep?: any}} [options]
   * @returns {Promise<any>}
   */
  async function start(spec, options = {}) {
    starting = Boolean(options.play);
    try {
      return await open(spec, options);
    } finally {
      starting = false;
    }
  }

  /** @type {typeof start} */
  async function open(spec, options) {
    return show(await call("POST", "/api/sessions", spec), options);
  }

  /** Show a session; what was there before is let go. @param {any} session @param {{play?: boolean, opens?: any, keep?: any}} [options] */
  async function show(session, { play = false, opens = {}, keep = {} } = {}) {
    const before = store.get().session;
    const fresh = Object.fromEntries(OF_SESSION.map((key) => [key, EMPTY[key]]));
    store.set({ ...fresh, ...kept(opens), ...kept(keep), session: null });
    const [graph, data] = await Promise.all([
      call("GET", sessionPath(session.id, "graph")),
      call("GET", sessionPath(session.id, "data?limit=10000")),
    ]);
    const focus = store.get().focus ?? session.state.batch[0] ?? null;
    store.set({ session, state: session.state, graph, data, focus, notice: null });
    commands.connect(session.id);
    if (before) setTimeout(() => call("DELETE", sessionPath(before.id)).catch(() => undefined), LINGER);
    if (keep?.position) await arrive(session.id, keep.position);
    if (play) await commands.play();
    return session;
  }

  /** Train on to the place that a link speaks of, as far at a time as one call may go. @param {string} id @param {import("../types.js").Position} position */
  async function arrive(id, position) {
    for (let update = STRIDE; update < position.update; update += STRIDE) await call("PUT", sessionPath(id, "position"), { update, instruction: 0 });
    const state = await call("PUT", sessionPath(id, "position"), position);
    if (store.get().session?.id === id) store.set({ state });
  }

  /** A network from outside that brings a bug says so. @param {string} what */
  function admit(what) {
    const bug = store.get().state?.bug;
    if (bug) commands.say({ tone: "note", text: `${what} brought a bug with it, and it is switched on: ${bug.title}. Everything else is as it was saved.`, action: null });
  }

  /** What a link or a preset may say about the view. @param {any} from */
  function kept(from) {
    /** @type {Partial<import("../types.js").Store>} */
    const patch = {};
    for (const key of /** @type {const} */ (["lens", "scope", "unit", "rate", "legend", "focus", "predicting"])) {
      const value = from?.[key];
      if (value !== undefined && (value !== null || key === "rate")) /** @type {any} */ (patch)[key] = value; // a rate of null is as fast as possible
    }
    if (Array.isArray(from?.breakpoints)) patch.breakpoints = from.breakpoints;
    if (from?.pinned) patch.pinned = typeof from.pinned === "string" ? { target: from.pinned } : from.pinned;
    return patch;
  }

  return {
    begin,
    admit,
    /** @param {import("../types.js").Spec} spec @param {{play?: boolean, opens?: any}} [options] */
    create: (spec, options) => commands.attempt(() => start(spec, { play: starting || Boolean(store.get().state?.running), ...options })),
    restart() {
      const { session } = store.get();
      return session ? commands.create(session.spec, { play: false }) : begin();
    },
  };
}
