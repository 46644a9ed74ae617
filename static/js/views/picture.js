/** An example that is an image, as a small canvas: paper to teal, a pixel a number. */

import { element } from "./element.js";

/**
 * @param {{height: number, width: number, max: number}} image
 * @param {(number | null)[]} values  from 0 to the image's darkest; what lies outside is drawn as the nearer end
 * @param {[number, number, number]} color
 */
export function picture({ height, width, max }, values, [r, g, b]) {
  const canvas = element("canvas", { width, height, "aria-hidden": "true" });
  const pixels = new ImageData(width, height);
  values.forEach((value, at) => pixels.data.set([r, g, b, Math.round(235 * Math.min(1, Math.max(0, (value ?? 0) / max)))], 4 * at));
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  return canvas;
}
