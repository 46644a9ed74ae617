/** A neuron: the sum with its numbers, the activation with its slope, and the chain rule from the loss down to it. */

import { h } from "./tree.js";
import { mathOf } from "../mathml.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { isBlock } from "../layout/blocks.js";
import { insideOf } from "../layout/inside.js";
import { columnOf } from "../layout/target.js";
import { batchMean } from "./inspector_batch.js";
import { ladder } from "./inspector_ladder.js";
import { close, digits, known, plain, plot, tile, told } from "./inspector_parts.js";

/** @typedef {import("./inspector.js").Seen} Seen */

const CURVE = { width: 280, height: 64 };

/** @param {Seen} seen @param {any} found @returns {(Node | null)[]} */
export function neuronView(seen, found) {
  const out = found.a ?? found.z;
  const slope = found.cotangent_a ?? found.cotangent_z;
  const columns = seen.graph?.columns.find(({ post, pre }) => post === found.node || pre === found.node);
  return [
    h("header", { class: "inspector-head" },
      h("h2", {}, found.terms.length ? "Neuron " : seen.graph?.task?.kind === "expression" ? "Value " : "Input ", mathOf(found.symbol)),
      h("p", { class: "inspector-names" }, h("span", { class: "api-name" }, `node ${found.node}, unit ${found.index}`)),
      close(seen.commands)),
    h("dl", { class: "facts" },
      found.z && factOf(seen, found.z, false),
      found.a && factOf(seen, found.a, false),
      slope && factOf(seen, slope, true),
      !found.z && !found.a && out && factOf(seen, out, false)),
    h("p", { class: "inspector-sentence" }, found.sentence, found.example === null || !found.terms.length ? "" : ` Example ${found.example} is shown.`, found.nudge ? ` ${found.nudge}` : ""),
    found.terms.length ? sum(seen, found) : null,
    found.curve && h("section", { class: "rung" },
      h("div", { class: "rung-head" }, h("b", {}, "a"), h("span", {}, `${columns?.activation ?? "activation"}: slope `, known(seen, found.z?.ref) && found.curve.at.slope !== null ? format(found.curve.at.slope) : "?", " here")),
      plot(found.curve, { ...CURVE, label: `The activation around z = ${format(found.curve.at.x)}, with its tangent` })),
    batchMean(seen, found.batch, found.example),
    ladder(seen, [...found.ladder, ...found.onward]),
    found.note && h("p", { class: "caption" }, found.note),
    insideButton(seen, found.node),
  ];
}

/** The way into the layer that a value belongs to, where it can be looked into. @param {Seen} seen @param {number} node */
function insideButton({ graph, panel, commands }, node) {
  const own = graph && graph.columns[columnOf(graph, node)];
  const inside = own && isBlock(own) ? insideOf(graph, node, own.layers) : null;
  if (!inside) return null;
  const open = () => { commands.lookInto(inside.name); if (panel !== "inside") commands.togglePanel("inside"); };
  return h("p", { class: "inside-way" }, h("button", { type: "button", class: "button", onclick: open }, `Look inside ${inside.label}`));
}

/** @param {Seen} seen @param {any} quantity @param {boolean} derivative */
function factOf(seen, quantity, derivative) {
  const { symbol, value } = quantity;
  const done = derivative ? told(seen, quantity) : known(seen, quantity.ref);
  const mark = derivative ? h("span", { class: done ? (value === 0 ? "bar zero" : "bar") : "bar unknown", style: done ? { "--shade": shade(value, seen.scale) } : {} }) : null;
  return h("div", { class: "fact" }, h("dt", {}, mathOf(symbol)), h("dd", {}, mark, digits(value, done)));
}

/** z = Σ w a + b, a row for each term. @param {Seen} seen @param {any} found */
function sum(seen, { terms, folded, bias, z, relation }) {
  const done = known(seen, z?.ref);
  return h("section", { class: "rung", "aria-label": "The weighted sum" },
    h("div", { class: "rung-head" }, h("b", {}, "z"), h("span", {}, "weight × input, added up")),
    ...terms.map((/** @type {any} */ { weight, input, product }) => {
      const is = known(seen, input.ref);
      return h("div", { class: "rung-row" }, tile(seen, weight), h("span", { class: "operator" }, "×"), tile(seen, input, { known: is }), h("span", { class: "operator" }, "="), plain(product, is));
    }),
    folded ? h("div", { class: "rung-row folded" }, h("span", {}, `and ${folded.count.toLocaleString("en-GB")} more terms`), h("span", { class: "operator" }, "="), plain(folded.sum, done)) : null,
    bias ? h("div", { class: "rung-row" }, tile(seen, bias, { class: "alone" }), h("span", { class: "operator" }, "="), plain(bias.value, true)) : null,
    h("div", { class: "rung-row sum" }, h("span", {}, "their sum"), h("span", { class: "operator" }, done ? relation : "="), tile(seen, z, { known: done })));
}
