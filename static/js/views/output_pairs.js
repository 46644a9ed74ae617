/** Pictures beside what the network gives back of them: each pair on one scale of ink. */

import { element } from "./element.js";
import { onTheme, readPalette } from "./palette.js";
import { followed } from "./scene.js";

const SHOWN = 9;

/** @param {import("../types.js").Commands} commands */
export function createPairs(commands) {
  const grid = element("ul", { class: "images pairs" });
  const root = element("div", { class: "plot images-plot" }, element("p", { class: "caption" }, "Left what is read, right what is given back"), grid);
  let palette = readPalette();
  onTheme(() => {
    palette = readPalette();
  });

  /** @param {import("../types.js").Store} now */
  function draw(now) {
    const { data, predictions } = now;
    if (!data?.image || !predictions) return;
    const mine = followed(now);
    const from = data.test ? data.train : 0;
    const chosen = Array.from({ length: Math.min(SHOWN, data.inputs.length - from) }, (_, place) => from + place);
    if (mine !== null && mine < data.inputs.length && !chosen.includes(mine)) chosen.splice(-1, 1, mine);
    grid.replaceChildren(...chosen.map((index) => element("li", {},
      element("button", { type: "button", "aria-pressed": String(index === mine), "aria-label": `Example ${index} and what is given back of it`, onclick: () => commands.focus(index) },
        picture(data, data.inputs[index]), picture(data, predictions.outputs[index])))));
  }

  /** @param {import("../types.js").Data} data @param {(number | null)[]} values */
  function picture(data, values) {
    const { height, width, max } = /** @type {{height: number, width: number, max: number}} */ (data.image);
    const canvas = element("canvas", { width, height, "aria-hidden": "true" });
    const pixels = new ImageData(width, height);
    const [r, g, b] = palette.field;
    values.forEach((value, at) => pixels.data.set([r, g, b, Math.round(235 * Math.min(1, Math.max(0, (value ?? 0) / max)))], 4 * at));
    canvas.getContext("2d")?.putImageData(pixels, 0, 0);
    return canvas;
  }
  return { root, draw };
}
