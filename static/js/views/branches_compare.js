/** Two branches side by side: losses in one picture; for each its answer over the plane and the sizes of its gradients, on shared scales. */

import { drawLosses } from "../draw/compare.js";
import { MARGIN, ticks } from "../draw/curves.js";
import { drawSizes, sizeDecades } from "../draw/run.js";
import { brief } from "../scale/number.js";
import { element } from "./element.js";
import { readPalette } from "./palette.js";
import { drawPlane } from "./plane.js";

export function createComparison() {
  const losses = element("canvas", { role: "img" });
  const sides = [side(), side()];
  const root = element("div", { class: "compare", hidden: true }, element("figure", { class: "compare-losses" }, element("figcaption", {}, "training loss"), losses), ...sides.map(({ root: one }) => one));
  return { root, draw };

  /** @param {import("../types.js").Store} now @param {any} current @param {any} other @param {number} last */
  function draw({ metrics, surface, rival, frame, data }, current, other, last) {
    root.hidden = !(current && other && rival?.metrics && metrics);
    if (root.hidden) return;
    const palette = readPalette();
    const ink = { ink: palette.css.ink, muted: palette.css.muted, line: palette.css.line, accent: palette.css.accent, font: `12px ${getComputedStyle(root).fontFamily}` };
    const pair = [{ name: current.name, metrics }, { name: other.name, metrics: rival.metrics }];
    paint(losses, (brush, box) => drawLosses(brush, box, pair, { last, parted: other.parted?.update ?? 0 }, ink));
    losses.setAttribute("aria-label", `Training loss of both branches: ${pair.map((each) => `${each.name} ${brief(each.metrics.train_loss.at(-1))}`).join(", ")}`);
    const decades = sizeDecades([metrics, rival.metrics]);
    const shown = [{ ...pair[0], surface, update: frame?.update ?? 0 }, { ...pair[1], surface: rival.surface, update: rival.update }];
    shown.forEach(({ name, metrics: own, surface: over, update }, index) => {
      const { caption, plane, sizes } = sides[index];
      caption.textContent = `${name}, after ${update.toLocaleString("en-GB")} updates`;
      plane.hidden = !over || data?.columns.length !== 2;
      if (over && data && !plane.hidden) paint(plane, (brush, box) => drawPlane(brush, over, data, box, palette));
      plane.setAttribute("aria-label", `The answer of ${name} over the input plane`);
      paint(sizes, (brush, box) => {
        brush.font = ink.font;
        drawSizes(brush, { ...box, y: 8, height: box.height - 28 }, own, { last, cursor: update, decades }, ink);
        const wide = box.width - MARGIN.left - MARGIN.right;
        ticks(brush, box.height - 8, last, (at) => MARGIN.left + (at / last) * wide, ink);
      });
      sizes.setAttribute("aria-label", `The sizes of the gradients of ${name}, median and 10 to 90 %, on the scale of both`);
    });
  }

  function side() {
    const caption = element("figcaption");
    const plane = element("canvas", { class: "compare-plane", role: "img" });
    const sizes = element("canvas", { class: "compare-sizes", role: "img" });
    return { root: element("figure", { class: "compare-side" }, caption, element("div", { class: "compare-pictures" }, plane, element("div", { class: "compare-holder" }, sizes))), caption, plane, sizes };
  }
}

/** @param {HTMLCanvasElement} canvas @param {(brush: CanvasRenderingContext2D, box: {x: number, y: number, width: number, height: number}) => void} draw */
function paint(canvas, draw) {
  const { width, height } = canvas.getBoundingClientRect();
  const brush = canvas.getContext("2d");
  if (!brush || !width || !height) return;
  const ratio = Math.min(2, devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  draw(brush, { x: 0, y: 0, width, height });
}
