/** The table behind the picture: every parameter, its gradient and the followed example's, as the server gives them. */

import { format } from "../scale/number.js";
import { watch } from "../store.js";
import { element } from "./element.js";
import { paced } from "./paced.js";

const ALL = 500;
const STRONGEST = 50;
const GAP = { still: 500, running: 500 };

/** @typedef {{name: string, value: number | null, gradient: number | null, own: number | null, known: boolean}} Row */

/** @type {import("./panel.js").Panel} */
export const tablePanel = { name: "table", label: "Table", title: "Table", mount: mountTable };

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
function mountTable(root, store, commands) {
  const ask = paced(store, "table", GAP, commands.fetchNumbers);

  /** @param {import("../types.js").Store} state */
  function draw({ numbers, graph, panel }) {
    if (panel !== "table" || !numbers || !graph) return;
    const all = rowsOf(numbers, graph);
    const shown = all.length <= ALL ? all : [...all].sort((a, b) => Math.abs(b.gradient ?? 0) - Math.abs(a.gradient ?? 0)).slice(0, STRONGEST);
    const caption = all.length <= ALL
      ? `All ${all.length} parameters at update ${numbers.position.update}, op ${numbers.position.instruction}`
      : `The ${STRONGEST} of ${all.length.toLocaleString("en-GB")} parameters with the largest gradients, at update ${numbers.position.update}; the files have all of them`;
    const heads = ["parameter", "value", "∂L/∂w, batch", `∂L/∂w, example ${numbers.example}`];
    const body = shown.map((row) =>
      element("tr", {},
        element("th", { scope: "row" }, element("button", { type: "button", class: "link", onclick: () => commands.pin(`parameter:${row.name}`) }, row.name)),
        element("td", { "data-what": "value" }, format(row.value)),
        element("td", { "data-what": "gradient" }, row.known ? format(row.gradient) : "?"),
        element("td", { "data-what": "own" }, row.known ? format(row.own) : "?")));
    root.replaceChildren(
      element("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": "Table of parameters" },
        element("table", { class: "numbers" }, element("caption", {}, caption), element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))), element("tbody", {}, ...body))),
    );
  }

  watch(store, ({ panel, frame, focus, state }) => [panel, frame?.update, frame?.instruction, focus, state?.running], ask);
  watch(store, ({ numbers, graph, panel }) => [numbers, graph, panel], draw);
}

/** @param {any} numbers @param {import("../types.js").Graph} graph @returns {Row[]} */
function rowsOf(numbers, graph) {
  const { instruction, update } = numbers.position;
  return graph.parameters.flatMap(({ name, shape, gradient_at }) => {
    const known = instruction === 0 ? update > 0 : gradient_at !== null && gradient_at < instruction;
    const [values, gradients, own] = [numbers.parameters[name].flat(), numbers.gradients[name].flat(), numbers.own[name].flat()];
    return values.map((/** @type {number} */ value, /** @type {number} */ at) => {
      const index = shape.length === 2 ? `${Math.floor(at / shape[1])},${at % shape[1]}` : String(at);
      return { name: `${name}[${index}]`, value, gradient: gradients[at], own: own[at], known };
    });
  });
}
