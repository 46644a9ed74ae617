/** What the laboratory's page can do: choose a case, change the net, switch remedies, and have each treatment tried. */

import { call } from "../api.js";
import { packLink, unpackLink } from "../link.js";

/** @typedef {import("../types.js").Case} Case */
/** @typedef {import("../types.js").Treatment} Treatment */

/** What is there before anything has been asked for. @type {Case} */
export const EMPTY_CASE = {
  catalog: [], schema: null, cases: [], chosen: null, pathology: null, remedies: {}, together: false, updates: 300, at: Infinity,
  treatments: [], errors: {}, trouble: null,
  sweep: { axes: { depths: "5, 10, 20, 30", activations: ["sigmoid", "tanh", "relu"], initializers: ["xavier_uniform", "he_normal"], remedies: ["", "initialization"], updates: 100 }, answer: null, mine: [], refused: null },
};
const PAUSE = 250;
const KEPT = 60;
const MOST = 1000;

/** @param {{store: import("../types.js").Handle<Case>, commands: import("../types.js").Commands}} context @returns {import("../types.js").Commands} */
export function laboratoryCommands({ store, commands }) {
  /** What has been tried or is being tried, by what it is a trial of. @type {Map<string, Promise<{trial?: any, refused?: string}>>} */
  const tried = new Map();
  let timer = 0;

  /** @param {import("../types.js").Part[]} remedies */
  function attempt(remedies) {
    const { pathology, updates } = store.get();
    const body = { pathology, treatments: [remedies], updates };
    const key = JSON.stringify(body);
    let found = tried.get(key);
    if (!found) {
      found = call("POST", "/api/laboratory", body).then(({ trials: [trial] }) => ({ trial }), (error) => {
        tried.delete(key);
        return { refused: error.message };
      });
      tried.set(key, found);
      for (const old of [...tried.keys()].slice(0, -KEPT)) tried.delete(old);
    }
    return { key, found };
  }

  function tryAll() {
    const { catalog, pathology, remedies, together, updates } = store.get();
    packLink({ pathology, remedies, together, updates }).then((packed) => history.replaceState(null, "", `#${packed}`));
    const titles = Object.fromEntries(catalog.filter(({ family }) => family === "remedies").map(({ kind, title }) => [kind, title]));
    const on = Object.values(remedies);
    const wanted = [{ name: "untreated", remedies: /** @type {any[]} */ ([]) }, ...on.map((one) => ({ name: titles[one.kind] ?? one.kind, remedies: [one] }))];
    if (together && on.length > 1) wanted.push({ name: "all together", remedies: on });
    const begun = wanted.map((one) => ({ ...one, ...attempt(one.remedies) }));
    const before = new Map(store.get().treatments.map((one) => [one.key, one]));
    store.set({ treatments: begun.map(({ key, name, remedies: used }) => before.get(key) ?? { key, name, remedies: used, trial: null, refused: null }) });
    for (const { key, found } of begun) {
      found.then((answer) => {
        const { treatments } = store.get();
        if (treatments.some((one) => one.key === key && !one.trial)) {
          store.set({ treatments: treatments.map((one) => (one.key === key ? { ...one, trial: answer.trial ?? null, refused: answer.refused ?? null } : one)) });
        }
      });
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = window.setTimeout(tryAll, PAUSE);
  }

  return {
    async begin() {
      try {
        const [{ components }, { cases, schema }] = await Promise.all([call("GET", "/api/catalog"), call("GET", "/api/laboratory")]);
        store.set({ catalog: components, cases, schema });
        const linked = await unpackLink(location.hash).catch(() => null);
        const asked = /[#&]case=(\w+)/.exec(location.hash)?.[1];
        if (!linked?.pathology) return commands.openCase((cases.find((/** @type {any} */ one) => one.name === asked) ?? cases[0]).name);
        store.set({ pathology: linked.pathology, remedies: linked.remedies ?? {}, together: Boolean(linked.together), updates: linked.updates ?? 100 });
        return tryAll();
      } catch (error) {
        return store.set({ trouble: /** @type {Error} */ (error).message });
      }
    },
    /** @param {string} name */
    openCase(name) {
      const found = store.get().cases.find((one) => one.name === name);
      if (!found) return;
      const remedies = Object.fromEntries(found.remedies.map((/** @type {any} */ one) => [one.kind, one]));
      store.set({ chosen: name, pathology: found.pathology, remedies, updates: found.updates, together: false, errors: {}, at: Infinity });
      tryAll();
    },
    /** @param {string} path @param {any} value */
    changeNet(path, value) {
      const { pathology, remedies, catalog } = store.get();
      if (!pathology) return;
      const changed = { ...pathology, [path]: value };
      if (path === "net") {
        changed.data = { ...catalog.find(({ family, kind }) => family === "datasets" && kind === (value === "recurrent" ? "recall" : "moons")).defaults };
        if (value === "recurrent") Object.assign(changed, { depth: 20, width: 8, learning_rate: 0.1, initializer: { kind: "normal", mean: 0, std: 0.15 } });
      }
      const fits = Object.entries(remedies).filter(([kind]) => catalog.find((one) => one.family === "remedies" && one.kind === kind)?.nets.includes(changed.net));
      store.set({ pathology: changed, chosen: null, remedies: Object.fromEntries(fits), errors: {}, at: Infinity });
      soon();
    },
    /** @param {string} path @param {string} message */
    refuseNet(path, message) {
      store.set({ errors: { ...store.get().errors, [path]: message } });
    },
    /** @param {number} updates */
    train(updates) {
      if (!Number.isInteger(updates) || updates < 1 || updates > MOST) return commands.refuseNet("updates", `Give a whole number from 1 up to ${MOST.toLocaleString("en-GB")}.`);
      store.set({ updates, chosen: null, errors: {}, at: Infinity });
      return soon();
    },
    /** @param {string} kind @param {boolean} on */
    switchRemedy(kind, on) {
      const { remedies, catalog } = store.get();
      const { [kind]: off, ...others } = remedies;
      const entry = catalog.find((one) => one.family === "remedies" && one.kind === kind);
      store.set({ remedies: on ? { ...others, [kind]: off ?? { ...entry.defaults } } : others });
      soon();
    },
    /** @param {string} path  such as clipping.limit @param {any} value */
    changeRemedy(path, value) {
      const [kind, field] = path.split(".");
      const { remedies } = store.get();
      store.set({ remedies: { ...remedies, [kind]: { ...remedies[kind], [field]: value } }, errors: {} });
      soon();
    },
    /** @param {boolean} together */
    tryTogether(together) {
      store.set({ together });
      soon();
    },
    /** @param {number} at */
    lookAt(at) {
      store.set({ at });
    },
  };
}
