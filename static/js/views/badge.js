/** What stands at the top: what is trained, and how many of its gradients an independent method has confirmed. */

import { element, place } from "./element.js";
import { watch } from "../store.js";

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store */
export function mountBadge(root, store) {
  watch(store, ({ session, graph, data, presets }) => [session, graph, data, presets], (now) => {
    place("title").textContent = title(now);
  });
  watch(store, ({ checks }) => [checks], ({ checks }) => {
    const badge = checks && element("span", { class: "badge", "data-ok": String(Boolean(checks.ok)) }, element("span", { "aria-hidden": "true" }, checks.ok ? "✓" : "✗"), ` ${checks.sentence ?? `${checks.agree} of ${checks.of} gradients checked`}`);
    root.replaceChildren(...(badge ? [badge] : []));
  });
}

/** two moons, 2-4-4-1 tanh @param {import("../types.js").Store} store */
function title({ session, graph, presets }) {
  if (!session || !graph) return "";
  const data = session.spec.data.kind.replaceAll("_", " ");
  const name = presets?.find(({ spec }) => spec.data.kind === session.spec.data.kind)?.title;
  const units = graph.columns.map((column) => column.units);
  const shape = units.length > 7 ? `${units[0]}-${units[1]}-…-${units[units.length - 1]}, ${units.length - 1} layers` : units.join("-");
  const activations = [...new Set(graph.columns.map(({ activation }) => activation).filter(Boolean))];
  return `${data === "moons" ? name ?? data : data}, ${shape} ${activations.join(", ")}`.trim();
}
