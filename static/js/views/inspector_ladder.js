/** The chain rule as a ladder: from the loss home, a rung for each op, each row `arriving × local = passed on` in linked tiles. */

import { h } from "./tree.js";
import { known, letters, plain, plot, tile, told } from "./inspector_parts.js";

/** @typedef {import("./inspector.js").Seen} Seen */

const CURVE = { width: 92, height: 30 };

/** @param {Seen} seen @param {any[]} rungs */
export const ladder = (seen, rungs) =>
  h("ol", { class: "ladder", "aria-label": "The chain rule, from the loss home" }, ...rungs.map((rung, index) => rungView(seen, rung, index)));

/** @param {Seen} seen @param {any} rung @param {number} index */
function rungView(seen, rung, index) {
  const total = tile(seen, rung.total, { derivative: true, known: told(seen, rung.total) });
  const single = rung.rows.length === 1 && !rung.folded;
  return h("li", { class: `rung ${rung.current ? "current" : ""} ${rung.known ? "" : "ahead"}`, "data-rung": `${seen.state?.position.update}.${rung.instruction}`, "aria-current": rung.current ? "step" : null },
    h("div", { class: "rung-head" },
      h("b", {}, String(index + 1)),
      rung.instruction === null ? h("span", {}, rung.title) : h("button", { type: "button", class: "rung-title", "data-ref": `op:${rung.instruction}`, title: "Show this op's formula" }, rung.title),
      rung.curve && plot(rung.curve, { ...CURVE, label: `${rung.title} with its slope here` })),
    ...(single ? [line(seen, rung.rows[0], [h("span", { class: "operator" }, rung.known ? rung.relation : "="), total])] : several(seen, rung, total)));
}

/** Several paths: a row for each, what is folded, and the line of the sum. @param {Seen} seen @param {any} rung @param {Node} total @returns {Node[]} */
function several(seen, rung, total) {
  const above = rung.rows.some((/** @type {any} */ { local }) => wide(local));
  const rows = rung.rows.map((/** @type {any} */ one) => line(seen, one, [h("span", { class: "operator" }, "="), plain(one.product, allKnown(seen, one))], above));
  const folded = rung.folded ? [h("div", { class: "rung-row folded" }, h("span", {}, `and ${rung.folded.count.toLocaleString("en-GB")} more paths`), h("span", { class: "operator" }, "="), plain(rung.folded.sum, rung.known))] : [];
  return [...rows, ...folded, h("div", { class: "rung-row sum" }, h("span", {}, "their sum"), h("span", { class: "operator" }, rung.known ? rung.relation : "="), total)];
}

/** arriving × local, then what follows. @param {Seen} seen @param {any} row @param {Node[]} rest @param {boolean} [above]  the factor's name stands above its number */
function line(seen, { arriving, operator, local }, rest, above = wide(local)) {
  const factor = tile(seen, local, { known: known(seen, local.ref), class: !arriving ? "alone" : !above ? "" : letters(local.symbol) > 10 ? "broad" : "stack" });
  if (!arriving) return h("div", { class: "rung-row" }, factor, ...rest);
  return h("div", { class: "rung-row" }, tile(seen, arriving, { derivative: true, known: told(seen, arriving) }), h("span", { class: "operator" }, operator), factor, ...rest);
}

/** @param {Seen} seen @param {any} row */
const allKnown = (seen, { arriving, local }) => (!arriving || told(seen, arriving)) && known(seen, local.ref);

/** Whether a factor's name leaves no room for a number beside it. @param {{symbol: string | null, ref: string}} local */
const wide = ({ symbol, ref }) => ref.startsWith("slope:") || letters(symbol) > 4;
