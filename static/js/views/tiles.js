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

  /**
   * Paint every unit's field anew; once per surface, not per frame.
   * @param {Graph} graph @param {import("../types.js").Surface | null} surface
   * @param {import("./palette.js").Palette} palette @param {{width: number, height: number}} size  px of one tile
   */
  function paint(graph, surface, palette, size) {
    fields.clear();
    if (!surface) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    const { resolution } = surface;
    graph.columns.forEach(({ post, units, activation }, column) => {
      const grids = surface.nodes[post] ?? (column === 0 ? planes(resolution) : null);
      for (let unit = 0; grids && unit < units; unit += 1) {
        const canvas = document.createElement("canvas");
        canvas.width = Math.round(size.width * ratio);
        canvas.height = Math.round(size.height * ratio);
        const brush = canvas.getContext("2d");
        if (!brush || !grids[unit]) continue;
        const range = rangeOf(column === 0 ? null : activation, grids[unit]);
        brush.roundRect(0, 0, canvas.width, canvas.height, CORNER * ratio);
        brush.clip();
        spread(brush, field(grids[unit], resolution, range, palette.field), canvas.width, canvas.height);
        const level = activation === "sigmoid" && column > 0 ? 0.5 : 0;
        drawSegments(brush, contour(grids[unit], resolution, level), { x: 0, y: 0, width: canvas.width, height: canvas.height }, palette.css.ink, 0.9 * ratio);
        fields.set(`${column} ${unit}`, canvas);
      }
    });
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

  return { paint, looks };
}

/** @param {number} value @param {[number, number]} range @param {[number, number, number]} color */
const shade = (value, range, [r, g, b]) => (Number.isFinite(value) ? `rgba(${r}, ${g}, ${b}, ${alphaOf(value, range).toFixed(3)})` : null);

/** @param {Float32Array} grid @param {number} resolution @param {[number, number]} range @param {[number, number, number]} color */
export function field(grid, resolution, range, color) {
  const small = document.createElement("canvas");
  small.width = small.height = resolution;
  const pixels = new ImageData(resolution, resolution);
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
