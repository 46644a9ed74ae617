/** Colours as tables of 256 steps, mixed linearly between a theme's four stops. */

/** @typedef {{css: string[], rgba: Uint32Array}} Ramp */

const STEPS = 256;

/** @param {string} color  #rgb, #rrggbb, rgb(…) or color(srgb …) @returns {[number, number, number]} */
export function parse(color) {
  const text = color.trim();
  if (text.startsWith("#")) {
    const hex = text.length === 4 ? [...text.slice(1)].map((digit) => digit + digit).join("") : text.slice(1);
    const [r, g, b] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
    return [r, g, b];
  }
  const parts = (text.match(/[\d.]+(?:e-?\d+)?/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
  return /** @type {[number, number, number]} */ (text.startsWith("color(") ? parts.map((part) => Math.round(part * 255)) : parts);
}

/** @param {string[]} stops @returns {Ramp} */
export function ramp(stops) {
  const colors = stops.map(parse);
  const css = [];
  const rgba = new Uint32Array(STEPS);
  for (let index = 0; index < STEPS; index += 1) {
    const at = (index / (STEPS - 1)) * (colors.length - 1);
    const low = Math.min(colors.length - 2, Math.floor(at));
    const [r, g, b] = colors[low].map((value, channel) => Math.round(value + (colors[low + 1][channel] - value) * (at - low)));
    css.push(`rgb(${r}, ${g}, ${b})`);
    rgba[index] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return { css, rgba };
}

/** @param {number} t  0…1 */
export const step = (t) => Math.round(t * (STEPS - 1));
