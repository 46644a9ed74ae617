/** What blocks wear: a layer's values as fields, their gradients on the legend's scale, and the size of each time step's gradient. */

import { paintNumbers } from "../draw/blocks.js";
import { ordered } from "../layout/blocks.js";
import { alphaOf, rangeOf } from "../scale/field.js";
import { step } from "../scale/color.js";
import { PROVISIONAL } from "../scale/decades.js";
import { isKnown, numberAt } from "../scale/known.js";
import { MARK, magnitude, markOf } from "../scale/signed.js";

/** @typedef {import("../types.js").Store} Store */
/** @typedef {import("../types.js").Column} Column */
/** @typedef {import("../layout/blocks.js").Picture} Picture */
/** @typedef {(number | null)[]} Values  null while unknown */

/** @param {import("./palette.js").Palette} palette @param {import("../scale/signed.js").Decades} decades @returns {(value: number) => number} */
export const gradientPixel = ({ pixels }, decades) => (value) => {
  const mark = markOf(value, decades);
  if (mark === MARK.bad) return pixels.bad;
  return mark === MARK.zero ? pixels.zero : (value < 0 ? pixels.negative : pixels.positive)[step(magnitude(value, decades))];
};

/** @param {import("./palette.js").Palette} palette @param {[number, number]} range @returns {(value: number) => number} */
export const valuePixel = ({ field: [r, g, b], pixels }, range) => (value) =>
  (Number.isFinite(value) ? (Math.round(255 * alphaOf(value, range)) << 24) | (b << 16) | (g << 8) | r : pixels.bad);

export function createBlocks() {
  /** @type {Map<string, {canvas: HTMLCanvasElement, image: ImageData, words: Uint32Array}>} */
  const kept = new Map();

  /** @param {string} key @param {number} across @param {number} down */
  function sheet(key, across, down) {
    const old = kept.get(key);
    if (old && old.canvas.width === across && old.canvas.height === down) return old;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [across, down];
    const image = new ImageData(across, down);
    const made = { canvas, image, words: new Uint32Array(image.data.buffer) };
    kept.set(key, made);
    return made;
  }

  /**
   * @param {string} key @param {Values} values @param {number} across @param {(value: number) => number} color @param {number} unknown
   * @returns {HTMLCanvasElement | null} null where nothing of it is known
   */
  function paint(key, values, across, color, unknown) {
    if (values.every((value) => value === null)) return null;
    const made = sheet(key, across, values.length / across);
    paintNumbers(made.words, values, color, unknown);
    made.canvas.getContext("2d")?.putImageData(made.image, 0, 0);
    return made.canvas;
  }

  /** @param {Store} now @param {import("./palette.js").Palette} palette @param {import("../layout/network.js").NetworkLayout} layout */
  function looks(now, palette, layout) {
    const decades = now.legend ?? PROVISIONAL;
    return (/** @type {number} */ column) => {
      const { graph } = now;
      const pictures = layout.columns[column].pictures ?? [];
      if (!graph) return pictures.map(() => null);
      const own = graph.columns[column];
      const [values, gradients] = [numbersOf(now, own, "values"), numbersOf(now, own, "cotangents")];
      const range = rangeOf(own.activation ?? (own.kind === "sequence" ? "tanh" : null), values.filter((value) => value !== null).map(Number));
      const [teal, signed] = [valuePixel(palette, range), gradientPixel(palette, decades)];
      const unknown = palette.pixels.unknown;
      const [, height, width] = own.shape ?? [];
      return pictures.map(({ what, channel }) => {
        const key = `${column} ${what} ${channel}`;
        if (what === "size" || what === "cell") {
          const sizes = sizesOf(now, own, what === "size" ? "h" : "c");
          return paint(key, sizes, sizes.length, signed, unknown);
        }
        const all = what === "value" ? values : gradients;
        const color = what === "value" ? teal : signed;
        if (own.kind === "images") return paint(key, all.slice(channel * height * width, (channel + 1) * height * width), width, color, unknown);
        const units = own.hidden ?? Number(own.shape?.[own.shape.length - 1]);
        const steps = all.length / units;
        return paint(key, all.map((_, at) => all[(at % steps) * units + Math.floor(at / steps)]), steps, color, unknown);
      });
    };
  }

  return { looks };
}

/**
 * A block's numbers in the order of its spots, null where the program has not come to them.
 * @param {Store} now @param {Column} column @param {"values" | "cotangents"} field
 * @returns {Values}
 */
export function numbersOf(now, column, field) {
  const nodes = column.moments?.length ? ordered(column.moments).map(({ h }) => h) : [column.post];
  const size = column.moments?.length ? Number(column.hidden) : column.units;
  return nodes.flatMap((node) => ofNode(now, node, size, field));
}

/** The size of the gradient at each time step's hidden state, or cell state. @param {Store} now @param {Column} column @param {"h" | "c"} state @returns {Values} */
export function sizesOf(now, column, state) {
  return ordered(column.moments ?? []).map((moment) => {
    const node = moment[state];
    const own = node === null ? [null] : ofNode(now, node, Number(column.hidden), "cotangents");
    return own.some((value) => value === null) ? null : Math.hypot(...own.map(Number));
  });
}

/** @param {Store} now @param {number} node @param {number} size @param {"values" | "cotangents"} field @returns {Values} */
function ofNode({ graph, frame }, node, size, field) {
  const made = graph?.nodes.find(({ id }) => id === node);
  const numbers = frame?.fields[field][node];
  const known = made && numbers && isKnown(frame, field === "values" ? made.value_at : made.cotangent_at);
  return Array.from({ length: size }, (_, at) => (known ? numberAt(numbers, at) : null));
}
