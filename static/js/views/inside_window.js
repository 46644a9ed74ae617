/** A layer that moves a window: the window with its numbers, a kernel's gradient as a sum over places, a pixel's by the kernel turned round, and the pixel that won. */

import { pair, placeOf } from "../layout/inside.js";
import { isKnown } from "../scale/known.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { PROVISIONAL } from "../scale/decades.js";
import { captioned, picture } from "./inside_pictures.js";
import { backTable, poolTable, windowTable } from "./inside_numbers.js";
import { h } from "./tree.js";

const WIDE = 168;
const KERNEL = 84;

/** @param {import("./inside.js").Looking} looking @param {any} found @returns {(Node | null)[]} */
export function windowView({ now, commands, width }, found) {
  const { graph, frame, legend, inside } = now;
  const known = (/** @type {number} */ node, /** @type {"value_at" | "cotangent_at"} */ what) => isKnown(frame, graph?.nodes.find(({ id }) => id === node)?.[what] ?? null);
  const input = graph?.nodes.find(({ id }) => id === found.input.node);
  const done = { x: input?.role === "input" || known(found.input.node, "value_at"), y: known(found.output.node, "value_at"), dy: known(found.output.node, "cotangent_at"), dW: false };
  const parameter = graph?.parameters.find(({ name }) => name === found.parameter);
  done.dW = isKnown(frame, parameter?.gradient_at ?? null);
  const flat = (/** @type {any} */ rows) => /** @type {(number | null)[]} */ (rows.flat());
  const [xs, ys] = [flat(found.input.value), flat(found.output.value)];
  const all = [...xs, ...ys, ...(found.kernel ? flat(found.kernel.value) : [])].map((value) => Math.abs(value ?? 0));
  const most = Math.max(...all) || 1;
  const [across, outAcross] = [found.input.value[0].length, found.output.value[0].length];
  const px = Math.min(WIDE, width - 24);
  const [row, column] = found.at;
  const corner = { row: row * found.stride - found.padding, column: column * found.stride - found.padding };
  const window = { ...corner, rows: found.size, columns: found.size, kind: "window" };
  const place = { row, column, kind: "at" };
  /** @param {string} key @param {(number | null)[]} values @param {number} wide @param {number} width_ @param {boolean} is @param {string} label @param {any} [more] */
  const show = (key, values, wide, width_, is, label, more = {}) => picture({ key, values: is ? values : values.map(() => null), across: wide, width: width_, label: is ? label : `${label}: not computed yet`, range: inside.shared ? [-most, most] : ownRange(values), legend, ...more });
  const at = (/** @type {number} */ chosen) => commands.choose({ at: pair(chosen, outAcross) });
  const pixel = { row: found.pixel[0], column: found.pixel[1], kind: "at" };
  const pooled = !found.kernel;
  const won = (found.winners ?? []).map((/** @type {number[]} */ [down, aside]) => ({ row: down, column: aside, kind: "won" }));
  const toPixel = (/** @type {number} */ chosen) => commands.choose(pooled ? { at: pair(Math.min(ys.length - 1, Math.floor(Math.floor(chosen / across) / found.stride) * outAcross + Math.min(outAcross - 1, Math.floor((chosen % across) / found.stride))), outAcross) } : { pixel: pair(chosen, across) });
  const scale = legend ?? PROVISIONAL;
  return [
    h("p", { class: "inside-sentence" }, sentence(found), ` Example ${found.example}.`),
    controls(now, commands, found, { across, outAcross }),
    h("h3", { class: "inside-heading" }, "Forward"),
    h("div", { class: "inside-columns" },
      captioned(`${pooled ? "channel" : "input, channel"} ${found.channel + 1}`, show("window x", xs, across, px, done.x, `What is read, channel ${found.channel + 1}`, { margin: (found.padding * px) / across, marks: [window, ...(pooled ? won : [])], choose: pooled ? toPixel : null })),
      pooled ? null : captioned(`kernel of filter ${found.filter + 1}`, show("window w", flat(found.kernel.value), found.size, KERNEL, true, `The kernel of filter ${found.filter + 1}`, { marks: [{ row: found.tap[0], column: found.tap[1], kind: "at" }], choose: (/** @type {number} */ chosen) => commands.choose({ tap: pair(chosen, found.size) }) })),
      captioned(pooled ? "what is passed on" : `z, filter ${found.filter + 1}`, show("window y", ys, outAcross, (px * outAcross) / Math.max(across, outAcross), done.y, "What comes out", { marks: [place], choose: at })),
      !done.y ? h("p", { class: "muted" }, "Not computed yet: step on to it.") : pooled ? poolTable(found) : windowTable(found)),
    h("p", { class: "caption" }, inside.shared ? `One field for all values: white is ${format(-most, 3)}, teal ${format(most, 3)}. ` : "Each picture's values fill its own field. ", "Gradients are on the legend's scale."),
    h("h3", { class: "inside-heading" }, "Backward"),
    h("div", { class: "inside-columns" },
      captioned(pooled ? "∂L/∂y arrives" : `∂L/∂z arrives, filter ${found.filter + 1}`, show("window dy", flat(found.output.gradient), outAcross, (px * outAcross) / Math.max(across, outAcross), done.dy, "The gradient that arrives", { derivative: true, marks: [place], choose: at })),
      pooled ? null : captioned(["∂L/∂z × x under ", h("b", {}, `w[${found.tap.join(",")}]`), ", place by place"], show("window places", flat(found.places), outAcross, (px * outAcross) / Math.max(across, outAcross), done.dW, "What each place adds to the gradient of one element of the kernel", { derivative: true }),
        [h("p", { class: "adds" }, `Σ of ${ys.length} places ${found.adds} ${done.dW ? format(found.total) : "?"}`, done.dW ? h("i", { class: "bar", style: { "--shade": shade(found.total, scale) } }) : null),
          h("button", { type: "button", class: "link small", onclick: () => { commands.pin(`parameter:${found.parameter}[${found.filter},${found.channel - found.first},${found.tap.join(",")}]`); commands.setSection("uses"); } }, "Pin this weight")]),
      pooled ? null : captioned("∂L/∂kernel", show("window dw", flat(found.kernel.gradient), found.size, KERNEL, done.dW, "The gradient of the kernel", { derivative: true, marks: [{ row: found.tap[0], column: found.tap[1], kind: "at" }], choose: (/** @type {number} */ chosen) => commands.choose({ tap: pair(chosen, found.size) }) })),
      pooled ? null : captioned("kernel turned round", show("window turned", flat(found.kernel.value).reverse(), found.size, KERNEL, true, "The kernel turned round by half a turn")),
      captioned("∂L/∂x goes back", show("window dx", flat(found.input.gradient), across, px, done.dy, "The gradient of what is read", { derivative: true, marks: pooled ? [window, ...won] : [pixel], choose: toPixel })),
      pooled ? null : done.dy ? backTable(found) : h("p", { class: "muted" }, "No gradient has come back to this layer yet.")),
  ];
}

/** @param {any} found */
function sentence(found) {
  const step = found.stride > 1 ? ` It moves ${found.stride} at a time.` : "";
  if (found.kind === "max_pool") return `${found.title}: each window of ${found.size} × ${found.size} passes on its largest number, and the whole gradient goes back to that one pixel (ringed); the others get 0.${step}`;
  if (found.kind === "average_pool") return `${found.title}: each window of ${found.size} × ${found.size} passes on its mean, and each of its pixels gets 1 ∕ ${found.size ** 2} of the gradient back.${step}`;
  return `${found.title}: the same kernel weighs every window, so its gradient is a sum over all places, and a pixel's gradient comes from all windows that saw it.${step}`;
}

/** From minus to plus the largest size. @param {(number | null)[]} values @returns {[number, number]} */
function ownRange(values) {
  const most = Math.max(...values.map((value) => Math.abs(value ?? 0))) || 1;
  return [-most, most];
}

/** Every choice by keyboard: which filter and channel, and where the window, the element and the pixel are. @param {import("../types.js").Store} now @param {import("../types.js").Commands} commands @param {any} found @param {{across: number, outAcross: number}} sides */
function controls({ inside }, commands, found, { across, outAcross }) {
  const count = (/** @type {string} */ name, /** @type {"filter" | "channel"} */ key, /** @type {number} */ most) => most < 2 ? null : h("label", {}, `${name} `, h("input", { type: "number", class: "input", min: 1, max: most, value: found[key] + 1, oninput: (/** @type {any} */ event) => commands.choose({ [key]: Math.max(1, Math.min(most, Number(event.target.value) || 1)) - 1, at: null, tap: null, pixel: null }) }));
  const scrub = (/** @type {string} */ name, /** @type {"at" | "tap" | "pixel"} */ key, /** @type {number} */ wide, /** @type {number} */ total) => h("label", { class: "scrub" }, h("span", {}, `${name} ${found[key].map((/** @type {number} */ one) => one + 1).join(", ")}`),
    h("input", { type: "range", min: 0, max: total - 1, step: 1, value: placeOf(found[key].join(), wide), "aria-label": `${name}, row by row`, "aria-valuetext": `row ${found[key][0] + 1}, column ${found[key][1] + 1}`, oninput: (/** @type {any} */ event) => commands.choose({ [key]: pair(Number(event.target.value), wide) }) }));
  const pooled = !found.kernel;
  return h("div", { class: "inside-choices" },
    count(pooled ? "channel" : "filter", "filter", found.filters), pooled ? null : count("channel", "channel", found.channels),
    scrub("window at", "at", outAcross, found.output.value.length * outAcross),
    pooled ? null : scrub("element", "tap", found.size, found.size ** 2),
    pooled ? null : scrub("pixel", "pixel", across, found.input.value.length * across),
    h("label", { class: "sheet-box" }, h("input", { type: "checkbox", checked: inside.shared, onchange: (/** @type {any} */ event) => commands.choose({ shared: event.target.checked }) }), "one scale"));
}
