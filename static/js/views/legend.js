/** The fixed scale of the colours, in powers of ten, with a dash for negative, and the marks that are no number. */

import { element } from "./element.js";
import { onTheme, readPalette } from "./palette.js";
import { watch } from "../store.js";
import { MARK, WEIGHT_DECADES, markOf, widthOf } from "../scale/signed.js";
import { step } from "../scale/color.js";
import { PROVISIONAL } from "../scale/decades.js";
import { superscript } from "../scale/number.js";

const WIDTH = 150;
const HEIGHT = 9;
const SAID_EVERY = 500;

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountLegend(root, store, commands) {
  const symbol = element("span", { class: "legend-symbol" });
  const negative = bar();
  const positive = bar();
  const note = element("span", { class: "legend-note" });
  const rescale = element("button", { type: "button", class: "link", title: "Fit the scale to what is shown now; the run remembers that it was done", onclick: () => commands.rescale() }, "Rescale");
  rescale.hidden = true;
  root.append(
    element("div", { class: "legend-scale" }, symbol, negative.root, element("span", { class: "legend-zero" }, "≈ 0"), positive.root),
    element("ul", { class: "legend-keys" },
      key("dots", "not computed yet"), key("still", "stands still", "Not moved in this turn: the gradient only passes through. Of this example it is coloured by what it passes on, w · ∂L/∂z, with two short dashes where that is negative"), key("hollow", "exactly 0"), key("dot", "bias"), key("hatch", "not finite"),
      element("li", { class: "legend-out" }, rescale, note)));
  let palette = readPalette();
  let said = 0;

  function draw() {
    const { lens, legend } = store.get();
    const weights = lens === "weights";
    const { lo, hi } = weights ? WEIGHT_DECADES : legend ?? PROVISIONAL;
    const ink = weights ? palette.weightInk : palette.ink;
    symbol.textContent = weights ? "w" : "∂L/∂w";
    paint(negative.canvas, ink.negative, true, true);
    paint(positive.canvas, ink.positive, false, false);
    const labels = ticks(lo, hi);
    const at = (/** @type {number} */ power) => (power - lo) / (hi - lo);
    negative.labels.replaceChildren(...labels.map((power) => label(power, "−", 1 - at(power))));
    positive.labels.replaceChildren(...labels.map((power) => label(power, "", at(power))));
    root.setAttribute("aria-label", `Scale of ${weights ? "weights" : "gradients"}, from ten to the ${lo} to ten to the ${hi}, negative dashed`);
  }

  function say() {
    const { frame, lens, legend } = store.get();
    if (!frame || !legend || (frame.running && performance.now() - said < SAID_EVERY)) return;
    said = performance.now();
    const marks = lens === "weights" ? null : outside(frame, legend);
    const parts = [marks?.below && `${marks.below} below the scale`, marks?.above && `${marks.above} above it`, legend.rescaled > 0 && `rescaled ${legend.rescaled === 1 ? "once" : `${legend.rescaled} times`}`].filter(Boolean);
    note.textContent = parts.join(" · ");
    root.toggleAttribute("data-bad", Boolean(marks?.bad));
    rescale.hidden = lens === "weights" || !(marks?.below || marks?.above);
  }

  watch(store, ({ lens, legend }) => [lens, legend], draw);
  watch(store, ({ lens, graph }) => [lens, graph], ({ lens, graph }) => root.toggleAttribute("data-game", lens !== "weights" && Boolean(graph?.task?.turns?.length)));
  watch(store, ({ frame, lens, legend }) => [frame, lens, legend], say);
  onTheme(() => {
    palette = readPalette();
    draw();
  });
}

/** How many gradients of a frame lie outside the scale. @param {import("../types.js").Frame} frame @param {import("../scale/signed.js").Decades} decades */
export function outside(frame, decades) {
  const found = { below: 0, above: 0, bad: 0 };
  for (const { data, exponent } of Object.values(frame.fields.gradients ?? {})) {
    const scale = 2 ** exponent;
    for (const value of data) {
      const mark = markOf(value * scale, decades);
      if (mark === MARK.below) found.below += 1;
      else if (mark === MARK.above) found.above += 1;
      else if (mark === MARK.bad) found.bad += 1;
    }
  }
  return found;
}

/** At most four whole decades to write. @param {number} lo @param {number} hi */
function ticks(lo, hi) {
  const every = Math.ceil((hi - lo) / 3);
  const found = [hi];
  for (let power = hi - every; power - lo >= every * 0.8; power -= every) found.unshift(power);
  return [lo, ...found];
}

function bar() {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const labels = element("span", { class: "legend-labels" });
  return { canvas, labels, root: element("span", { class: "legend-bar" }, canvas, labels) };
}

/** @param {string} kind @param {string} text @param {string} [title] */
const key = (kind, text, title = "") => element("li", { "data-kind": kind, ...(title ? { title } : {}) }, element("i", { "aria-hidden": "true" }), text);

/** @param {number} power @param {string} sign @param {number} at  0…1 along the bar */
function label(power, sign, at) {
  const made = element("span", {}, power === 0 ? `${sign}1` : `${sign}10${superscript(power)}`);
  made.style.left = `${(at * 100).toFixed(1)}%`;
  return made;
}

/** @param {HTMLCanvasElement} canvas @param {string[]} colors @param {boolean} reversed @param {boolean} dashed */
function paint(canvas, colors, reversed, dashed) {
  const ratio = Math.min(2, devicePixelRatio || 1);
  canvas.width = WIDTH * ratio;
  canvas.height = HEIGHT * ratio;
  const brush = canvas.getContext("2d");
  if (!brush) return;
  brush.scale(ratio, ratio);
  for (let x = 0; x < WIDTH; x += 1) {
    if (dashed && x % 12 > 8) continue;
    const t = (reversed ? WIDTH - 1 - x : x) / (WIDTH - 1);
    const high = widthOf(t) * 1.7;
    brush.fillStyle = colors[step(t)];
    brush.fillRect(x, (HEIGHT - high) / 2, 1.02, high);
  }
}
