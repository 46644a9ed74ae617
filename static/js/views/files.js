/** The actions of the top bar: the table, the script, saving, opening, downloads and the link. */

import { watch } from "../store.js";
import { element, place } from "./element.js";

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountFiles(store, commands) {
  const root = place("actions");
  const file = element("input", { type: "file", accept: ".json,.csv,application/json,text/csv", hidden: true, "aria-label": "A saved network, or a table as CSV", onchange: () => {
    const chosen = file.files?.[0];
    if (chosen) commands.open(chosen);
    file.value = "";
  } });
  /** @param {string} text @param {() => void} run @param {Record<string, any>} [more] */
  const link = (text, run, more = {}) => element("button", { type: "button", class: "link", onclick: run, ...more }, text);
  const table = link("Table", () => commands.togglePanel("table"), { "aria-expanded": "false", "aria-controls": "table" });
  const script = link("Script", () => commands.togglePanel("script"), { "aria-expanded": "false", "aria-controls": "script" });
  const downloads = element("details", { class: "downloads" }, element("summary", { class: "link" }, "Download"),
    element("div", { class: "downloads-list" },
      ...(/** @type {const} */ (["parameters", "gradients"])).flatMap((what) => (/** @type {const} */ (["npz", "csv"])).map((form) =>
        link(`${what}, ${form === "npz" ? "NumPy" : "CSV"}`, () => commands.exportFile(what, form))))));
  root.replaceChildren(table, script, link("Save", () => commands.save()), link("Open", () => file.click()), file, downloads, element("button", { type: "button", class: "button", onclick: () => commands.copyLink() }, "Copy link"));
  watch(store, (state) => [state.table, state.script], (state) => {
    table.setAttribute("aria-expanded", String(state.table));
    script.setAttribute("aria-expanded", String(state.script));
    if (state.table) place("table").scrollIntoView({ block: "nearest" });
    if (state.script) place("script").scrollIntoView({ block: "nearest" });
  });
}
