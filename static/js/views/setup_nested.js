/** The layers inside a layer: one row of them, or several branches, each edited as the network's own layers are. */

import { h } from "./tree.js";
import { replaceAt } from "./forms_schema.js";
import { listed } from "./setup_layers.js";
import { entryFor } from "./setup_rules.js";

/** @typedef {import("./setup.js").Setup} Setup */

const MOST = 8; // branches
const LEAST = 2;

/** @param {Setup} setup @param {string} path  of the layer @param {any} layer @returns {Node[]} */
export function nested(setup, path, layer) {
  if (Array.isArray(layer.layers)) return [inside(setup, `${path}.layers`, layer.layers, "Inside")];
  if (!Array.isArray(layer.branches)) return [];
  const put = (/** @type {any[][]} */ branches) => setup.build(replaceAt(setup.spec, `${path}.branches`, branches));
  return [
    ...layer.branches.map((/** @type {any[]} */ branch, /** @type {number} */ number) => inside(setup, `${path}.branches.${number}`, branch, `Branch ${number}`,
      layer.branches.length > LEAST ? () => put(layer.branches.filter((/** @type {any} */ _, /** @type {number} */ at) => at !== number)) : null)),
    h("p", { class: "layers-foot" },
      h("button", { type: "button", class: "link", disabled: layer.branches.length >= MOST, onclick: () => put([...layer.branches, []]) }, "+ branch")),
  ];
}

/**
 * One row, with a layer more at its end.
 * @param {Setup} setup @param {string} path @param {any[]} layers @param {string} title @param {(() => void) | null} [remove]
 * @returns {Node}
 */
function inside(setup, path, layers, title, remove = null) {
  const more = structuredClone(layers.at(-1) ?? entryFor(setup.catalog, "layers", "linear")?.defaults ?? { kind: "linear" });
  return h("div", { class: "layers-inside", role: "group", "aria-label": title },
    h("p", { class: "caption" }, layers.length ? title : `${title}: hands its values on`),
    listed(setup, { path, layers, last: -1 }),
    h("p", { class: "layers-foot" },
      h("button", { type: "button", class: "link", onclick: () => setup.build(replaceAt(setup.spec, path, [...layers, more])) }, "+ layer"),
      remove && h("button", { type: "button", class: "link", onclick: remove }, "Remove the branch")));
}
