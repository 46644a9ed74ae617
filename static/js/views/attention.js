/** Attention laid open for one example and one head: scores, weights and mix, what arrives at them, and one cell through its row of the softmax Jacobian. */

import { PROVISIONAL } from "../scale/decades.js";
import { format } from "../scale/number.js";
import { watch } from "../store.js";
import { jacobian, shares } from "./attention_cell.js";
import { matrix } from "./attention_matrix.js";
import { paced } from "./paced.js";
import { h, show } from "./tree.js";

const GAP = { still: 20, running: 500 };
const FIELDS = [
  { name: "scores", title: "Scores", note: "q · k / √d" },
  { name: "weights", title: "Weights", note: "softmax of each row" },
  { name: "mix", title: "Mix", note: "weights × values" },
];

/** @typedef {import("../types.js").Store} Store */
/** @typedef {import("../types.js").Commands} Commands */

/** @type {import("./panel.js").Panel} */
export const attentionPanel = {
  name: "attention", label: "Attention", title: "Attention: who looks at whom, and what the gradient says of it", mount: mountAttention,
  fits: (graph) => Boolean(graph?.nodes.some(({ op }) => op === "scores")),
};

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {Commands} commands */
function mountAttention(root, store, commands) {

  const ask = paced(store, "attention", GAP, commands.fetchAttention);

  function draw() {
    const now = store.get();
    if (now.panel !== "attention") return;
    if (!now.attention) show(root, h("p", { class: "muted" }, "The attention is being read…"));
    else if (now.attention.refused) show(root, h("p", { class: "refused" }, now.attention.refused));
    else show(root, ...content(now, commands));
  }

  watch(store, ({ panel, session, focus, attending, frame, state }) => [panel, session, focus, attending, frame?.update, frame?.instruction, state?.running, state?.revision], ask);
  watch(store, ({ panel, attention, legend }) => [panel, attention, legend], draw);
}

/** @param {Store} now @param {Commands} commands */
function content({ attention, legend }, commands) {
  const decades = legend ?? PROVISIONAL;
  const { cell, read, masked, fields, gradients } = attention;
  const pick = (/** @type {number} */ row, /** @type {number} */ column) => commands.attend({ cell: [row, column] });
  const drawn = (/** @type {any} */ { name, title, note }, /** @type {boolean} */ derivative) => h("figure", {},
    h("figcaption", {}, h("b", {}, derivative ? `∂L ∕ ∂ ${title.toLowerCase()}` : title), ` ${derivative ? "what arrives" : note}`),
    matrix({ name, values: (derivative ? gradients : fields)[name], derivative, decades, read, square: name !== "mix", masked, cell, pick }));
  return [
    choices(attention, commands),
    h("div", { class: "attention-fields" }, ...FIELDS.map((field) => drawn(field, false)), ...FIELDS.map((field) => drawn(field, true))),
    h("p", { class: "caption attention-key" }, "Rows ask, columns are asked; click a cell to lay it open. Values: from paper to teal. Gradients of this example: on the page's own scale, − marks a negative one. A crossed cell is masked: exactly zero."),
    h("section", { class: "attention-cell", "aria-label": "One cell" },
      h("h3", {}, `Position ${cell.row + 1} (${read[cell.row]}) asks position ${cell.column + 1} (${read[cell.column]})`),
      h("p", { class: cell.masked ? "attention-why masked" : "attention-why", "aria-live": "polite" }, cell.sentence),
      h("dl", { class: "facts" },
        h("div", { class: "fact" }, h("dt", {}, "score"), h("dd", {}, cell.score === null ? "?" : format(cell.score))),
        h("div", { class: "fact" }, h("dt", {}, "weight"), h("dd", {}, cell.weight === null ? "?" : format(cell.weight))),
        h("div", { class: "fact" }, h("dt", {}, "gradient at the score"), h("dd", {}, cell.passed === null ? "?" : format(cell.passed)))),
      h("div", { class: "attention-exact" }, jacobian(cell, read, decades), shares(cell, decades))),
  ];
}

/** Which layer, head and cell. @param {any} attention @param {Commands} commands */
function choices({ scope, layers, head, heads, example, read, cell }, commands) {
  const options = (/** @type {string[]} */ texts, /** @type {number} */ chosen) => texts.map((text, index) => h("option", { value: index, selected: index === chosen }, text));
  const field = (/** @type {string} */ label, /** @type {string[]} */ texts, /** @type {number} */ chosen, /** @type {(index: number) => void} */ take) =>
    h("label", { class: "attention-choice" }, h("span", {}, label), h("select", { class: "field", onchange: (/** @type {any} */ event) => take(Number(event.target.value)) }, ...options(texts, chosen)));
  const places = read.map((/** @type {string} */ text, /** @type {number} */ index) => (text === String(index + 1) ? text : `${index + 1} (${text})`));
  return h("div", { class: "attention-choices" },
    layers.length > 1 && field("layer", layers.map((/** @type {any} */ each) => each.label), layers.findIndex((/** @type {any} */ each) => each.scope === scope), (index) => commands.attend({ scope: layers[index].scope, head: 0, cell: [0, 0] })),
    heads > 1 && field("head", Array.from({ length: heads }, (_, index) => String(index + 1)), head, (index) => commands.attend({ head: index })),
    field("asks", places, cell.row, (index) => commands.attend({ cell: [index, cell.column] })),
    field("is asked", places, cell.column, (index) => commands.attend({ cell: [cell.row, index] })),
    h("span", { class: "muted" }, `example ${example}: ${read.join(" ")}`));
}
