/** The latent map: each training example's mean as a mark of its class, the followed one ringed with its spread as an ellipse, and the point that is decoded. */

import { square } from "../layout/latent.js";
import { format, lowered } from "../scale/number.js";
import { h, svg } from "./tree.js";

const SIZE = 352;
const MARGIN = 22;

/** @typedef {import("../types.js").Charting} Charting */

/** @param {any} map @param {any} decoded @param {Charting} charting @param {import("../types.js").Commands} commands @returns {Element[]} */
export function chart(map, decoded, charting, commands) {
  const { points, labels, classes, axes, ranges, followed, of, units } = map;
  const placed = square(axes.map((/** @type {number} */ axis) => ranges[axis]), SIZE, MARGIN);
  const rows = classes?.length ?? 1;
  const row = (/** @type {string | null} */ label) => (units > 1 || !classes ? placed.y(0) : MARGIN + ((SIZE - 2 * MARGIN) * (classes.indexOf(label) + 0.5)) / rows);
  const y = (/** @type {number[]} */ point, /** @type {string | null} */ label) => (units > 1 ? placed.y(point[1]) : row(label));
  const shown = charting.shown ?? followed.label;
  const letter = (/** @type {string} */ label) => (label.length === 1 ? label : String(classes.indexOf(label) + 1));
  const ring = axes.map((/** @type {number} */ axis) => followed.mean[axis]);
  const spread = axes.map((/** @type {number} */ axis) => followed.spread[axis]);
  const [cx, cy] = [placed.x(ring[0]), y(ring, followed.label)];
  const z = charting.z && !decoded.refused ? axes.map((/** @type {number} */ axis) => charting.z?.[axis] ?? decoded.mean[axis]) : null;
  const named = (/** @type {number} */ axis) => (units > 1 ? `μ${lowered(axis + 1)}` : "μ");
  const take = (/** @type {PointerEvent} */ event) => {
    const area = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const found = placed.at((event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height);
    const next = [...(charting.z ?? decoded.mean)];
    axes.forEach((/** @type {number} */ axis, /** @type {number} */ place) => { next[axis] = found[place]; });
    commands.chart({ z: next });
  };
  const drawn = points.map((/** @type {number[]} */ point, /** @type {number} */ example) => {
    if (point.some((each) => each === null)) return null;
    const label = labels?.[example] ?? null;
    const [px, py] = [placed.x(point[0]), y(point, label)];
    const title = svg("title", {}, `example ${example}${label === null ? "" : `, class ${label}`}: ${point.map((each) => format(each, 3)).join(", ")}`);
    const kind = label !== null && label === shown ? "point shown" : "point";
    return label === null ? svg("circle", { class: kind, cx: px.toFixed(1), cy: py.toFixed(1), r: 2.5 }, title) : svg("text", { class: kind, x: px.toFixed(1), y: (py + 4).toFixed(1) }, letter(label), title);
  });
  const label = `Map of ${points.length} training examples: ${named(axes[0])} across${units > 1 ? `, ${named(axes[1])} up` : ""}. Example ${followed.example} lies at ${ring.map((/** @type {number} */ each) => format(each, 3)).join(", ")}, with spread ${spread.map((/** @type {number} */ each) => format(each, 3)).join(", ")}. The sliders of the decoder choose another point.`;
  return [
    svg("svg", { class: "latent-map", viewBox: `0 0 ${SIZE} ${SIZE}`, width: SIZE, height: SIZE, role: "img", "aria-label": label, onpointerdown: decoded.refused ? null : take, onpointermove: decoded.refused ? null : (/** @type {PointerEvent} */ event) => { if (event.buttons & 1) take(event); } },
      svg("rect", { class: "frame", x: 0.5, y: 0.5, width: SIZE - 1, height: SIZE - 1, rx: 6 }),
      svg("path", { class: "zero", d: `M${placed.x(0)},${MARGIN}V${SIZE - MARGIN}${units > 1 ? `M${MARGIN},${placed.y(0)}H${SIZE - MARGIN}` : ""}` }),
      units > 1 && svg("ellipse", { class: "prior", cx: placed.x(0), cy: placed.y(0), rx: placed.across(1), ry: placed.up(1) }),
      svg("ellipse", { class: "spread", cx, cy, rx: placed.across(spread[0]), ry: units > 1 ? placed.up(spread[1]) : 7 }),
      ...drawn,
      svg("circle", { class: "ring", cx, cy, r: 9 }),
      z && svg("path", { class: "chosen", d: `M${placed.x(z[0])},${(units > 1 ? placed.y(z[1]) : cy) - 9}v18m-9,-9h18` }),
      ...ends(axes, ranges, units)),
    ...(classes ? [h("div", { class: "latent-classes", role: "group", "aria-label": "A class brought out in the map" }, ...classes.map((/** @type {string} */ each) => h("button", { type: "button", class: "chip", "aria-pressed": String(each === shown), onclick: () => commands.chart({ shown: charting.shown === each ? null : each }) },
      each.length === 1 ? each : `${letter(each)} ${each}`)))] : []),
    h("p", { class: "caption muted" }, `${points.length === of ? `All ${of.toLocaleString("en-GB")}` : `The first ${points.length.toLocaleString("en-GB")} of ${of.toLocaleString("en-GB")}`} training examples by their mean, as the network is now. Ringed: the followed one, with σ as an ellipse. ${units > 1 ? "Dotted: one standard deviation of what the divergence pulls to. " : ""}Press on the map to decode a point of it.`),
  ];
}

/** The axes' names and ends. @param {number[]} axes @param {[number, number][]} ranges @param {number} units */
function ends(axes, ranges, units) {
  const text = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ words, /** @type {string} */ anchor) => svg("text", { class: "axis", x, y, "text-anchor": anchor }, words);
  const [left, right] = ranges[axes[0]];
  const across = [text(MARGIN, SIZE - 7, format(left, 1), "middle"), text(SIZE - MARGIN, SIZE - 7, format(right, 1), "middle"), text(SIZE / 2, SIZE - 7, units > 1 ? `μ${lowered(axes[0] + 1)}` : "μ", "middle")];
  if (units < 2) return across;
  const [bottom, top] = ranges[axes[1]];
  return [...across, text(6, SIZE - MARGIN, format(bottom, 1), "start"), text(6, MARGIN + 4, format(top, 1), "start"), text(6, SIZE / 2 + 4, `μ${lowered(axes[1] + 1)}`, "start")];
}
