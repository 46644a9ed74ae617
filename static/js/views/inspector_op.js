/** An op of the program: what it computes, how it carries a gradient back, and the shapes it works on. */

import { h } from "./tree.js";
import { normalizationOf } from "../layout/inside.js";
import { mathOf } from "../mathml.js";
import { faultPart } from "./inspector_fault.js";
import { close } from "./inspector_parts.js";

/** @param {import("./inspector.js").Seen} seen @param {any} found @returns {(Node | null)[]} */
export function opView({ commands, state, graph, panel }, found) {
  const normalizes = graph && normalizationOf(graph, found.instruction);
  const look = () => {
    commands.lookInto("normalization");
    commands.choose({ node: normalizes });
    if (panel !== "inside") commands.togglePanel("inside");
  };
  return [
    h("header", { class: "inspector-head" },
      h("h2", {}, `Op ${found.instruction + 1}`),
      h("p", { class: "inspector-names" }, found.title),
      close(commands)),
    faultPart(state?.fault, found.instruction),
    h("p", { class: "inspector-sentence" }, found.doc),
    normalizes === null ? null : h("p", { class: "inside-way" }, h("button", { type: "button", class: "button", onclick: look }, "Look inside the normalisation")),
    formula("computes", found.formula),
    found.pull ? formula("carries the gradient back as", found.pull) : null,
    h("table", { class: "shapes" },
      h("caption", {}, "Shapes"),
      h("tbody", {}, ...found.shapes.map((/** @type {{name: string, shape: number[]}} */ { name, shape }) =>
        h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, shape.length ? shape.join(" × ") : "one number"))))),
    h("p", { class: "caption" }, found.sentence),
  ];
}

/** @param {string} label @param {string} markup */
const formula = (label, markup) => h("figure", { class: "formula" }, h("figcaption", {}, label), h("div", { class: "formula-line", tabindex: "0", role: "group", "aria-label": label }, mathOf(markup)));
