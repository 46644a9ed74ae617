/** A gradient proved by hand: two forward passes, the slope between them, and how its error falls and rises with the step. */

import { h, svg } from "./tree.js";
import { BOX, nearest, placeOn, valley } from "../layout/valley.js";
import { format, powerOfTen, superscript } from "../scale/number.js";
import { shared } from "../scale/shared.js";
import { check } from "./inspector_check.js";
import { tile } from "./inspector_parts.js";

/** @typedef {import("./inspector.js").Seen} Seen */

/** @type {import("./inspector_sections.js").Section} */
export const proofSection = { name: "proof", label: "proof", title: "The gradient measured by two forward passes, with a step of your choice", view: proofView };

const DIGITS = { float64: 16, float32: 8 };

/** @param {Seen} seen @param {any} found @param {any} detail @returns {(Node | null)[]} */
function proofView(seen, found, detail) {
  const { sweep, best } = detail;
  const place = seen.held.h === undefined ? best : sweep.findIndex((/** @type {any} */ step) => step.h >= seen.held.h * 0.999);
  const step = sweep[place < 0 ? best : place];
  return [
    h("p", { class: "proof-sentence" }, `Two forward passes with ${detail.example === null ? "the batch" : `example ${detail.example}`}, this number moved by h to each side:`),
    sum(detail, step),
    h("p", { class: "regime", role: "status" }, step.sentence),
    chart(seen, detail, step),
    slider(seen, sweep, sweep.indexOf(step)),
    check(detail.check),
    corner(seen, detail.check),
  ];
}

/** The two losses and what is made of them. @param {any} detail @param {any} step */
function sum({ gradient, against, relative, precision, check: measured }, step) {
  const [above, below] = shared(step.above, step.below, DIGITS[/** @type {"float64" | "float32"} */ (precision)]);
  const row = (/** @type {any} */ name, /** @type {any} */ value, /** @type {string} */ kind = "") => h("div", { class: kind }, h("dt", {}, name), h("dd", {}, value));
  const loss = (/** @type {{same: string, rest: string}} */ { same, rest }) => [h("span", { class: "same" }, same), h("b", {}, rest)];
  return h("dl", { class: "difference" },
    row("L(w + h)", loss(above)),
    row("L(w − h)", loss(below)),
    row("their difference / 2h", format(step.slope, 9), "line"),
    row(against === "backpropagation" ? "backpropagation" : "best measurement", format(against === "backpropagation" ? gradient : measured.difference, 9)),
    row(relative ? "relative error" : "error", format(step.error, 2), "line"));
}

/** @param {Seen} seen @param {any} detail @param {any} chosen */
function chart({ commands }, { sweep, theory, gradient, relative, best, check: measured }, chosen) {
  const size = relative ? Math.abs(gradient ?? measured.difference) : 1;
  const { dots, lines, ticks, powers } = valley(sweep, theory, size);
  const at = dots[sweep.indexOf(chosen)];
  const known = dots.filter(({ kind }) => kind !== "none");
  const choose = (/** @type {any} */ event) => {
    const box = event.currentTarget.getBoundingClientRect();
    commands.hold("h", sweep[nearest(sweep, ((event.clientX - box.left) / box.width) * BOX.width)].h);
  };
  return h("figure", { class: "valley" },
    svg("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", "aria-label": spoken(sweep[best], theory), onclick: choose },
      ...ticks.flatMap(({ power, y }) => [svg("line", { class: "grid", x1: BOX.left, x2: BOX.right, y1: y, y2: y }), svg("text", { x: BOX.left - 4, y: y + 4, "text-anchor": "end" }, powerOfTen(power))]),
      ...powers.map(({ power, x }) => svg("text", { x: Math.min(x, BOX.right - 6), y: BOX.height - 8, "text-anchor": "middle" }, powerOfTen(power))),
      svg("line", { class: "cursor", x1: at.x, x2: at.x, y1: BOX.top, y2: BOX.bottom }),
      ...lines.map(({ name, x1, y1, x2, y2 }) => svg("line", { class: `theory ${name}`, x1, y1, x2, y2 })),
      ...lines.map(named),
      svg("polyline", { class: "measured", points: known.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ") }),
      ...known.map(({ x, y, kind }) => svg("circle", { class: `dot ${kind}`, cx: x.toFixed(1), cy: y.toFixed(1), r: 1.7 })),
      at.kind === "none" ? null : svg("circle", { class: "ring", cx: at.x, cy: at.y, r: 5 })),
    h("figcaption", {}, `${relative ? "relative error" : "error"} against h; dashed: what theory says${dots.some(({ kind }) => kind === "kink") ? "; hollow: the step passes a kink" : ""}`));
}

/** The name of a regime beside its line. @param {import("../layout/valley.js").Line} line */
function named(line) {
  const left = line.name === "rounding";
  const y = BOX.top + (left ? 10 : 26);
  const x = placeOn(line, y) + (left ? 6 : -6);
  return svg("text", { class: "regime-name", x: left ? Math.min(x, BOX.right - 96) : Math.max(x, BOX.left + 96), y: y + 2, "text-anchor": left ? "start" : "end" }, left ? "round-off, 1 / h" : "truncation, h²");
}

/** @param {any} best @param {any} theory */
const spoken = (best, theory) => `The error of the finite difference against its step, on logarithmic scales. It is least, ${format(best.error, 2)}, at h = ${format(best.h, 2)}${theory.h ? `; theory expects that at ${format(theory.h, 2)}` : ""}.`;

/** @param {Seen} seen @param {any[]} sweep @param {number} place */
function slider({ commands }, sweep, place) {
  const power = Math.log10(sweep[place].h);
  return h("div", { class: "step-slider" },
    h("input", {
      type: "range", min: 0, max: sweep.length - 1, step: 1, value: place, "aria-label": "Step h", "aria-valuetext": `h = ${format(sweep[place].h, 2)}`,
      oninput: (/** @type {any} */ event) => commands.hold("h", sweep[Number(event.target.value)].h),
    }),
    h("output", {}, Number.isInteger(power) ? `h = ${powerOfTen(power)}` : `h = ${(sweep[place].h / 10 ** Math.floor(power)).toFixed(1)} · 10${superscript(Math.floor(power))}`));
}

/** At a corner: the slopes on both sides, and the one that is taken. @param {Seen} seen @param {any} verdict */
function corner(seen, { corner: found, gradient }) {
  if (!found) return null;
  const side = (/** @type {string} */ name, /** @type {number | null} */ value) => h("div", {}, h("dt", {}, name), h("dd", {}, tile(seen, { value }, { derivative: true })));
  return h("dl", { class: "corner" }, side("to the left", found.left.slope), side("to the right", found.right.slope), side("taken", gradient));
}
