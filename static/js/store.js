/** One plain object, and a word to whoever looks at it when it changes. Only commands and the frame callback write. */

/** @typedef {import("./types.js").Store} Store */
/** @typedef {import("./types.js").StoreHandle} StoreHandle */

/** @type {Store} */
export const EMPTY = {
  session: null, state: null, graph: null, frame: null,
  data: null, predictions: null, surface: null, metrics: null, samples: null,
  catalog: null, presets: null, limits: null, specSchema: null,
  lens: "gradients", scope: "example", unit: "batch", rate: 8,
  delivery: null, focus: null, pinned: null, hover: null, explain: null, checks: null, legend: null,
  connection: "connecting", notice: null, panel: null, manner: { projector: false, hide: [] }, lessons: null, lesson: null, section: "chain", detail: null, held: {}, ask: {},
  form: "session", sheet: { form: "html", blanks: ["z", "a", "loss", "delta", "gradients", "weights"], density: "all", digits: 4, key: true, seed: 1 }, code: null, noise: null, cost: null,
  inside: { view: null, filter: 0, channel: 0, at: null, tap: null, pixel: null, shared: true, of: null, element: null, unit: 0, way: "", gates: true, cut: null, updates: null, node: null, place: 0 }, opened: null,
  attention: null, attending: { scope: null, head: 0, cell: [0, 0] },
  latent: null, charting: { layer: null, unit: 0, axes: [0, 1], z: null, shown: null },
  branches: null, rival: null, breakpoints: [],
  written: null, predicting: false, question: null, verdict: null, marks: [], reminded: 0,
};

/**
 * @param {Partial<Store>} [initial]
 * @returns {StoreHandle}
 */
export const createStore = (initial = {}) => createHandle(/** @type {Store} */ ({ ...EMPTY, ...initial }));

/**
 * A handle on an object of any shape.
 * @template {object} S
 * @param {S} initial
 * @returns {import("./types.js").Handle<S>}
 */
export function createHandle(initial) {
  let state = initial;
  /** @type {Set<(state: S, before: S) => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    set(patch) {
      const before = state;
      state = { ...state, ...patch };
      for (const listener of listeners) listener(state, before);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * Call `draw` now, and again whenever one of the picked things is another one.
 * @template {object} S
 * @param {import("./types.js").Handle<S>} store
 * @param {(state: S) => unknown[]} pick
 * @param {(state: S) => void} draw
 */
export function watch(store, pick, draw) {
  let seen = pick(store.get());
  draw(store.get());
  return store.subscribe((state) => {
    const now = pick(state);
    if (now.every((value, index) => Object.is(value, seen[index]))) return;
    seen = now;
    draw(state);
  });
}
