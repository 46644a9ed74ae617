/** Two-input networks: the decision surface with its points. One input: the curve through them. More, in a regression: predicted against true. */

import { element } from "./element.js";
import { themed } from "./palette.js";
import { drawPlane } from "./plane.js";
import { followed, mistakeOf } from "./scene.js";
import { drawPoint, drawRing } from "../draw/marks.js";
import { curveOf, extent, pointsOf } from "../layout/plot.js";

/** Points that are drawn; of more examples, every second, third… is. */
const MOST = 2000;

/** @param {import("../types.js").Commands} commands */
export function createPlot(commands) {
  const canvas = element("canvas", { role: "img" });
  const root = element("div", { class: "plot" }, canvas);
  /** @type {import("../types.js").Store | null} */
  let last = null;

  const draw = themed((now, palette) => {
    last = now;
    const { data, predictions, surface } = now;
    const size = Math.floor(Math.min(root.clientWidth, root.clientHeight || Infinity));
    const brush = canvas.getContext("2d");
    if (!data || !brush || size < 20) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    if (canvas.width !== size * ratio) {
      canvas.width = canvas.height = size * ratio;
      canvas.style.width = canvas.style.height = `${size}px`;
    }
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.fillStyle = palette.css.surface;
    brush.fillRect(0, 0, size, size);
    const box = { x: 0, y: 0, width: size, height: size };
    const points = pointsOf(data, predictions, extent(data, predictions));
    if (surface && data.columns.length === 2) drawPlane(brush, surface, data, box, palette);
    else if (data.columns.length > 1) diagonal(brush, size, palette);
    else line(brush, curveOf(points), size, palette);
    const radius = size < 140 ? 1.7 : 2.3;
    const mine = followed(now);
    const every = Math.ceil(points.length / MOST);
    for (const { x, y, kind, test } of every > 1 ? points.filter((_, index) => index % every === 0) : points) {
      const filled = kind === 1;
      drawPoint(brush, x * size, y * size, radius, {
        square: test,
        fill: kind === 2 ? palette.css.outline : filled ? palette.css.ink : palette.css.surface,
        line: filled ? palette.css.surface : palette.css.ink,
        thick: filled ? 0.8 : 1.1,
      });
    }
    if (now.samples && data.columns.length === 2) {
      const { x: [x0, x1], y: [y0, y1] } = extent(data, predictions);
      for (const [x, y] of now.samples.samples) {
        if (x === null || y === null) continue;
        drawPoint(brush, ((x - x0) / (x1 - x0)) * size, (1 - (y - y0) / (y1 - y0)) * size, radius, { square: false, fill: palette.css.ink, line: palette.css.surface, thick: 0.8 });
      }
    }
    const worst = mistakeOf(now);
    for (const example of [mine, worst]) {
      const point = example === null ? undefined : points[example];
      if (!point) continue;
      drawRing(brush, point.x * size, point.y * size, example === mine ? 6.5 : 9, example === mine ? palette.css.accent : palette.css.ink, palette.css.surface);
      drawPoint(brush, point.x * size, point.y * size, radius, { square: point.test, fill: point.kind === 1 ? palette.css.ink : palette.css.surface, line: palette.css.ink });
    }
    canvas.setAttribute("aria-label", describe(now));
  });

  /** @param {CanvasRenderingContext2D} brush @param {{x: number, y: number}[]} curve @param {number} size @param {import("./palette.js").Palette} palette */
  function line(brush, curve, size, palette) {
    brush.strokeStyle = palette.css.accent;
    brush.lineWidth = 2;
    brush.beginPath();
    curve.forEach(({ x, y }, index) => (index ? brush.lineTo(x * size, y * size) : brush.moveTo(x * size, y * size)));
    brush.stroke();
  }

  /** @param {CanvasRenderingContext2D} brush @param {number} size @param {import("./palette.js").Palette} palette */
  function diagonal(brush, size, palette) {
    brush.strokeStyle = palette.css.outline;
    brush.lineWidth = 1;
    brush.setLineDash([4, 4]);
    brush.beginPath();
    brush.moveTo(0, size);
    brush.lineTo(size, 0);
    brush.stroke();
    brush.setLineDash([]);
    brush.fillStyle = palette.css.muted;
    brush.font = `12px ${getComputedStyle(root).fontFamily}`;
    brush.textBaseline = "alphabetic";
    brush.textAlign = "left";
    brush.fillText("↑ predicted", 6, 14);
    brush.textAlign = "right";
    brush.fillText("true →", size - 6, size - 6);
  }

  canvas.addEventListener("click", (event) => {
    if (!last?.data) return;
    const box = canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    let best = -1;
    let nearest = 14 / box.width;
    pointsOf(last.data, last.predictions, extent(last.data, last.predictions)).forEach((point, index) => {
      const distance = Math.hypot(point.x - x, point.y - y);
      if (distance < nearest) [best, nearest] = [index, distance];
    });
    if (best >= 0) commands.focus(best);
  });
  new ResizeObserver(() => last && draw(last)).observe(root);
  return { root, draw };
}

/** @param {import("../types.js").Store} now */
function describe(now) {
  const { data, predictions } = now;
  if (!data) return "";
  const example = followed(now);
  const wrong = predictions?.correct ? predictions.correct.filter((right) => !right).length : null;
  if (now.samples) return `What the discriminator says over the plane, with ${data.train} real points hollow and ${now.samples.samples.length} generated ones filled${modesIn(now.samples)}.`;
  const what = data.columns.length === 2 ? "The network's answer over the input plane" : data.columns.length === 1 ? "The network's curve" : "Predicted against true values";
  return `${what}, with ${data.train} training and ${data.test} test points${wrong === null ? "" : `, ${wrong} of them wrong`}${example === null ? "" : `; example ${example} is followed`}. Click a point to follow it.`;
}

/** How many modes of the data the generated points reach, as the end of a sentence. @param {any} samples */
const modesIn = ({ modes }) => (modes ? `; they reach ${modes.covered} of ${modes.of} modes` : "");
