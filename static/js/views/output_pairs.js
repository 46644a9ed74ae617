/** Pictures beside what the network gives back of them: each pair on one scale of ink. */

import { element } from "./element.js";
import { themed } from "./palette.js";
import { picture } from "./picture.js";
import { followed } from "./scene.js";

const SHOWN = 9;

/** @param {import("../types.js").Commands} commands */
export function createPairs(commands) {
  const grid = element("ul", { class: "images pairs" });
  const root = element("div", { class: "plot images-plot" }, element("p", { class: "caption" }, "Left what is read, right what is given back"), grid);

  const draw = themed((now, palette) => {
    const { data, predictions } = now;
    if (!data?.image || !predictions) return;
    const { image } = data;
    const mine = followed(now);
    const from = data.test ? data.train : 0;
    const chosen = Array.from({ length: Math.min(SHOWN, data.inputs.length - from) }, (_, place) => from + place);
    if (mine !== null && mine < data.inputs.length && !chosen.includes(mine)) chosen.splice(-1, 1, mine);
    grid.replaceChildren(...chosen.map((index) => element("li", {},
      element("button", { type: "button", "aria-pressed": String(index === mine), "aria-label": `Example ${index} and what is given back of it`, onclick: () => commands.focus(index) },
        picture(image, data.inputs[index], palette.field), picture(image, predictions.outputs[index], palette.field)))));
  });

  return { root, draw };
}
