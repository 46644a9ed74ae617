/** An estimated gradient laid open: what each random direction says of this weight, and how far off the whole must be expected to be. */

import { h } from "./tree.js";
import { format } from "../scale/number.js";

/** @param {any} found  `directions`, `rows` with rise, part and product, `folded`, `total`, `sentence` */
export function estimate({ directions, rows, folded, total, sentence }) {
  const cells = (/** @type {(string | null)[]} */ ...texts) => texts.map((text) => h("td", {}, text));
  return h("div", { class: "estimate" },
    h("p", { class: "proof-sentence" }, sentence),
    h("table", { class: "numbers" },
      h("caption", {}, directions === 1 ? "One direction" : `The ${rows.length === directions ? "" : "strongest of the "}${directions} directions`),
      h("thead", {}, h("tr", {}, ...["direction", "(L₊ − L₋) / 2σn", "part in it", "credit"].map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {},
        ...rows.map((/** @type {any} */ row) => h("tr", {}, h("th", { scope: "row" }, String(row.direction)), ...cells(number(row.rise), number(row.part), number(row.product)))),
        folded && h("tr", {}, h("th", { scope: "row" }, `${folded.count} more`), ...cells("", "", number(folded.sum))),
        h("tr", { class: "sum" }, h("th", { scope: "row" }, "estimate"), ...cells("", "", number(total))))));
}

/** @param {number | null} value */
const number = (value) => (value === null ? "not finite" : format(value));
