/** A formula as its graph: a box for each value, with the number that it has and the gradient that arrives there; a wire for each reading, coloured by what it carries back. */

import { h, show, svg } from "./tree.js";
import { element } from "./element.js";
import { watch } from "../store.js";
import { layoutFormula } from "../layout/formula.js";
import { isKnown, numberAt } from "../scale/known.js";
import { PROVISIONAL } from "../scale/decades.js";
import { MARK, magnitude, markOf, widthOf } from "../scale/signed.js";
import { format, formatShort } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { readTarget } from "../layout/target.js";

/** @typedef {import("../layout/formula.js").Box} Box */

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountFormula(root, store, commands) {
  const picture = element("div", { class: "formula-graph", hidden: true });
  root.append(picture);
  /** @type {import("../layout/formula.js").FormulaLayout | null} */
  let layout = null;

  function build() {
    const { graph } = store.get();
    const mine = graph?.task?.kind === "expression";
    picture.hidden = !mine;
    root.toggleAttribute("data-formula", Boolean(mine));
    layout = mine && graph ? layoutFormula(graph, { width: root.clientWidth, height: root.clientHeight }) : null;
    draw();
  }

  function draw() {
    const now = store.get();
    if (!layout) return show(picture);
    const { wires, boxes, width, height } = layout;
    const scale = now.legend ?? PROVISIONAL;
    return show(picture,
      svg("svg", { width, height, "aria-hidden": "true" }, ...wires.map((wire) => drawWire(now, wire, scale))),
      h("ol", { class: "formula-boxes", style: { width: `${width}px`, height: `${height}px` } }, ...boxes.map((one) => drawBox(now, one, scale))));
  }

  /** @param {import("../types.js").Store} now @param {Box} box @param {{lo: number, hi: number}} scale */
  function drawBox({ frame, pinned, hover, graph }, box, scale) {
    const size = layout?.size ?? { width: 0, height: 0 };
    const started = Boolean(frame && (frame.update > 0 || frame.instruction > 0));
    const loss = box.kind === "loss";
    const value = loss ? frame?.fields.scalars?.loss : frame?.fields.values?.[box.node];
    const known = box.kind === "number" || box.kind === "parameter" || (box.kind === "data" ? started : isKnown(frame, box.valueAt));
    const parameter = box.kind === "parameter" ? frame?.fields.parameters?.[readTarget(box.target)?.name ?? ""] : null;
    const shown = known ? formatShort(numberAt(parameter ?? value ?? undefined, 0)).replace(/^\+/, "") : "?";
    const arrived = !loss && box.slopes && isKnown(frame, box.cotangentAt);
    const gradient = arrived ? numberAt(frame?.fields.cotangents?.[box.node], 0) : NaN;
    const now = graph && frame && frame.instruction > 0 ? graph.instructions[frame.instruction - 1] : null;
    const here = Boolean(now?.computes.some(({ node }) => node === box.node));
    const lit = pinned?.target === box.target || hover?.targets.some((target) => readTarget(target)?.name === String(box.node));
    const words = `${box.says ? `${box.name} = ${box.says}` : box.name}: ${known ? shown : "not computed yet"}${box.slopes && !loss ? `, gradient ${arrived ? format(gradient) : "not computed yet"}` : ""}`;
    return h("li", { style: { left: `${box.x}px`, top: `${box.y}px`, width: `${size.width}px`, height: `${size.height}px` } },
      h("button", {
        type: "button", class: "formula-box", "data-kind": box.kind, "data-known": known ? "yes" : "no", "data-here": here ? "yes" : null, "data-lit": lit ? "yes" : null, "data-node": box.node,
        disabled: loss || box.kind === "number" || box.kind === "data", "aria-label": words, title: words, onclick: () => commands.pin(box.target),
      },
      h("span", { class: "formula-name" }, h("b", {}, box.name), box.sign ? h("i", {}, box.sign) : null),
      h("span", { class: "formula-value" }, shown),
      box.slopes && !loss ? h("span", { class: "formula-slope" }, h("i", { class: arrived ? (gradient === 0 ? "bar zero" : "bar") : "bar unknown", style: arrived ? { "--shade": shade(gradient, scale) } : {} }), arrived ? formatShort(gradient) : "?") : null));
  }

  new ResizeObserver(build).observe(root);
  watch(store, ({ graph }) => [graph], build);
  watch(store, (now) => [now.frame, now.legend, now.pinned, now.hover], draw);
}

/** @param {import("../types.js").Store} now @param {import("../layout/formula.js").Wire} wire @param {{lo: number, hi: number}} scale */
function drawWire({ frame }, { key, at, path }, scale) {
  if (!key) return svg("path", { d: path, class: "wire plain" });
  const number = frame && isKnown(frame, at) ? numberAt(frame.fields.flows?.[key], 0) : null;
  if (number === null) return svg("path", { d: path, class: "wire unknown" });
  const mark = markOf(number, scale);
  if (mark === MARK.zero) return svg("path", { d: path, class: "wire zero" });
  const width = mark === MARK.bad ? 2 : widthOf(magnitude(number, scale));
  return svg("path", { d: path, class: "wire", style: { stroke: shade(number, scale), "stroke-width": `${width.toFixed(2)}px` }, "stroke-dasharray": number < 0 ? "9 3" : null });
}
