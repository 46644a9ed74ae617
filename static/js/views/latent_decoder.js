/** The decoder at any point: the example itself, what is made of its mean, and what is made of the point that the sliders say. */

import { format, lowered } from "../scale/number.js";
import { picture } from "./inside_pictures.js";
import { h } from "./tree.js";

const WIDTH = 104;
const STEP = 0.05;
const LISTED = 12;

/** @param {any} map @param {any} decoded @param {import("../types.js").Charting} charting @param {import("../types.js").Commands} commands @returns {Element[]} */
export function decoder({ ranges }, decoded, charting, commands) {
  const { mean } = decoded;
  const z = charting.z?.length === mean.length ? charting.z : mean;
  const moved = z !== mean;
  const slider = (/** @type {number} */ value, /** @type {number} */ unit) => h("label", { class: "latent-slider" }, h("span", {}, mean.length > 1 ? `z${lowered(unit + 1)}` : "z"),
    h("input", { type: "range", min: ranges[unit][0], max: ranges[unit][1], step: STEP, value, "aria-label": mean.length > 1 ? `z, number ${unit + 1}` : "z", "aria-valuetext": format(value, 3), oninput: (/** @type {any} */ event) => commands.chart({ z: z.map((/** @type {number} */ each, /** @type {number} */ place) => (place === unit ? Number(event.target.value) : each)) }) }),
    h("output", {}, format(value, 3)));
  return [
    decoded.image ? pictures(decoded, moved) : numbers(decoded, moved),
    h("div", { class: "latent-sliders", role: "group", "aria-label": "The point that is decoded" }, ...z.map(slider)),
    h("div", { class: "latent-back" }, h("button", { type: "button", class: "button", disabled: !moved, onclick: () => commands.chart({ z: null }) }, "Back to the mean"),
      h("span", { class: "muted caption" }, moved ? "a point of your own" : "the followed example’s mean")),
  ];
}

/** @param {any} decoded @param {boolean} moved */
function pictures({ image, original, reconstruction, decoded, example, z }, moved) {
  const one = (/** @type {string} */ key, /** @type {string} */ title, /** @type {number[]} */ values, /** @type {string} */ label) => h("figure", { class: "latent-picture" },
    picture({ key: `latent ${key}`, values: values.slice(0, image.height * image.width), across: image.width, width: WIDTH, range: [0, image.max], label }), h("figcaption", {}, title));
  return h("div", { class: "latent-pictures" },
    one("original", `example ${example}`, original, `Example ${example} itself`),
    one("mean", "from its mean", reconstruction, "What the decoder makes of its mean"),
    one("z", moved ? "from your z" : "from z, its mean", decoded, `What the decoder makes of z = ${z.map((/** @type {number} */ each) => format(each, 3)).join(", ")}`));
}

/** @param {any} decoded @param {boolean} moved */
function numbers({ columns, original, reconstruction, decoded, example, gives_back: back }, moved) {
  const cell = (/** @type {number | null} */ value) => h("td", {}, value === null ? "NaN" : format(value, 3));
  return h("div", { class: "table-scroll" }, h("table", { class: "numbers latent-numbers" },
    h("thead", {}, h("tr", {}, h("td", {}), ...[back ? `example ${example}` : "target", "from its mean", moved ? "from your z" : "from z, its mean"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, ...columns.slice(0, LISTED).map((/** @type {string} */ name, /** @type {number} */ place) => h("tr", {}, h("th", { scope: "row" }, name), cell(original[place]), cell(reconstruction[place]), cell(decoded[place])))),
    columns.length > LISTED && h("caption", {}, `The first ${LISTED} of ${columns.length} values.`)));
}
