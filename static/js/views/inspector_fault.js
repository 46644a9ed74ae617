/** The operation that gives the first number that is not finite: which number, from what, and what to do. */

import { format } from "../scale/number.js";
import { h } from "./tree.js";

/** @param {any} fault  of the state, or nothing @param {number} instruction  the op that is laid open */
export function faultPart(fault, instruction) {
  if (!fault || fault.position.instruction !== instruction) return null;
  const { happened, element, value, count, inputs, grown, advice } = fault;
  const more = count > 1 ? `, and ${(count - 1).toLocaleString("en-GB")} more with it` : "";
  return h("section", { class: "fault" },
    h("h3", {}, happened ? "Here a number stopped being finite" : "Here a number would stop being finite"),
    h("p", {}, `${element} ${happened ? "became" : "would become"} ${value}${more}.`),
    h("table", { class: "shapes" },
      h("caption", {}, "What it is computed from"),
      h("tbody", {}, ...inputs.map((/** @type {{name: string, value: number | null, largest: boolean}} */ input) =>
        h("tr", {}, h("th", { scope: "row" }, input.largest ? `the largest in ${input.name}` : input.name), h("td", {}, format(input.value)))))),
    h("p", { class: "caption" }, [grown, advice].filter(Boolean).join(" ")));
}
