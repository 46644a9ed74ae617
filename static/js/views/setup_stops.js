/** What a run stops at: breakpoints, each with the form that its schema makes. */

import { h } from "./tree.js";
import { componentSelect, rows } from "./forms.js";
import { replaceAt } from "./forms_schema.js";
import { entryFor } from "./setup_rules.js";

/** @typedef {import("./setup.js").Setup} Setup */

/** @param {Setup} setup @param {import("../types.js").Commands} commands */
export function stopSection({ catalog, now, refuse, forgive, errors }, commands) {
  const entries = catalog.filter(({ family }) => family === "breakpoints");
  const { breakpoints, state, refusal } = now;
  const set = (/** @type {any[]} */ list) => commands.setBreakpoints(list);
  const refused = Object.fromEntries((refusal?.errors ?? []).map((/** @type {{field: string, message: string}} */ { field, message }) => [field.replace(/^body\./, ""), message]));
  /** @type {import("./forms.js").Form} */
  const form = { catalog, errors: { ...errors, ...refused }, notes: {}, refuse, change };
  /** @param {string} path @param {any} value */
  function change(path, value) {
    forgive(path);
    set(replaceAt({ breakpoints }, path, value).breakpoints);
  }
  const add = (/** @type {string} */ kind) => {
    const entry = entryFor(catalog, "breakpoints", kind);
    if (entry) set([...breakpoints, entry.kind === "example_right" && now.focus !== null ? { ...entry.defaults, example: now.focus } : entry.defaults]);
  };
  return h("div", { class: "setup-part stop-part" },
    h("details", { class: "fold", open: breakpoints.length > 0 },
      h("summary", {}, breakpoints.length ? `Stop when… (${breakpoints.length})` : "Stop when…"),
      ...breakpoints.map((value, index) => stop(form, value, index, state?.every?.[index] ?? 1, () => set(breakpoints.filter((_, other) => other !== index)))),
      h("div", { class: "form-row" },
        h("label", { for: "field-breakpoint" }, "add"),
        h("div", { class: "form-control" }, componentSelect("breakpoint", entries, "", add, [{ value: "", text: "a breakpoint…" }])))));
}

/** @param {import("./forms.js").Form} form @param {any} value @param {number} index @param {number} every @param {() => void} remove */
function stop(form, value, index, every, remove) {
  const entry = entryFor(form.catalog, "breakpoints", value.kind);
  if (!entry) return null;
  const wrong = form.errors[`breakpoints.${index}.kind`];
  return h("div", { class: "stop", role: "group", "aria-label": entry.title, "data-key": `${index} ${value.kind}` },
    h("div", { class: "stop-head", title: entry.description },
      h("b", {}, entry.title),
      every > 1 ? h("span", { class: "caption" }, `looked at every ${every} updates`) : null,
      h("button", { type: "button", class: "link", "aria-label": `Remove: ${entry.title}`, onclick: remove }, "remove")),
    wrong ? h("p", { class: "form-error", role: "alert" }, wrong) : null,
    ...rows(form, `breakpoints.${index}`, entry.schema, value));
}
