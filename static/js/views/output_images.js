/** Images with what the network takes them for, wrong ones first, and the table of which class is taken for which. */

import { element, segments } from "./element.js";
import { onTheme, readPalette } from "./palette.js";
import { fill } from "./output_confusion.js";
import { picture } from "./picture.js";
import { followed, mistakeOf } from "./scene.js";

const SHOWN = 18;

/** @param {import("../types.js").Commands} commands */
export function createImages(commands) {
  const grid = element("ul", { class: "images" });
  const table = element("table", { class: "confusion small" });
  const choice = segments("Show", [{ value: "images", text: "images" }, { value: "classes", text: "confusion" }], show);
  const root = element("div", { class: "plot images-plot" }, grid, table, choice.root);
  let palette = readPalette();
  /** @type {Map<number, HTMLElement>} */
  const made = new Map();
  onTheme(() => {
    palette = readPalette();
    made.clear();
  });

  /** @param {string} what */
  function show(what) {
    choice.show(what);
    grid.hidden = what !== "images";
    table.hidden = what === "images";
  }
  show("images");

  /** @param {import("../types.js").Store} now */
  function draw(now) {
    const { data, predictions } = now;
    if (!data?.image || !predictions?.labels) return;
    const { labels, correct } = predictions;
    const within = data.inputs.map((_, index) => index).filter((index) => index >= data.train || data.test === 0);
    const pool = within.length ? within : data.inputs.map((_, index) => index);
    const wrong = pool.filter((index) => !correct?.[index]);
    const { worst } = predictions;
    const chosen = [...(worst === null ? [] : [worst]), ...wrong, ...pool.filter((index) => correct?.[index])].filter((index, place, all) => all.indexOf(index) === place).slice(0, SHOWN);
    const mine = followed(now);
    grid.replaceChildren(...chosen.map((index) => {
      const item = made.get(index) ?? make(data, index);
      made.set(index, item);
      const button = /** @type {HTMLButtonElement} */ (item.firstElementChild);
      const right = Boolean(correct?.[index]);
      button.dataset.right = String(right);
      button.dataset.worst = String(index === mistakeOf(now));
      button.setAttribute("aria-pressed", String(index === mine));
      button.setAttribute("aria-label", `Example ${index}: true ${data.targets[index]}, guessed ${labels[index]}`);
      /** @type {HTMLElement} */ (button.lastElementChild).textContent = right ? String(labels[index]) : `${data.targets[index]}→${labels[index]}`;
      return item;
    }));
    const matrix = predictions.confusion?.[data.test ? "test" : "train"];
    if (matrix) fill(table, matrix, matrix.map((_, index) => String(index)), "True digit down, guess across", palette.field);
  }

  /** @param {import("../types.js").Data} data @param {number} index */
  function make(data, index) {
    const canvas = picture(/** @type {{height: number, width: number, max: number}} */ (data.image), data.inputs[index], palette.field);
    return element("li", {}, element("button", { type: "button", onclick: () => commands.focus(index) }, canvas, element("span")));
  }
  return { root, draw };
}
