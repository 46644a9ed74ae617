/** The inspector with nothing pinned: a mistake to begin with, and what can be pinned. */

import { h } from "./tree.js";
import { classOf, rightSteps } from "../scale/labels.js";
import { place } from "./element.js";

/** @typedef {import("./inspector.js").Seen} Seen */

/** @param {Seen} seen @returns {Node[]} */
export function emptyView({ predictions, data, graph, commands }) {
  const worst = predictions?.worst ?? null;
  const what = graph?.task?.kind === "expression" ? " a parameter or a value of the graph," : " an edge for its weight, a neuron for its sum,";
  return [h("div", { class: "inspector-empty" },
    h("h2", {}, "Inspector"),
    worst === null ? null : h("p", { class: "inspector-mistake" }, mistake(worst, predictions, data)),
    worst === null ? null : h("p", {}, h("button", { type: "button", class: "button primary", onclick: () => goBack(commands), title: "Pause, follow the ringed example, and pin the weight that has most to do with its loss (f)" }, "Follow it back")),
    h("p", { class: worst === null ? null : "muted" }, worst === null ? "Click" : "Or click", what, " a cell of the program for its formula: their numbers are laid open here."))];
}

/** What is wrong, in words. @param {number} example @param {import("../types.js").Predictions | null} predictions @param {import("../types.js").Data | null} data */
function mistake(example, predictions, data) {
  const truth = data?.targets[example];
  const guess = predictions?.labels?.[example];
  const steps = rightSteps(truth, guess);
  if (steps) return `Of the ${steps.of} steps of example ${example} the network has ${steps.right} right. Which weight is most to blame for the others?`;
  const name = (/** @type {any} */ label) => `“${classOf(label, data?.class_names)}”`;
  const ringed = data && (data.image || data.columns.length === 2) ? " It is ringed in the output." : "";
  return `Example ${example} is ${name(truth)}, and the network takes it for ${name(guess)}.${ringed} Which weight is most to blame?`;
}

/** Follow the mistake, with the stage in sight. @param {import("../types.js").Commands} commands */
function goBack(commands) {
  const stage = place("stage");
  if (stage.getBoundingClientRect().top < 0) stage.scrollIntoView({ block: "start", behavior: "instant" });
  commands.followBack();
}
