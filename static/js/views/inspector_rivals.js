/** The same gradients given to every optimiser: the paths that they would take, and their next step as a table. */

import { h, svg } from "./tree.js";
import { BOX, fan } from "../layout/fan.js";
import { brief, format } from "../scale/number.js";

/** @typedef {{kind: string, title: string, own: boolean, step: number | null, path: (number | null)[], repeated: (number | null)[]}} Row */

/** How the lines are told apart where they lie close: their names stand at their ends. */
const DASHES = ["", "5 3", "2 2", "7 2 2 2", "1 2", "9 3", "4 2 1 2"];

/** @param {any} detail */
export function rivalsView({ rivals, when }) {
  if (!rivals) return h("p", { class: "caption rivals" }, "Every optimiser is given this weight's gradients here as soon as there is one.");
  const { rows, given, unit, repeated, gradient, sentence, actual } = rivals;
  const recorded = [...rows.map((/** @type {Row} */ { title, path, own }) => ({ title, path, own })), { title: "this run", path: actual, run: true }];
  const many = given === 1 ? "its one gradient" : `its last ${given} gradients`;
  return h("section", { class: "rivals", "aria-label": "The same gradients given to every optimiser" },
    h("h3", {}, "The same gradients, every optimiser"),
    h("p", { class: "caption" }, sentence),
    chart(`Recorded: the weight's way, given ${many}`, recorded, Math.max(given, 1), unit),
    chart(`Repeated: its way, given ${format(gradient, 3)} again and again`, rows.map((/** @type {Row} */ { title, repeated: path, own }) => ({ title, path, own })), repeated, unit),
    h("div", { class: "rivals-scroll", tabindex: "0", role: "group", "aria-label": "Steps of every optimiser" }, h("table", { class: "rivals-table" },
      h("caption", { class: "unseen" }, "What each optimiser makes of the same gradients"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "optimiser"), h("th", { scope: "col" }, when === "done" ? "this step" : "step now"), h("th", { scope: "col" }, `${given} recorded`), h("th", { scope: "col" }, `${repeated} repeated`))),
      h("tbody", {}, ...rows.map((/** @type {Row} */ { title, own, step, path, repeated: again }) => h("tr", { class: own ? "own" : "" },
        h("th", { scope: "row" }, title), cell(step), cell(path[path.length - 1]), cell(again[again.length - 1])))))));
}

/** @param {number | null} value */
const cell = (value) => h("td", {}, value === null ? "not finite" : format(value, 3));

/** @param {string} title @param {{title: string, path: (number | null)[], own?: boolean, run?: boolean}[]} paths @param {number} length @param {string} unit  what each gradient is of */
function chart(title, paths, length, unit) {
  const { lines, ticks, zero } = fan(paths, length);
  const kind = (/** @type {number} */ index) => (paths[index].run ? "run" : paths[index].own ? "own" : "other");
  const text = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ anchor, /** @type {string} */ words, kinds = "") => svg("text", { class: kinds, x, y, "text-anchor": anchor }, words);
  return h("figure", { class: "fan" },
    h("figcaption", {}, title),
    svg("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", "aria-label": spoken(title, paths) },
      svg("line", { class: "grid", x1: BOX.left, x2: BOX.right, y1: zero, y2: zero }),
      ...ticks.map(({ value, y }) => text(BOX.left - 4, y + 4, "end", value === 0 ? "0" : brief(value))),
      text(BOX.left, BOX.height - 6, "start", "0"), text(BOX.right, BOX.height - 6, "end", `${length} ${unit}${length === 1 ? "" : "s"}`),
      ...lines.map(({ d }, index) => svg("path", { class: kind(index), d, "stroke-dasharray": kind(index) === "other" ? DASHES[index % DASHES.length] : null })),
      ...lines.map(({ end, label }, index) => end && svg("line", { class: "leader", x1: end.x + 1, y1: end.y, x2: BOX.right + 8, y2: label })),
      ...lines.map(({ end, label, title: name }, index) => end && text(BOX.right + 11, label + 4, "start", name, kind(index)))));
}

/** @param {string} title @param {{title: string, path: (number | null)[]}[]} paths */
function spoken(title, paths) {
  return `${title}: ${paths.map(({ title: name, path }) => `${name} ${path[path.length - 1] === null ? "not finite" : format(path[path.length - 1], 2)}`).join(", ")}.`;
}
