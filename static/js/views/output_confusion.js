/** Classes against guesses, as a table that can be read and whose cells say how often. */

import { element } from "./element.js";
import { readPalette } from "./palette.js";
import { followed } from "./scene.js";
import { classOf, rightSteps } from "../scale/labels.js";

/** @param {import("../types.js").Commands} commands */
export function createConfusion(commands) {
  const table = element("table", { class: "confusion" });
  const said = element("p", { class: "caption" });
  const root = element("div", { class: "plot confusion-plot" }, table, said);
  const { field } = readPalette();

  /** @param {import("../types.js").Store} now */
  function draw(now) {
    const { data, predictions } = now;
    const matrix = predictions?.confusion?.[data?.test ? "test" : "train"];
    if (!data || !matrix) return;
    fill(table, matrix, data.class_names ?? matrix.map((_, index) => String(index)), `${data.test ? "Test" : "Training"}: true down, guessed across`, field);
    const example = followed(now);
    const guess = example === null ? null : predictions?.labels?.[example];
    const truth = example === null ? null : data.targets[example];
    const steps = rightSteps(truth, guess);
    if (guess === null || guess === undefined) said.textContent = "";
    else if (steps) said.textContent = `Example ${example}: ${steps.right} of ${steps.of} steps right.`;
    else said.textContent = `Example ${example}: true ${classOf(truth, data.class_names)}, guessed ${classOf(guess, data.class_names)}.`;
    root.title = steps ? `true ${classOf(truth, data.class_names)}\nguessed ${classOf(guess, data.class_names)}` : "";
  }
  void commands;
  return { root, draw };
}

/**
 * @param {HTMLTableElement} table @param {number[][]} matrix @param {string[]} names @param {string} caption @param {[number, number, number]} color
 */
export function fill(table, matrix, names, caption, color) {
  const most = Math.max(1, ...matrix.flat());
  if (table.rows.length !== matrix.length + 1) {
    table.replaceChildren(
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, element("td"), ...names.map((name) => element("th", { scope: "col", title: name }, brief(name, names.length))))),
      element("tbody", {}, ...matrix.map((row, index) => element("tr", {}, element("th", { scope: "row", title: names[index] }, brief(names[index], names.length)), ...row.map(() => element("td"))))));
  }
  matrix.forEach((row, down) => row.forEach((count, across) => {
    const cell = table.tBodies[0].rows[down].cells[across + 1];
    const share = count / most;
    cell.textContent = count ? String(count) : "·";
    cell.style.backgroundColor = count ? `rgba(${color.join(", ")}, ${(0.1 + 0.65 * share).toFixed(2)})` : ""; // never so dark that ink is not read on it
    cell.dataset.right = String(down === across);
  }));
}

/** @param {string} name @param {number} count */
const brief = (name, count) => {
  const room = count > 4 ? 2 : 10;
  return name.length <= room ? name : count > 4 ? name.slice(0, room) : `${name.slice(0, room - 1)}…`;
};
