/** The tokens of the style sheet as a canvas needs them, read again when the theme changes. */

import { parse, ramp } from "../scale/color.js";

/**
 * @typedef {object} Palette
 * @property {Record<string, string>} css  by token name, resolved
 * @property {import("../draw/edges.js").Ink & {past: string, accent: string, ink: string}} ink
 * @property {import("../draw/edges.js").Ink & {past: string, accent: string, ink: string}} weightInk
 * @property {import("../draw/heatmap.js").Pixels} pixels
 * @property {import("../draw/heatmap.js").Pixels} weightPixels
 * @property {[number, number, number]} field
 */

const NAMES = ["bg", "surface", "sunken", "past", "line", "outline", "ink", "muted", "accent", "on-accent", "accent-soft", "halo", "field", "bad"];
const STOPS = [0, 1, 2, 3];

/** @returns {Palette} */
export function readPalette() {
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);
  const resolve = (/** @type {string} */ name) => {
    probe.style.color = `var(--${name})`;
    const [r, g, b] = parse(getComputedStyle(probe).color);
    return `rgb(${r}, ${g}, ${b})`;
  };
  const css = Object.fromEntries(NAMES.map((name) => [name, resolve(name)]));
  const positive = ramp(STOPS.map((stop) => resolve(`positive-${stop}`)));
  const negative = ramp(STOPS.map((stop) => resolve(`negative-${stop}`)));
  probe.remove();
  const teal = ramp([mix(css.surface, css.accent, 0.3), css.accent]);
  const dark = ramp([mix(css.surface, css.ink, 0.3), css.ink]);
  const common = { outline: css.outline, surface: css.surface, bad: css.bad, halo: css.halo, past: css.past, accent: css.accent, ink: css.ink };
  const flat = { zero: pixel(css.surface), unknown: pixel(css.sunken), bad: pixel(css.bad) };
  return {
    css,
    ink: { positive: positive.css, negative: negative.css, ...common },
    weightInk: { positive: teal.css, negative: dark.css, ...common },
    pixels: { positive: positive.rgba, negative: negative.rgba, ...flat },
    weightPixels: { positive: teal.rgba, negative: dark.rgba, ...flat },
    field: parse(css.field),
  };
}

/**
 * Draws with the palette of the theme, and what was drawn last once more where that changes.
 * @param {(now: import("../types.js").Store, palette: Palette) => void} draw @returns {(now: import("../types.js").Store) => void}
 */
export function themed(draw) {
  let palette = readPalette();
  /** @type {import("../types.js").Store | null} */
  let last = null;
  onTheme(() => {
    palette = readPalette();
    if (last) draw(last, palette);
  });
  return (now) => draw((last = now), palette);
}

/** @param {() => void} changed */
export function onTheme(changed) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

/** @param {string} from @param {string} to @param {number} share */
function mix(from, to, share) {
  const end = parse(to);
  return `rgb(${parse(from).map((value, channel) => Math.round(value + (end[channel] - value) * share)).join(", ")})`;
}

/** @param {string} color */
function pixel(color) {
  const [r, g, b] = parse(color);
  return (255 << 24) | (b << 16) | (g << 8) | r;
}
