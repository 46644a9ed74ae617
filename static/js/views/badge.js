/** What stands at the top: what is trained, and how many of its gradients an independent method has confirmed. */

import { place } from "./element.js";
import { entryFor } from "./setup_rules.js";
import { same } from "./presets.js";
import { h, show } from "./tree.js";
import { watch } from "../store.js";

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store */
export function mountBadge(root, store) {
  watch(store, ({ session, graph, catalog, presets }) => [session, graph, catalog, presets], (now) => {
    place("title").textContent = title(now);
  });
  watch(store, ({ checks }) => [checks], ({ checks }) => show(root, ...(checks ? badge(checks) : [])));
}

const MARKS = { true: "✓", false: "✗", null: "?", guess: "≈" };

/** A button for the list of all parameters; what is wrong is also said aloud. @param {any} checks */
function badge({ ok, short, steps, estimate }) {
  const kind = /** @type {"true" | "false" | "null" | "guess"} */ (estimate && ok !== false ? "guess" : String(ok));
  const parts = short.split(/( gradients(?= )| to check(?= yet)| of this update(?= yet))/); // every second one is for who has the room
  return [
    h("button", { type: "button", class: "badge", "data-ok": kind, "aria-controls": "agreement", title: "How well each parameter's gradients agree with measured slopes" },
      h("span", { class: "badge-mark", "aria-hidden": "true" }, MARKS[kind]),
      h("span", {}, ...parts.map((/** @type {string} */ part, /** @type {number} */ at) => (at % 2 ? h("span", { class: "badge-long" }, part) : part)),
        steps && !steps.ok && h("span", { class: "badge-steps" }, steps.short))),
    h("span", { class: "unseen", role: "alert" }, ok === false ? [short, steps && !steps.ok && steps.sentence].filter(Boolean).join("; ") : ""),
  ];
}

/** two moons, 2-4-4-1 tanh: a preset's name where its data, task and layers are these, else the data's. @param {import("../types.js").Store} store */
function title({ session, graph, catalog, presets }) {
  if (!session || !graph) return "";
  const titled = (/** @type {string} */ family, /** @type {string} */ kind) => entryFor(catalog ?? [], family, kind)?.title ?? kind.replaceAll("_", " ");
  const data = presets?.find(({ spec }) => ["data", "task", "layers"].every((part) => same(spec[part], session.spec[part])))?.title ?? titled("datasets", session.spec.data.kind);
  const units = graph.columns.map((column) => column.units);
  const shape = units.length > 7 ? `${units[0]}-${units[1]}-…-${units[units.length - 1]}, ${units.length - 1} layers` : units.join("-");
  const activations = [...new Set(graph.columns.flatMap(({ activation }) => (activation ? [titled("layers", activation)] : [])))];
  return `${data}, ${shape} ${activations.join(", ")}`.trim();
}
