/** The actions of the top bar: the panels, saving, opening, downloads and the link. */

import { watch } from "../store.js";
import { element, place } from "./element.js";
import { PANELS } from "./panel.js";

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountFiles(store, commands) {
  const root = place("actions");
  const file = element("input", { type: "file", accept: ".json,.csv,.tsv,.txt,application/json,text/csv", hidden: true, "aria-label": "A saved network, or a table as CSV", onchange: () => {
    const chosen = file.files?.[0];
    if (chosen) commands.open(chosen);
    file.value = "";
  } });
  /** @param {string} text @param {() => void} run @param {Record<string, any>} [more] */
  const link = (text, run, more = {}) => element("button", { type: "button", class: "link", onclick: run, ...more }, text);
  const shown = PANELS.filter(({ label }) => label);
  const toggles = shown.flatMap(({ name, label }) => (label ? [link(label, () => commands.togglePanel(name), { "aria-expanded": "false", "aria-controls": name })] : []));
  const downloads = element("details", { class: "downloads" }, element("summary", { class: "link" }, "Download"),
    element("div", { class: "downloads-list" },
      ...(/** @type {const} */ (["parameters", "gradients"])).flatMap((what) => (/** @type {const} */ (["npz", "csv"])).map((form) =>
        link(`${what}, ${form === "npz" ? "NumPy" : "CSV"}`, () => { shut(); commands.exportFile(what, form); })))));
  const shut = () => {
    downloads.open = false;
    downloads.querySelector("summary")?.focus();
  };
  downloads.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !downloads.open) return;
    event.preventDefault();
    shut();
  });
  const laboratory = element("a", { class: "link", id: "laboratory-link", href: "/laboratory" }, "Laboratory");
  const learner = document.body.dataset.learner;
  const leave = learner ? [element("a", { class: "link", id: "leave", href: "/door", title: `You are in as ${learner}` }, "Leave")] : [];
  root.append(...toggles, laboratory, link("Save", () => commands.save(), { title: "The settings of this network as a file; Copy link keeps the moment too" }), link("Open", () => file.click()), file, downloads, element("button", { type: "button", class: "button", onclick: () => commands.copyLink() }, "Copy link"), ...leave);
  watch(store, ({ graph }) => [graph], ({ graph }) => shown.forEach(({ fits }, index) => { toggles[index].hidden = Boolean(fits && !fits(graph)); }));
  watch(store, ({ panel }) => [panel], ({ panel }) => toggles.forEach((toggle) => toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-controls") === panel))));
}
