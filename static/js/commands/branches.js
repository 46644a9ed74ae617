/** Branches: which there are, begun, gone over to, named and deleted; and the one that the current one is compared with. */

import { call, sessionPath } from "../api.js";
import { readSurface } from "./refresh.js";

const RESOLUTION = 32;
const GAP = { running: 600, still: 40 };

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function branchCommands({ store, commands }) {
  let listed = "";
  let wanted = false;
  let busy = false;
  /** The branch that was asked to be compared with. @type {number | null} */
  let chosen = null;
  let asking = new AbortController();

  /** What there is, without curves: fetched whenever a branch or a mark is another one. */
  async function list() {
    const { session, state } = store.get();
    if (!session || !state) return;
    const key = `${session.id} ${state.branch} ${state.marks}`;
    if (key === listed) return;
    listed = key;
    const found = await call("GET", sessionPath(session.id, "branches?curves=false")).catch(() => null);
    if (found && store.get().session?.id === session.id) store.set({ branches: found.branches });
  }

  /** The spec says what is in force where the session stands, which going back or over to another branch may change. */
  function settle() {
    const { session, state } = store.get();
    if (!session || !state?.settings) return;
    const { settings } = state;
    const same = Object.keys(settings).every((name) => JSON.stringify(settings[name]) === JSON.stringify(session.spec[name]));
    if (!same) store.set({ session: { ...session, spec: { ...session.spec, ...settings } } });
  }

  /** Curves and surface of the other branch, after as many updates as are done here, or at its end where it does not go so far. */
  async function compare() {
    const { session, branches, frame, state, data } = store.get();
    const others = (branches ?? []).filter((branch) => !branch.current);
    const other = others.find(({ id }) => id === chosen) ?? others.at(-1);
    if (!session || !other) {
      store.set({ rival: null });
      return;
    }
    const here = frame?.update ?? state?.position.update ?? 0;
    const update = Math.max(other.earliest.update, Math.min(here, other.end.update));
    const plane = data?.columns.length === 2 && data.ranges;
    const { signal } = asking;
    const [metrics, answer] = await Promise.all([
      call("GET", sessionPath(session.id, `metrics?branch=${other.id}`), undefined, { signal }),
      plane ? call("GET", sessionPath(session.id, `surface?resolution=${RESOLUTION}&branch=${other.id}&update=${update}`), undefined, { signal }) : null,
    ]);
    if (store.get().session?.id !== session.id) return;
    const surface = answer && readSurface(Float32Array.from(answer.values, (value) => value ?? NaN).buffer, answer);
    store.set({ rival: { id: other.id, name: other.name, update, metrics, surface } });
  }

  async function loop() {
    busy = true;
    while (wanted) {
      wanted = false;
      await compare().catch(() => undefined); // a branch may have been deleted meanwhile; the next list says so
      await new Promise((resolve) => setTimeout(resolve, store.get().state?.running ? GAP.running : GAP.still));
    }
    busy = false;
  }

  function again() {
    if (store.get().panel !== "branches") return;
    wanted = true;
    if (!busy) loop();
  }

  /** @param {string} method @param {string} path @param {unknown} [body] */
  async function act(method, path, body) {
    const { session } = store.get();
    if (!session) return;
    const state = await commands.attempt(() => call(method, sessionPath(session.id, path), body));
    if (state && store.get().session?.id === session.id) commands.hear(state);
  }

  store.subscribe((now, before) => {
    if (now.state !== before.state && now.state) {
      settle();
      list();
    }
    const moved = now.frame?.update !== before.frame?.update || now.branches !== before.branches || now.metrics !== before.metrics || now.panel !== before.panel;
    if (moved && now.session) again();
  });

  return {
    /** Begin a branch here. @param {string} name  empty for a number */
    branch: (name) => act("POST", "branches", name ? { name } : {}),
    /** @param {number} id */
    switchTo: (id) => act("PUT", "branch", { id }),
    /** @param {number} id @param {string} name */
    renameBranch: (id, name) => act("PATCH", `branches/${id}`, { name }),
    /** Nothing more is asked of a branch from here on. @param {number} id */
    async deleteBranch(id) {
      asking.abort();
      asking = new AbortController();
      store.set({ branches: (store.get().branches ?? []).filter((branch) => branch.id !== id), rival: null });
      await act("DELETE", `branches/${id}`);
      listed = "";
      await list();
    },
    /** @param {number} id */
    compareWith(id) {
      chosen = id;
      again();
    },
  };
}
