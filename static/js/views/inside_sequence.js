/** A recurrent layer unrolled: a column a time step, with states, gates and gradients as they are, and what each step adds to a shared matrix. */

import { rangeOf } from "../scale/field.js";
import { isKnown } from "../scale/known.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { PROVISIONAL } from "../scale/decades.js";
import { sizesChart, sumChart } from "./inside_charts.js";
import { picture } from "./inside_pictures.js";
import { h } from "./tree.js";

/** @typedef {{node: number, value: (number | null)[], gradient: (number | null)[] | null, size: number | null, stopped: boolean}} State  `stopped` where no gradient ever arrives */
/** @typedef {{t: number, way: string, cut: boolean, x: State, h: State, c: State | null, gates: Record<string, State>}} Moment  `cut` where the gradient is stopped between the step before and this one */
/** @typedef {{t: number, way: string, at: number | null, size: number | null, running: number | null, left: number | null, part: any}} Share */

/** Px of a time step's column, at least and at most. */
const COLUMN = { least: 62, most: 104, names: 130 };

/** @param {import("./inside.js").Looking} looking @param {any} found @returns {(Node | null)[]} */
export function sequenceView({ now, commands, width }, found) {
  const { inside, graph, frame, legend } = now;
  const scale = legend ?? PROVISIONAL;
  const way = found.moments.some((/** @type {Moment} */ one) => one.way === inside.way) ? inside.way : "";
  /** @type {Moment[]} */
  const moments = found.moments.filter((/** @type {Moment} */ one) => one.way === way);
  const unit = Math.min(inside.unit, found.units - 1);
  const known = (/** @type {number} */ node, /** @type {"value_at" | "cotangent_at"} */ what) => isKnown(frame, graph?.nodes.find(({ id }) => id === node)?.[what] ?? null);
  const column = Math.max(COLUMN.least, Math.min(COLUMN.most, Math.floor((width - COLUMN.names) / (moments.length + 1))));
  const standing = stepOf(now, found.scope, way);

  /** @param {string} name @param {(moment: Moment) => Node | string | null} cell @param {{title?: string, sum?: Node | string | null, more?: string}} [how] */
  const row = (name, cell, { title = "", sum = null, more = "" } = {}) => h("tr", { class: more },
    h("th", { scope: "row", title: title || null }, name),
    ...moments.map((moment) => h("td", { class: `${moment.t === standing ? "now" : ""} ${moment.cut ? "cut-before" : ""}`.trim() }, cell(moment))),
    h("td", { class: "sum" }, sum));
  const value = (/** @type {State} */ state, bounded = false) => {
    const number = state.value[unit];
    if (!known(state.node, "value_at")) return unknown();
    return h("span", { class: "cell-value" }, number === null ? "not finite" : format(number, 3),
      bounded && number !== null && h("i", { class: "gate", style: { "--t": String(Math.max(0, Math.min(1, number))) } }));
  };
  const gradient = (/** @type {State} */ state, /** @type {number | null | undefined} */ number) => {
    if (state.stopped) return h("span", { class: "cell-value stopped", title: "A truncation stops the gradient before it comes here" }, "cut off");
    if (!known(state.node, "cotangent_at")) return unknown();
    return h("span", { class: "cell-value derivative", style: { "--shade": shade(number, scale) } }, h("span", { class: number === 0 ? "bar zero" : "bar" }), h("span", {}, ...stacked(number)));
  };
  const strip = (/** @type {string} */ key, /** @type {State} */ state, /** @type {string} */ what, derivative = false) => {
    const done = known(state.node, derivative ? "cotangent_at" : "value_at") && !(derivative && state.stopped);
    const values = (derivative ? state.gradient : state.value) ?? [];
    return picture({ key, values: done ? values : values.map(() => null), across: values.length, width: column - 10, height: 12, label: done ? what : `${what}: not computed yet`, derivative, legend, range: rangeOf(key.startsWith("h") ? "tanh" : null, values.map(Number)) });
  };
  const gates = Object.keys(moments[0].gates);
  const all = { moments, found, scale, known, column };
  return [
    h("p", { class: "inside-sentence" }, known(moments[0].h.node, "cotangent_at") || moments.some(({ h: state }) => state.stopped) ? found.sentence : "The gradient has not come back to the first time step yet: step on, and watch it go from right to left.", ` Example ${found.example}.`),
    choices(now, commands, found, way, gates.length > 0),
    h("div", { class: "table-scroll unrolled-scroll", tabindex: "0", role: "group", "aria-label": `${found.title} unrolled over ${found.steps} time steps` },
      h("table", { class: "unrolled", style: { "--column": `${column}px` } },
        h("caption", {}, `Each column is the same cell at another time step. Numbers are those of unit ${unit + 1} of ${found.units}; strips have all units.`, moments.some(({ cut }) => cut) ? " At a dashed line the gradient is stopped: truncation." : ""),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "t"), ...moments.map(({ t }) => h("th", { scope: "col", class: t === standing ? "now" : "" }, String(t))), h("th", { scope: "col", class: "sum" }, "Σ"))),
        h("tbody", {},
          row("x", ({ t, x }) => strip(`x ${way} ${t}`, x, `what is read at step ${t}`), { title: "what is read" }),
          ...(inside.gates ? gates.map((name) => row(name, ({ gates: { [name]: state } }) => value(state, name !== "candidate"), { title: name === "candidate" ? "what would be written" : "a gate: 0 is shut, 1 is open" })) : []),
          found.states.includes("c") ? row("c", ({ c }) => c && value(c), { title: "cell state" }) : null,
          row("h", (moment) => h("span", { class: "cell-pair" }, strip(`h ${way} ${moment.t}`, moment.h, `hidden state at step ${moment.t}`), value(moment.h)), { title: "hidden state" }),
          row("∂L/∂h", (moment) => h("span", { class: "cell-pair" }, strip(`dh ${way} ${moment.t}`, moment.h, `gradient at the hidden state of step ${moment.t}`, true), gradient(moment.h, moment.h.gradient?.[unit])), { title: "the gradient arriving at the hidden state" }),
          found.states.includes("c") ? row("∂L/∂c", ({ c }) => c && gradient(c, c.gradient?.[unit])) : null,
          h("tr", { class: "chart-row" }, h("th", { scope: "row" }, "‖∂L/∂h‖", found.states.includes("c") ? h("span", { class: "dotted" }, "‖∂L/∂c‖") : null, h("span", { class: "caption" }, "log scale")), h("td", { colspan: moments.length + 1 }, sizesChart(all))),
          row("‖∂L/∂h‖", ({ h: state }) => gradient(state, state.size)),
          found.states.includes("c") ? row("‖∂L/∂c‖", ({ c }) => c && gradient(c, c.size)) : null,
          ...shares({ now, commands, found, moments, way, scale, row, column })))),
  ];
}

/** The stack of contributions to the chosen parameter, added up from the last step back. @param {any} given @returns {(Node | null)[]} */
function shares({ now, commands, found, moments, way, scale, row, column }) {
  const { inside, legend, frame } = now;
  const shared = found.shared.find((/** @type {any} */ one) => one.rows[0]?.part && (one.rows[0].way === way)) ?? found.shared.find((/** @type {any} */ one) => one.name === wanted(inside, found));
  if (!shared) return [];
  const byStep = new Map(shared.rows.map((/** @type {Share} */ one) => [one.t, one]));
  const across = shared.shape.length > 1 ? shared.shape[1] : shared.shape[0];
  const flat = (/** @type {any} */ part) => /** @type {(number | null)[]} */ (part.flat());
  const total = shared.total ? flat(shared.total) : null;
  const element = Number(Math.min(inside.element ?? largest(total ?? []), (total?.length ?? 1) - 1));
  const place = shared.shape.length > 1 ? [Math.floor(element / across), element % across] : [element];
  const address = `${shared.name}[${place.join(",")}]`;
  const back = inside.cut ?? shared.rows.length;
  const cut = shared.rows[back - 1];
  const done = (/** @type {Share} */ one) => isKnown(frame, one.at);
  const each = (/** @type {Moment} */ { t }) => byStep.get(t);
  const number = (/** @type {number | null} */ size) => h("span", { class: "cell-value derivative", style: { "--shade": shade(size, scale) } }, h("span", { class: size === 0 ? "bar zero" : "bar" }), h("span", {}, ...stacked(size)));
  const left = cut.size === null || !shared.size || cut.left === null ? null : cut.left / shared.size;
  const whole = shared.rows.every(done);
  const dead = (/** @type {Share} */ one) => shared.rows.indexOf(one) >= back;
  const cell = (/** @type {Moment} */ moment, /** @type {(one: Share) => Node} */ make) => {
    const one = each(moment);
    return !one || !done(one) ? unknown() : h("span", { class: dead(one) ? "cut" : "" }, make(one));
  };
  const share = (/** @type {string} */ key, /** @type {any} */ part, /** @type {string} */ label) => picture({
    key, values: flat(part), across, width: column - 10, height: shared.shape.length > 1 ? 40 : 10, label, derivative: true, legend,
    marks: [{ row: shared.shape.length > 1 ? place[0] : 0, column: element % across, kind: "at" }], choose: (chosen) => commands.choose({ element: chosen }),
  });
  return [
    h("tr", { class: "divider" }, h("th", { scope: "row", colspan: 2 }, `What each step adds to ∂L/∂${shared.name}`), h("td", { colspan: moments.length },
      h("span", { class: "caption" }, `${shared.rows.length} parts, the same matrix each time, added from the last step back. Σ is the whole gradient${whole ? `, ‖·‖ = ${format(shared.size, 3)}` : ", not computed yet"}.`))),
    total && row("part", (/** @type {Moment} */ moment) => cell(moment, (one) => share(`part ${way} ${one.t}`, one.part, `what step ${one.t} adds to the gradient of ${shared.name}`)), { sum: whole ? share("part total", shared.total, `the whole gradient of ${shared.name}`) : unknown() }),
    row("‖part‖", (/** @type {Moment} */ moment) => cell(moment, (one) => number(one.size)), { sum: whole ? number(shared.size) : unknown() }),
    row("‖sum so far‖", (/** @type {Moment} */ moment) => cell(moment, (one) => number(one.running)), { title: "of this step and all later ones" }),
    total && h("tr", { class: "chart-row" }, h("th", { scope: "row" }, address, h("button", { type: "button", class: "link small", onclick: () => { commands.pin(`parameter:${address}`); commands.setSection("uses"); } }, "Pin it")),
      h("td", { colspan: moments.length + 1 }, sumChart({ rows: shared.rows, moments, of: (/** @type {Share} */ one) => flat(one.part)[element], total: total[element], done, dead, scale, name: address, column }))),
    total && row("its part", (/** @type {Moment} */ moment) => cell(moment, (one) => number(flat(one.part)[element])), { sum: whole ? number(total[element]) : unknown() }),
    h("tr", { class: "divider" }, h("th", { scope: "row", colspan: 2 }, "Truncate"), h("td", { colspan: moments.length },
      h("label", { class: "cut-choice" }, h("input", { type: "range", min: 1, max: shared.rows.length, step: 1, value: back, "aria-label": "Steps back after which the gradient is cut", oninput: (/** @type {any} */ event) => commands.choose({ cut: Number(event.target.value) }) }),
        h("span", {}, !whole ? "the gradient is not whole yet" : back === shared.rows.length ? "not cut: all steps" : `cut after ${back} ${back === 1 ? "step" : "steps"} back: ‖∂L/∂${shared.name}‖ is ${format(cut.running, 3)} instead of ${format(shared.size, 3)}${left === null ? "" : `, off by ${(100 * left).toPrecision(2)} % of it`}`)))),
  ];
}

/** @param {import("../types.js").Store} now @param {import("../types.js").Commands} commands @param {any} found @param {string} way @param {boolean} gated */
function choices({ inside }, commands, found, way, gated) {
  const ways = [...new Set(found.moments.map((/** @type {Moment} */ one) => one.way))];
  const names = found.shared.map((/** @type {any} */ { name }) => name);
  return h("div", { class: "inside-choices" },
    h("label", {}, "unit ", h("input", { type: "number", class: "input", min: 1, max: found.units, value: Math.min(inside.unit, found.units - 1) + 1, oninput: (/** @type {any} */ event) => commands.choose({ unit: Math.max(0, Math.min(found.units, Number(event.target.value) || 1) - 1) }) })),
    h("div", { class: "segments", role: "group", "aria-label": "Whose gradient is added up" },
      ...names.map((/** @type {string} */ name) => h("button", { type: "button", "data-text": name, "aria-pressed": String(name === wanted(inside, found)), onclick: () => commands.choose({ of: name, element: null, way: name.includes("_back") ? "back" : "" }) }, name))),
    gated ? h("label", { class: "sheet-box" }, h("input", { type: "checkbox", checked: inside.gates, onchange: (/** @type {any} */ event) => commands.choose({ gates: event.target.checked }) }), "unfold the gates") : null,
    ways.length > 1 ? h("span", { class: "caption" }, way ? "read backwards" : "read onwards") : null);
}

/** @param {any} inside @param {any} found */
const wanted = (inside, found) => inside.of ?? found.parameter;

/** @param {(number | null)[]} values */
function largest(values) {
  const sizes = values.map((value) => Math.abs(value ?? 0));
  return Math.max(0, sizes.indexOf(Math.max(...sizes)));
}

/** The time step at which the program stands. @param {import("../types.js").Store} now @param {string} scope  of the layer @param {string} way */
function stepOf({ graph, frame }, scope, way) {
  const one = graph && frame && frame.instruction > 0 ? graph.instructions[frame.instruction - 1] : null;
  const at = one && one.node !== null ? (graph?.nodes.find(({ id }) => id === one.node)?.scope ?? "") : "";
  const found = at.startsWith(`${scope}/`) ? /\/t=(\d+)(_back)?/.exec(at) : null;
  return found && (found[2] ?? "").slice(1) === way ? Number(found[1]) + 1 : null;
}

const unknown = () => h("span", { class: "cell-value unknown", "aria-label": "not computed yet" }, "?");

/** A number on two lines where it has a power of ten. @param {number | null | undefined} value */
function stacked(value) {
  if (value === null || value === undefined) return ["not finite"];
  const [mantissa, power] = format(value, 3).split(" · ");
  return power ? [mantissa, h("small", {}, `·${power}`)] : [mantissa];
}
