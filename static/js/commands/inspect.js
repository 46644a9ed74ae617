/** Asking for what is not in every frame: the explanation of what is pinned, the check of every gradient, what there is to choose from. */

import { call, sessionPath } from "../api.js";

const GAP = { running: 250, still: 20, checks: 5000, unchecked: 250 };

/** The sections that speak of one example or of the batch; the others speak of one example, or of neither. */
const SCOPED = new Set(["proof", "move"]);

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function inspectCommands({ store, commands }) {
  let wanted = false;
  let busy = false;
  let checkedAt = -Infinity;
  let checkedKey = "";
  let checking = false;

  async function explain() {
    const { session, pinned, focus, section, scope, ask: beside } = store.get();
    if (!session || !pinned) return;
    const query = new URLSearchParams({ target: pinned.target, ...(focus === null ? {} : { example: String(focus) }) });
    const further = new URLSearchParams({ ...(SCOPED.has(section) ? { scope } : {}), ...Object.fromEntries(Object.entries(beside).map(([name, value]) => [name, String(value)])) });
    const more = section !== "chain" && pinned.target.startsWith("parameter:");
    const ask = (/** @type {string} */ path, rest = "") => call("GET", sessionPath(session.id, `${path}?${query}${rest}`));
    try {
      const [explanation, detail] = await Promise.all([ask("explain"), more ? ask(`explain/${section}`, `&${further}`).catch(refusal) : null]);
      if (store.get().session?.id !== session.id || store.get().pinned?.target !== pinned.target) return;
      store.set({ explain: { ...explanation, target: pinned.target }, detail: more ? { ...detail, target: pinned.target, section } : null });
    } catch (error) {
      if (store.get().pinned?.target !== pinned.target) return;
      if (/** @type {any} */ (error).status) store.set({ explain: { kind: "refused", target: pinned.target, sentence: error instanceof Error ? error.message : "" } });
    }
  }

  async function loop() {
    busy = true;
    while (wanted) {
      wanted = false;
      await explain();
      await pause(store.get().state?.running ? GAP.running : GAP.still);
    }
    busy = false;
  }

  async function check() {
    const { session, state, frame } = store.get();
    if (!session || !state || checking) return;
    const key = JSON.stringify([session.id, frame ? [frame.sequence, frame.update, frame.instruction] : state.position, state.revision, state.branch, state.marks]);
    const early = performance.now() - checkedAt < (store.get().checks?.checked ? GAP.checks : GAP.unchecked);
    if (key === checkedKey || (state.running && early)) return;
    checking = true;
    checkedAt = performance.now();
    checkedKey = key;
    const checks = await call("GET", sessionPath(session.id, "checks")).catch(() => null);
    checking = false;
    if (checks && store.get().session?.id === session.id) store.set({ checks });
    check(); // the program may have gone on meanwhile
  }

  store.subscribe((now, before) => {
    const moved = now.frame !== before.frame || now.state !== before.state;
    if (now.pinned && (moved || now.pinned !== before.pinned || now.section !== before.section || now.focus !== before.focus || now.session !== before.session || now.scope !== before.scope || now.ask !== before.ask)) {
      wanted = true;
      if (!busy) loop();
    }
    if (now.pinned !== before.pinned && "at" in now.held) store.set(without("at"));
    if (!now.pinned && before.explain) store.set({ explain: null, detail: null });
    if (moved) check();
  });

  /** What is held and asked for, but for one. @param {string} name */
  function without(name) {
    const { held, ask } = store.get();
    const rest = (/** @type {Record<string, number>} */ { [name]: _, ...others }) => others;
    return { held: rest(held), ask: name in ask ? rest(ask) : ask };
  }

  return {
    async loadCatalog() {
      try {
        const [{ components }, { limits }, { components: { schemas } }] = await Promise.all(["/api/catalog", "/api/limits", "/openapi.json"].map((path) => call("GET", path)));
        store.set({ catalog: components, specSchema: { ...schemas.SessionSpec, $defs: schemas }, limits });
      } catch {
        await pause(2000); // the server is being waited for elsewhere, in words; this asks again
        await this.loadCatalog();
      }
    },
    /** Ask something else of the pinned weight. @param {string} section */
    setSection: (section) => store.set({ section, ...without("at") }),
    /** Choose among what a section has measured. @param {string} name @param {number} value */
    hold: (name, value) => store.set({ held: { ...store.get().held, [name]: value } }),
    /** Have one more number measured, and choose it. @param {string} name @param {number} value */
    measure: (name, value) => store.set({ held: { ...store.get().held, [name]: value }, ask: { ...store.get().ask, [name]: value } }),
    /** Let a moved number be where it was: it was only tried. */
    putBack: () => store.set(without("at")),
    /** Set a number by hand to the place where it is held. @param {string} name  such as 2.W[2,3] */
    async keep(name) {
      const { at } = store.get().held;
      if (at !== undefined) await commands.edit({ [name]: at });
      store.set(without("at"));
    },
  };
}

/** What the server refuses of one section is said in it; the rest of the inspector stays. @param {any} error */
function refusal(error) {
  if (!error.status) throw error;
  return { refused: error.message };
}

/** @param {number} time  ms */
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
