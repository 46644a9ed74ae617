/** What neurons wear: their surface over the input plane, else their value as a shade; a picture's pixels; a long layer as one strip. */

import { contour, drawSegments, paintField } from "../draw/field.js";
import { alphaOf, rangeOf } from "../scale/field.js";
import { numberAt } from "../scale/known.js";
import { followed, valueKnown } from "./scene.js";

/** @typedef {import("../types.js").Graph} Graph */

const CORNER = 4.5;

export function createTiles() {
  /** @type {Map<string, HTMLCanvasElement>} */
  const fields = new Map();
  /** @type {Map<number, HTMLCanvasElement>} */
  const strips = new Map();

  /** What is still to be painted, one unit after the other. @type {(() => void)[]} */
  let waiting = [];
  let kept = "";

  /**
   * Take a new surface: every unit's field is to be painted anew, by `paint`.
   * @param {Graph} graph @param {import("../types.js").Surface | null} surface
   * @param {import("./palette.js").Palette} palette @param {{width: number, height: number}} size  px of one tile
   */
  function take(graph, surface, palette, size) {
    const ratio = Math.min(2, devicePixelRatio || 1);
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    const shape = `${graph.revision} ${width} ${height} ${palette.css.ink} ${graph.columns.map(({ post, units }) => `${post}:${units}`)}`;
    if (shape !== kept || !surface) fields.clear();
    kept = shape;
    waiting = !surface ? [] : graph.columns.flatMap(({ post, units, activation }, column) => {
      const grids = surface.nodes[post] ?? (column === 0 && graph.task?.kind !== "gan" ? planes(surface.resolution) : []); // a game begins with noise
      const level = activation === "sigmoid" && column > 0 ? 0.5 : 0;
      return grids.slice(0, units).map((grid, unit) => () => {
        const canvas = fields.get(`${column} ${unit}`) ?? blank(width, height, CORNER * ratio);
        const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
        brush.clearRect(0, 0, width, height);
        spread(brush, field(grid, surface.resolution, rangeOf(column === 0 ? null : activation, grid), palette.field), width, height);
        drawSegments(brush, contour(grid, surface.resolution, level), { x: 0, y: 0, width, height }, palette.css.ink, 0.9 * ratio);
        fields.set(`${column} ${unit}`, canvas);
      });
    });
  }

  /** Paint fields for a few milliseconds, and at least one. @param {number} budget  ms @returns {boolean} whether some are left */
  function paint(budget) {
    const end = performance.now() + budget;
    do waiting.shift()?.();
    while (waiting.length && performance.now() < end);
    return waiting.length > 0;
  }

  /**
   * @param {import("../types.js").Store} now @param {import("./palette.js").Palette} palette
   * @param {import("../layout/network.js").NetworkLayout} layout
   * @returns {(column: number, unit: number) => CanvasImageSource | string | null}
   */
  function looks(now, palette, layout) {
    const { graph, frame, data, surface } = now;
    return (column, unit) => {
      if (!graph || !frame || !valueKnown(graph, frame, column)) return null;
      const { post, activation, units } = graph.columns[column];
      const picture = fields.get(`${column} ${unit}`);
      if (picture && surface) return picture;
      const numbers = frame.fields.values[post];
      if (!numbers) return null;
      const values = Array.from({ length: units }, (_, index) => numberAt(numbers, index));
      const range = rangeOf(column === 0 ? null : activation, values);
      if (unit >= 0) return shade(values[unit], range, palette.field);
      const image = layout.columns[column].kind === "image" ? data?.image : null;
      const example = image ? data?.inputs[followed(now) ?? -1] : null;
      return image && example ? strip(column, example, image.width, [0, image.max], palette.field) : strip(column, values, 1, range, palette.field);
    };
  }

  /** @param {number} column @param {number[]} values @param {number} across @param {[number, number]} range @param {[number, number, number]} color */
  function strip(column, values, across, range, [r, g, b]) {
    const canvas = strips.get(column) ?? document.createElement("canvas");
    strips.set(column, canvas);
    const height = Math.ceil(values.length / across);
    if (canvas.width !== across || canvas.height !== height) [canvas.width, canvas.height] = [across, height];
    const pixels = new ImageData(across, height);
    values.forEach((value, index) => pixels.data.set([r, g, b, 255 * alphaOf(value, range)], 4 * index));
    canvas.getContext("2d")?.putImageData(pixels, 0, 0);
    return canvas;
  }

  return { take, paint, looks };
}

/** @param {number} value @param {[number, number]} range @param {[number, number, number]} color */
const shade = (value, range, [r, g, b]) => (Number.isFinite(value) ? `rgba(${r}, ${g}, ${b}, ${alphaOf(value, range).toFixed(3)})` : null);

/** A canvas with round corners. @param {number} width @param {number} height @param {number} corner */
function blank(width, height, corner) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const brush = canvas.getContext("2d");
  brush?.roundRect(0, 0, width, height, corner);
  brush?.clip();
  return canvas;
}

/** @type {HTMLCanvasElement | null} */
let small = null;
let pixels = new ImageData(1, 1);

/** A field of one pixel a number, to be drawn somewhere at once: the next one takes its place. @param {Float32Array} grid @param {number} resolution @param {[number, number]} range @param {[number, number, number]} color */
export function field(grid, resolution, range, color) {
  small ??= document.createElement("canvas");
  if (small.width !== resolution || pixels.width !== resolution) {
    small.width = small.height = resolution;
    pixels = new ImageData(resolution, resolution);
  }
  paintField(pixels.data, grid, resolution, range, color);
  small.getContext("2d")?.putImageData(pixels, 0, 0);
  return small;
}

/**
 * Stretch a field over a box so that its outermost numbers lie on the box's edges, as the grid's do on the plane's.
 * @param {CanvasRenderingContext2D} brush @param {HTMLCanvasElement} picture @param {number} width @param {number} height
 */
export function spread(brush, picture, width, height) {
  brush.imageSmoothingEnabled = true;
  brush.imageSmoothingQuality = "high";
  brush.drawImage(picture, 0.5, 0.5, picture.width - 1, picture.height - 1, 0, 0, width, height);
}

/** The two inputs over their own plane: one rises to the right, the other upwards. @param {number} resolution */
function planes(resolution) {
  const across = new Float32Array(resolution ** 2);
  const up = new Float32Array(resolution ** 2);
  for (let at = 0; at < across.length; at += 1) {
    across[at] = (at % resolution) / (resolution - 1) * 2 - 1;
    up[at] = Math.floor(at / resolution) / (resolution - 1) * 2 - 1;
  }
  return [across, up];
}
