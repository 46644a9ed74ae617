/** Pictures of numbers inside a panel: a canvas a pixel a number, with marks over it, and its scale in words. */

import { paintNumbers } from "../draw/blocks.js";
import { PROVISIONAL } from "../scale/decades.js";
import { gradientPixel, valuePixel } from "./blocks.js";
import { h, svg } from "./tree.js";

/** @typedef {{values: (number | null)[], across: number, derivative: boolean, range: [number, number], decades: {lo: number, hi: number}}} Sheet */

/** What each canvas is to show, by its key: painted after the tree is on the page. @type {Map<string, Sheet>} */
const sheets = new Map();

/**
 * @param {object} picture
 * @param {string} picture.key  one of its own on the page
 * @param {(number | null)[]} picture.values  row by row, null while unknown
 * @param {number} picture.across
 * @param {number} picture.width  px
 * @param {number} [picture.height]  px; without it a number is as high as it is wide
 * @param {string} picture.label  what it shows, for those who do not see it
 * @param {boolean} [picture.derivative]
 * @param {[number, number]} [picture.range]  of the field, for values
 * @param {import("../types.js").Legend | null} [picture.legend]
 * @param {number} [picture.margin]  px around it, into which a window may reach
 * @param {{row: number, column: number, rows?: number, columns?: number, kind: string}[]} [picture.marks]
 * @param {((place: number) => void) | null} [picture.choose]
 */
export function picture({ key, values, across, width, height = (width * values.length) / across ** 2, label, derivative = false, range = [0, 1], legend = null, margin = 0, marks = [], choose = null }) {
  const down = values.length / across;
  sheets.set(key, { values, across, derivative, range, decades: legend ?? PROVISIONAL });
  const at = (/** @type {PointerEvent} */ event) => {
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const [row, column] = [Math.floor(((event.clientY - box.top) / box.height) * down), Math.floor(((event.clientX - box.left) / box.width) * across)];
    return Math.max(0, Math.min(down - 1, row)) * across + Math.max(0, Math.min(across - 1, column));
  };
  return h("div", {
    class: `sheet-picture ${choose ? "choosable" : ""}`, role: "img", "aria-label": label, style: { width: `${width}px`, height: `${height}px`, ...(margin ? { margin: `${margin}px` } : {}) },
    onpointerdown: choose ? (/** @type {PointerEvent} */ event) => choose(at(event)) : null,
    onpointermove: choose ? (/** @type {PointerEvent} */ event) => { if (event.buttons & 1) choose(at(event)); } : null,
  },
    h("canvas", { "data-sheet": key, "aria-hidden": "true" }),
    svg("svg", { viewBox: `0 0 ${across} ${down}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      ...marks.map(({ row, column, rows = 1, columns = 1, kind }) => kind === "won"
        ? svg("circle", { class: kind, cx: column + 0.5, cy: row + 0.5, r: 0.22 })
        : svg("rect", { class: kind, x: column, y: row, width: columns, height: rows }))));
}

/** Paint what the tree shows by now. @param {HTMLElement} root @param {import("./palette.js").Palette} palette */
export function paintAll(root, palette) {
  const shown = new Set();
  for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (root.querySelectorAll("canvas[data-sheet]"))) {
    const key = String(canvas.dataset.sheet);
    const sheet = sheets.get(key);
    if (!sheet) continue;
    shown.add(key);
    const { values, across, derivative, range, decades } = sheet;
    const down = values.length / across;
    if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
    const image = new ImageData(across, down);
    paintNumbers(new Uint32Array(image.data.buffer), values, derivative ? gradientPixel(palette, decades) : valuePixel(palette, range), palette.pixels.unknown);
    canvas.getContext("2d")?.putImageData(image, 0, 0);
  }
  for (const key of sheets.keys()) if (!shown.has(key)) sheets.delete(key);
}

/**
 * A picture with its name above and its figures below.
 * @param {(Node | string)[] | string} title @param {Node} shown @param {(Node | string | null)[]} [words]
 */
export const captioned = (title, shown, words = []) => h("figure", { class: "inside-figure" }, h("figcaption", {}, ...(typeof title === "string" ? [title] : title)), shown, ...words);
