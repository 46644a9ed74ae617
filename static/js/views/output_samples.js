/** What a generator of images makes, as pictures beside real ones, each with what the discriminator says of it. */

import { element } from "./element.js";
import { themed } from "./palette.js";
import { picture } from "./picture.js";
import { followed } from "./scene.js";

const SHOWN = 7;

/** @param {import("../types.js").Commands} commands */
export function createSamples(commands) {
  const made = element("ul", { class: "images" });
  const real = element("ul", { class: "images" });
  const root = element("div", { class: "plot images-plot samples" },
    element("section", {}, element("h3", {}, "generated, and how real D finds each"), made), element("section", {}, element("h3", {}, "real"), real));

  const draw = themed((now, palette) => {
    const { data, predictions, samples } = now;
    if (!data?.image || !samples) return;
    const { image } = data;
    made.replaceChildren(...samples.samples.slice(0, SHOWN).map((/** @type {number[]} */ values, /** @type {number} */ index) =>
      element("li", { "aria-label": `Generated ${index}, real with ${says(samples.real[index])}` }, picture(image, values, palette.field), element("span", {}, says(samples.real[index])))));
    const mine = followed(now);
    const shown = Array.from({ length: Math.min(SHOWN, data.inputs.length) }, (_, index) => index);
    if (mine !== null && mine < data.inputs.length && !shown.includes(mine)) shown.splice(-1, 1, mine);
    real.replaceChildren(...shown.map((index) => {
      const sure = says(predictions?.outputs[index]?.[0]);
      return element("li", {}, element("button", { type: "button", "aria-pressed": String(index === mine), "aria-label": `Example ${index}, real with ${sure}`, onclick: () => commands.focus(index) },
        picture(image, data.inputs[index], palette.field), element("span", {}, sure)));
    }));
  });
  return { root, draw };
}

/** @param {number | null | undefined} sure */
const says = (sure) => (typeof sure === "number" ? sure.toFixed(2) : "?");
