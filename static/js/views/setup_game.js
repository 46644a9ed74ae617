/** A GAN's own part of the set-up: the generator's layers, its loss, and how the players take turns. */

import { h } from "./tree.js";
import { rows } from "./forms.js";
import { entryFor, lastLinear } from "./setup_rules.js";
import { listed } from "./setup_layers.js";

/** @typedef {import("./setup.js").Setup} Setup */

/** @param {Setup} setup @returns {(Node | null)[]} */
export function gameSection(setup) {
  const { catalog, spec } = setup;
  const entry = entryFor(catalog, "tasks", "gan");
  if (!entry) return [];
  return [
    ...rows(setup, "task", entry.schema, spec.task, ["generator"]),
    h("p", { class: "caption" }, "generator, from the noise on"),
    listed(setup, { path: "task.generator", layers: spec.task.generator, last: lastLinear(spec.task.generator) }),
  ];
}

/** The task on the data at hand, if a picture of it can be drawn, else on a ring: as many numbers out as an example has, and a discriminator that says one. @param {Setup} setup @param {any} task */
export function gameOf({ spec, now, catalog }, task) {
  const width = now.data?.columns.length ?? 2;
  const kept = (width === 2 || now.data?.image?.height) && now.data?.shape.length === 1 && spec.features === null;
  const ring = entryFor(catalog, "datasets", "ring")?.defaults;
  const ends = (/** @type {any[]} */ layers, /** @type {number} */ units) => {
    const last = layers.findLastIndex((layer) => typeof layer.units === "number");
    return layers.slice(0, last + 1).map((layer, index) => (index === last ? { ...layer, units } : layer));
  };
  return { ...spec, features: null, data: kept ? spec.data : ring ?? spec.data, layers: ends(spec.layers, 1), task: { ...task, generator: ends(task.generator, kept ? width : 2) } };
}
