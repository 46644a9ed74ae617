/** Taking things away and bringing them back: the link, the spec as a file, parameters and gradients, and the numbers of the table. */

import { call, sessionPath } from "../api.js";
import { packLink } from "../link.js";

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function filesCommands({ store, commands }) {
  /** @param {Blob} content @param {string} name */
  function download(content, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async function link() {
    const { session, lens, scope, unit, rate, legend, focus, pinned, state } = store.get();
    if (!session) return location.href;
    const { spec } = await call("GET", sessionPath(session.id));
    const fragment = await packLink({ spec, lens, scope, unit, rate, legend, focus, pinned, paused: !state?.running });
    return `${location.origin}${location.pathname}#${fragment}`;
  }

  return {
    async copyLink() {
      const address = await link();
      history.replaceState(null, "", address);
      try {
        await navigator.clipboard.writeText(address);
        commands.say({ tone: "note", text: "The link to this network is copied; it is in the address bar too." });
      } catch {
        commands.say({ tone: "note", text: "The link is in the address bar: copy it from there." });
      }
    },
    async save() {
      const { session } = store.get();
      if (!session) return;
      const { spec } = await call("GET", sessionPath(session.id));
      download(new Blob([JSON.stringify(spec, null, 2)], { type: "application/json" }), "backprop-lab.json");
    },
    /** @param {File} file */
    async open(file) {
      if (file.name.toLowerCase().endsWith(".csv")) {
        const answer = await commands.attempt(async () => call("POST", "/api/tables", await file.text(), { type: "text/csv" }));
        const spec = store.get().session?.spec;
        if (answer && spec) await commands.create({ ...spec, data: answer.data, features: null });
        return;
      }
      try {
        await commands.create(JSON.parse(await file.text()));
        commands.admit(file.name);
      } catch {
        commands.say({ tone: "bad", text: `${file.name} is not a saved network: it should be JSON, as Save writes it, or a table as CSV.` });
      }
    },
    /** @param {"parameters" | "gradients"} what @param {"npz" | "csv"} format */
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
  };
}
