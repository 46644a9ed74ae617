/** An update as one step: what the gradient promised, what the step delivered, and the loss along it. */

import { h, svg } from "./tree.js";
import { mathOf } from "../mathml.js";
import { BOX, descent } from "../layout/descent.js";
import { format } from "../scale/number.js";
import { close } from "./inspector_parts.js";

/** @typedef {import("./inspector.js").Seen} Seen */

/** @param {Seen} seen @param {any} found @returns {(Node | null)[]} */
export function stepView({ commands }, found) {
  const { when, optimizer, sentence, curve, rule, doc, lines } = found;
  return [
    h("header", { class: "inspector-head" },
      h("h2", {}, when === "done" ? "The last step" : "This update's step"),
      h("p", { class: "inspector-names" }, optimizer),
      close(commands)),
    h("p", { class: "inspector-sentence" }, sentence),
    curve ? chart(found) : null,
    readout(found),
    curve ? h("p", { class: "caption" }, rule) : null,
    h("section", { class: "step-lines", "aria-label": `How ${optimizer} makes its step` },
      h("h3", {}, `How ${optimizer} makes it`),
      h("p", { class: "caption" }, doc),
      h("ol", { class: "ladder worked" }, ...lines.map((/** @type {any} */ line, /** @type {number} */ index) => lineView(line, index)))),
    when === "unknown" ? null : h("p", { class: "caption" }, "Pin a weight and choose update to see these lines with its numbers."),
  ];
}

/** @param {any} line @param {number} index */
function lineView({ instruction, formula, says, ran, current }, index) {
  return h("li", { class: `rung ${current ? "current" : ""} ${ran ? "" : "ahead"}`, "aria-current": current ? "step" : null },
    h("div", { class: "rung-head" }, h("b", {}, String(index + 1)), instruction === null ? h("span", {}, says) : h("button", { type: "button", class: "rung-title", "data-ref": `op:${instruction}`, title: "Show this op's formula" }, says)),
    h("div", { class: "worked-numbers", tabindex: "0", role: "group", "aria-label": says }, mathOf(formula)));
}

/** @param {any} found */
function chart({ curve, before, after, promised, when, sentence }) {
  const { x, y, path, tangent, levels } = descent(curve, { before, after, promised });
  const [start, end] = levels;
  const text = (/** @type {number} */ px, /** @type {number} */ py, /** @type {string} */ anchor, /** @type {string} */ words, kind = "") => svg("text", { class: kind, x: px, y: py, "text-anchor": anchor }, words);
  const at = (/** @type {number} */ t) => curve.loss[curve.t.findIndex((/** @type {number} */ each) => Math.abs(each - t) < 1e-9)] ?? null;
  const inside = (/** @type {number} */ py) => py >= BOX.top && py <= BOX.bottom;
  const dot = (/** @type {string} */ kind, /** @type {number} */ t, /** @type {number | null} */ loss, /** @type {number} */ r) => (loss !== null && inside(y(loss)) ? svg("circle", { class: kind, cx: x(t), cy: y(loss), r }) : null);
  const aim = promised === null || before === null ? null : Math.max(BOX.top, Math.min(BOX.bottom, y(before + promised)));
  return h("figure", { class: "descent" },
    svg("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", "aria-label": `The loss along the step. ${sentence}` },
      svg("clipPath", { id: "descent-frame" }, svg("rect", { x: BOX.left, y: BOX.top, width: BOX.right - BOX.left, height: BOX.bottom - BOX.top })),
      ...levels.map((level) => level && inside(level.y) && svg("line", { class: "grid", x1: BOX.left, x2: BOX.right, y1: level.y, y2: level.y })),
      svg("line", { class: "landing", x1: x(1), x2: x(1), y1: BOX.top, y2: BOX.bottom }),
      ...levels.map((level) => level && inside(level.y) && text(BOX.left - 7, level.text + 4, "end", format(level.value))),
      text(x(0), BOX.height - 8, "start", "no step"), text(x(1), BOX.height - 8, "middle", when === "done" ? "this step" : "the step", "strong"), text(x(2), BOX.height - 8, "end", "twice"),
      svg("g", { "clip-path": "url(#descent-frame)" },
        tangent && svg("line", { class: "tangent", ...tangent }),
        svg("path", { class: "curve", d: path })),
      aim !== null && end && svg("line", { class: "miss", x1: x(1), x2: x(1), y1: aim, y2: Math.max(BOX.top, Math.min(BOX.bottom, end.y)) }),
      dot("sample", 0.5, at(0.5), 2.6), dot("sample", 2, at(2), 2.6),
      start && dot("start", 0, start.value, 4),
      end && dot(when === "done" ? "point" : "point hollow", 1, end.value, 6)),
    h("figcaption", {}, "the loss of this batch along the step, a forward pass each; straight: what the gradient promises"));
}

/** @param {any} found */
function readout({ before, after, promised, delivered, share, when, examples, rate }) {
  const done = when === "done";
  const row = (/** @type {string} */ name, /** @type {number | null} */ value, /** @type {string} */ kind = "", /** @type {string} */ text = format(value, 5)) =>
    h("div", { class: kind }, h("dt", {}, name), h("dd", {}, when === "unknown" || when === "heavy" ? "?" : value === null ? "not finite" : text));
  return h("dl", { class: "difference" },
    row(`loss of ${examples === 1 ? "this example" : `these ${examples} examples`} before`, before),
    row(done ? "and after the step" : "and after the step, when made", after),
    row(done ? "promised, g · Δw" : "promises, g · Δw", promised, "line"),
    row(done ? "delivered" : "will deliver", delivered),
    row("delivered / promised", share, "", format(share, 4)),
    rate === null ? null : row("rate η", rate, "line", format(rate, 4)));
}
