/** Taking things away and bringing them back: the link, the spec as a file, parameters and gradients, and the numbers of the table. */

import { call, sessionPath } from "../api.js";
import { mannerEnd, packLink } from "../link.js";
import { download } from "./download.js";

/** @param {string} text @returns {any} the object that it holds, or null */
function parsed(text) {
  try {
    const found = JSON.parse(text);
    return Array.isArray(found) ? null : found;
  } catch {
    return null;
  }
}

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function filesCommands({ store, commands }) {
  /** The place too, where it follows from the spec alone: what was changed by hand on the way is not in an address. */
  /** @param {import("../types.js").Manner} manner */
  async function link(manner) {
    const { session, lens, scope, unit, rate, legend, focus, pinned, predicting, breakpoints, state } = store.get();
    const position = changedByHand() ? undefined : state?.position;
    if (!session) return location.href;
    const { spec } = await call("GET", sessionPath(session.id));
    const fragment = await packLink({ spec, lens, scope, unit, rate, legend, focus, pinned, breakpoints, position, ...(predicting ? { predicting } : {}), paused: !state?.running });
    return `${location.origin}${location.pathname}#${fragment}${mannerEnd(manner)}`;
  }

  const changedByHand = () => Boolean(store.get().branches?.find((branch) => branch.current)?.changes.length);

  return {
    /** @param {import("../types.js").Manner} [manner]  how the page behind the link is to look; as this one does by default */
    async copyLink(manner = store.get().manner) {
      const address = await link(manner);
      const anew = "to begin anew: what was changed by hand on the way is not in it";
      if (manner === store.get().manner) history.replaceState(null, "", address);
      try {
        await navigator.clipboard.writeText(address);
        const moment = changedByHand() ? `network is copied, ${anew}` : "network at this moment is copied";
        commands.say({ tone: "note", text: `The link to this ${moment}; ${manner === store.get().manner ? "it is in the address bar too" : "open it to see what your class will see"}.` });
      } catch {
        history.replaceState(null, "", address);
        commands.say({ tone: "note", text: `The link to this network${changedByHand() ? `, ${anew},` : " at this moment"} is in the address bar: copy it from there.` });
      }
    },
    /** @param {import("../types.js").Manner} manner  how the page is to look from now on */
    setManner(manner) {
      store.set({ manner });
      history.replaceState(null, "", `#${location.hash.replace(/^#/, "").replace(/&?(view|hide)=[^&]*/g, "")}${mannerEnd(manner)}`);
    },
    async save() {
      const { session } = store.get();
      if (!session) return;
      const { spec } = await call("GET", sessionPath(session.id));
      download(new Blob([JSON.stringify(spec, null, 2)], { type: "application/json" }), "backprop-lab.json");
    },
    /** Open a saved network, or a table of one's own; a file that is neither is said to be so, and what is on the page stays. @param {File} file */
    async open(file) {
      const text = await file.text();
      if (!/^\s*[{[]/.test(text)) {
        const wrong = await commands.openTable(file);
        if (wrong) commands.say({ tone: "bad", text: `${file.name} cannot be opened as a table: ${wrong}` });
        return;
      }
      const spec = parsed(text);
      if (spec) {
        if (await commands.create(spec)) commands.admit(file.name);
      } else commands.say({ tone: "bad", text: `${file.name} is not a saved network: it should hold the JSON that Save writes, or a table as CSV.` });
    },
    /**
     * Read a table of one's own; the set-up makes the network fit it.
     * @param {Blob & {name?: string}} file
     * @param {string} [target]  the column to be predicted, the last by default
     * @returns {Promise<string | null>} what is wrong with it
     */
    async openTable(file, target) {
      try {
        const { data, columns, notes } = await call("POST", `/api/tables${target === undefined ? "" : `?target=${encodeURIComponent(target)}`}`, file, { type: "text/csv" });
        store.set({ table: { file, data, columns, notes } });
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    /** @param {"parameters" | "gradients" | "update" | "start"} what @param {"npz" | "csv"} format */
    async exportFile(what, format) {
      const { session } = store.get();
      if (!session) return;
      const path = sessionPath(session.id, `export?what=${what}&format=${format}`);
      const content = await commands.attempt(() => call("GET", path, undefined, { accept: "application/octet-stream" }));
      if (content) download(new Blob([content]), `${what}.${format}`);
    },
    /** The exact numbers of the table: parameters, the batch's gradients and the followed example's. */
    async fetchNumbers() {
      const { session, focus, state } = store.get();
      if (!session) return;
      const example = focus ?? state?.batch[0] ?? 0;
      const [parameters, gradients, own] = await Promise.all([
        call("GET", sessionPath(session.id, "parameters")),
        call("GET", sessionPath(session.id, "gradients")),
        call("GET", sessionPath(session.id, `gradients?example=${example}`)),
      ]);
      if (store.get().session?.id !== session.id) return;
      store.set({ numbers: { example, position: gradients.position, parameters: parameters.parameters, gradients: gradients.gradients, own: own.gradients } });
    },
    /** @param {string} name */
    togglePanel(name) {
      store.set({ panel: store.get().panel === name ? null : name });
    },
    /** @param {string} name */
    openPanel: (name) => store.set({ panel: name }),
  };
}
