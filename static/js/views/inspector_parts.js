/** The pieces of the inspector: a number with its symbol, a fact, an activation's curve with its tangent. */

import { h, svg } from "./tree.js";
import { mathOf } from "../mathml.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { isKnown } from "../scale/known.js";
import { columnOf } from "../layout/target.js";

/** @typedef {import("./inspector.js").Seen} Seen */
/** @typedef {{symbol?: string | null, value: number | null, ref?: string | null}} Quantity */

/** A number in its fixed box; the power of ten stands on a line of its own, so that nothing shifts. @param {number | null} value @param {boolean} known */
export function digits(value, known) {
  if (!known) return h("span", { class: "digits unknown" }, "?");
  if (value === null) return h("span", { class: "digits bad" }, "not finite");
  const [mantissa, power] = format(value).split(" · ");
  return h("span", { class: mantissa.length > 7 ? "digits long" : "digits" }, mantissa, power && h("span", { class: "power" }, ` · ${power}`));
}

/**
 * A symbol with its number. Derivatives wear a bar in the colour of their sign and size; a tile whose number stands elsewhere too can be pinned.
 * @param {Seen} seen @param {Quantity} quantity @param {{derivative?: boolean, known?: boolean, class?: string}} [how]
 */
export function tile(seen, { symbol, value, ref }, { derivative = false, known = true, class: more = "" } = {}) {
  const attributes = {
    class: `tile-number ${derivative ? "derivative" : ""} ${derivative && letters(symbol) > 7 ? "tight" : ""} ${known ? "" : "unknown"} ${more}`.replace(/ +/g, " ").trim(),
    style: derivative && known ? { "--shade": shade(value, seen.scale) } : {},
  };
  const inside = [derivative && h("span", { class: known && value === null ? "bar bad" : value === 0 ? "bar zero" : "bar" }), h("span", { class: "symbol" }, mathOf(symbol)), digits(value, known)];
  if (!ref) return h("span", attributes, ...inside);
  const said = known ? (value === null ? "not finite" : format(value)) : "not computed yet";
  return h("button", { ...attributes, type: "button", "data-ref": ref, "aria-label": `${spoken(ref, seen)}: ${said}` }, ...inside);
}

/** How many letters a symbol has, those of its indices among them. @param {string | null} [symbol]  MathML */
export const letters = (symbol) => (symbol ?? "").replace(/<[^>]*>/g, "").length;

/** A number that stands for itself, without a box. @param {number | null} value @param {boolean} is  known @param {string} [text]  what is written in its place */
export const plain = (value, is, text) => h("span", { class: `tile-number plain ${is ? "" : "unknown"}` }, text ? h("span", { class: "digits" }, text) : digits(value, is));

/** @param {import("../types.js").Commands} commands */
export const close = (commands) => h("button", { type: "button", class: "button icon quiet", "aria-label": "Unpin", title: "Unpin", onclick: () => commands.unpin() }, "×");

/** @param {string} label @param {Node | string | null} value @param {Node | null} [mark] */
export const fact = (label, value, mark = null) => h("div", { class: "fact" }, h("dt", {}, label), h("dd", {}, mark, value));

/** What a reference is, in words. @param {string} ref @param {Seen} seen */
export function spoken(ref, { graph }) {
  const [kind, rest] = [ref.slice(0, ref.indexOf(":")), ref.slice(ref.indexOf(":") + 1)];
  if (kind === "parameter") return `weight ${rest}`;
  if (kind === "gradient") return `gradient of ${rest}`;
  const [, node, unit] = /^(\d+)\[(?:\d+,)*(\d+)\]/.exec(rest) ?? [];
  const column = graph?.columns[columnOf(graph, Number(node))];
  if (kind === "slope") return column ? `local slope at ${column.texts[Number(unit)]}` : "local slope of the loss";
  const name = column ? (String(column.post) === node ? column.texts[Number(unit)] : `the sum of ${column.texts[Number(unit)]}`) : `node ${rest}`;
  return kind === "cotangent" ? `gradient arriving at ${name}` : `value of ${name}`;
}

/**
 * Whether a quantity is known where the program stands.
 * @param {Seen} seen @param {string | null | undefined} ref
 */
export function known({ graph, state }, ref) {
  if (!graph || !state || !ref) return false;
  const [kind, rest] = [ref.slice(0, ref.indexOf(":")), ref.slice(ref.indexOf(":") + 1)];
  if (kind === "parameter") return true;
  if (kind === "gradient") return isKnown(state.position, graph.parameters.find(({ name }) => rest.startsWith(`${name}[`))?.gradient_at ?? null);
  const node = graph.nodes.find(({ id }) => String(id) === rest.split("[")[0]);
  if (!node) return false;
  if (kind === "cotangent") return isKnown(state.position, node.cotangent_at);
  // a slope is that of its op, and known with what the op gives
  return ["input", "target", "noise", "constant"].includes(node.role) ? begun(state) : isKnown(state.position, node.value_at);
}

/**
 * Whether a gradient can be told where the program stands: training computes it, or else the server says that all that it is made of is there.
 * @param {Seen} seen @param {{ref: string | null, known?: boolean}} quantity
 */
export function told(seen, { ref, known: said }) {
  const node = ref?.startsWith("cotangent:") ? seen.graph?.nodes.find(({ id }) => String(id) === ref.slice(10).split("[")[0]) : null;
  return node?.cotangent_at === null ? Boolean(said) : known(seen, ref);
}

/** @param {import("../types.js").State} state */
const begun = ({ position }) => position.update > 0 || position.instruction > 0;

/**
 * An activation's curve, the point on it, and the line of its slope there.
 * @param {{x: (number | null)[], y: (number | null)[], at: {x: number, y: number | null, slope: number | null}}} curve
 * @param {{width: number, height: number, label: string}} box
 */
export function plot({ x, y, at }, { width, height, label }) {
  const points = x.map((value, index) => [value, y[index]]).filter((pair) => pair.every((value) => value !== null && Number.isFinite(value)));
  const xs = points.map(([value]) => Number(value));
  const ys = points.map(([, value]) => Number(value));
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(0, ...ys), Math.max(0, ...ys)];
  const pad = 4;
  const px = (/** @type {number} */ value) => pad + ((value - left) / (right - left || 1)) * (width - 2 * pad);
  const py = (/** @type {number} */ value) => height - pad - ((value - low) / (high - low || 1)) * (height - 2 * pad);
  const line = xs.map((value, index) => `${px(value).toFixed(1)},${py(ys[index]).toFixed(1)}`).join(" ");
  const inside = at.y !== null && at.slope !== null;
  const reach = (right - left) / 6;
  const steep = inside ? Math.abs(Number(at.slope)) * ((height - 2 * pad) / (high - low || 1)) / ((width - 2 * pad) / (right - left || 1)) : 0;
  const half = reach / Math.sqrt(1 + steep * steep);
  return svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    svg("line", { class: "axis", x1: pad, x2: width - pad, y1: py(0), y2: py(0) }),
    svg("line", { class: "axis", x1: px(0), x2: px(0), y1: pad, y2: height - pad }),
    svg("polyline", { class: "curve", points: line }),
    inside && svg("line", { class: "tangent", x1: px(at.x - half), y1: py(Number(at.y) - half * Number(at.slope)), x2: px(at.x + half), y2: py(Number(at.y) + half * Number(at.slope)) }),
    inside && svg("circle", { class: "point", cx: px(at.x), cy: py(Number(at.y)), r: 3 }));
}
