/** A sweep: its axes, how far it is, and two heat maps: how much gradient arrives at the first layer, and the loss at the end. */

import { decadesOf } from "../scale/log.js";
import { brief } from "../scale/number.js";
import { step } from "../scale/color.js";
import { watch } from "../store.js";
import { place } from "./element.js";
import { onTheme, readPalette } from "./palette.js";
import { h, show } from "./tree.js";

/** @typedef {import("../types.js").Case} Case */
/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {{field: "first" | "loss", title: string, low: string, high: string}} Measure */

/** @type {Measure[]} */
const MEASURES = [
  { field: "first", title: "median |∂L/∂W| of the first layer, at the end", low: "smaller", high: "larger" },
  { field: "loss", title: "training loss at the end", low: "lower", high: "higher" },
];

/** @param {import("../types.js").Handle<Case>} store @param {Commands} commands */
export function mountSweep(store, commands) {
  const root = place("grid");
  let palette = readPalette();
  const draw = () => show(root, ...body(store.get(), commands, palette));
  watch(store, ({ sweep, catalog, pathology }) => [sweep, catalog, pathology?.net], draw);
  onTheme(() => { palette = readPalette(); draw(); });
}

/** @param {Case} state @param {Commands} commands @param {import("./palette.js").Palette} palette */
function body({ catalog, pathology, schema, sweep: { axes, answer, mine, refused } }, commands, palette) {
  if (!catalog.length || !pathology || !schema) return [];
  const running = answer?.state === "running";
  const of = (/** @type {string} */ family) => catalog.filter((one) => one.family === family);
  const recurrent = pathology.net === "recurrent";
  const activations = schema.properties.activation.enum.map((/** @type {string} */ kind) => ({ kind, title: of("layers").find((one) => one.kind === kind)?.title ?? kind }));
  const remedies = [{ kind: "", title: "untreated" }, ...of("remedies").filter(({ nets }) => nets.includes(pathology.net))];
  const cells = answer?.cells ?? [];
  return [
    h("form", { class: "axes", onsubmit: (/** @type {any} */ event) => { event.preventDefault(); if (!running) commands.sweep(); } },
      h("label", { class: "axis" }, h("span", {}, recurrent ? "moments" : "depths"), h("input", { class: "field", type: "text", autocomplete: "off", value: axes.depths, onchange: (/** @type {any} */ event) => commands.changeAxes({ depths: event.target.value }) })),
      h("label", { class: "axis" }, h("span", {}, "updates"), h("input", { class: "field short", type: "number", min: 1, max: 1000, value: axes.updates, onchange: (/** @type {any} */ event) => commands.changeAxes({ updates: Number(event.target.value) }) })),
      recurrent ? null : choices("activations", "activation", activations, axes.activations, commands),
      choices("initializers", "weights", of("initializers").filter(({ kind }) => kind !== "explicit"), axes.initializers, commands),
      choices("remedies", "remedy", remedies, axes.remedies, commands),
      h("div", { class: "axis-acts" },
        h("button", { type: "submit", class: "button primary", disabled: running }, "Sweep"),
        h("button", { type: "button", class: "button", disabled: !running, onclick: () => commands.cancelSweep() }, "Cancel"),
        h("progress", { max: answer?.of ?? 1, value: answer?.done ?? 0, "aria-label": "Cells done" }),
        h("span", { class: "sweep-says", role: "status" }, says(answer)))),
    mine.length > 1 || (mine.length && mine[0].id !== answer?.id) ? own(mine, answer, commands) : null,
    refused || answer?.said ? h("p", { class: "form-error", role: "alert" }, refused ?? answer.said) : null,
    cells.length ? h("div", { class: "heat-maps" }, ...MEASURES.map((measure) => heatMap(measure, cells, catalog, palette, answer.sweep.base))) : null,
  ];
}

const WORDS = { running: "under way", done: "done", cancelled: "cancelled, what had come is kept", failed: "failed", lost: "lost: the server has forgotten it" };

/** @param {any} answer */
function says(answer) {
  if (!answer) return "not begun";
  return `${answer.done} of ${answer.of} cells · ${WORDS[/** @type {keyof typeof WORDS} */ (answer.state)]}`;
}

/** The sweeps that are kept, to be looked at again: the newest first. @param {any[]} mine @param {any} answer @param {Commands} commands */
function own(mine, answer, commands) {
  const now = mine.map((one) => (one.id === answer?.id ? answer : one)).reverse();
  const unseen = answer && now.some(({ id }) => id === answer.id) ? [] : [h("option", { value: "", selected: true }, "choose one")];
  return h("label", { class: "axis own-sweeps" }, h("span", {}, "your sweeps"),
    h("select", { class: "field", onchange: (/** @type {any} */ event) => event.target.value && commands.showSweep(event.target.value) },
      ...unseen, ...now.map((one) => h("option", { value: one.id, selected: one.id === answer?.id }, gridOf(one)))));
}

/** @param {any} one */
function gridOf({ sweep: { base, depths, updates }, ...one }) {
  return `${base.net === "recurrent" ? "moments" : "depths"} ${depths.join(", ")} · ${updates} ${updates === 1 ? "update" : "updates"} · ${says(one)}`;
}

/** @param {"activations" | "initializers" | "remedies"} axis @param {string} label @param {{kind: string, title: string}[]} entries @param {string[]} chosen @param {Commands} commands */
function choices(axis, label, entries, chosen, commands) {
  const toggle = (/** @type {string} */ kind) => {
    const next = chosen.includes(kind) ? chosen.filter((one) => one !== kind) : [...chosen, kind];
    if (next.length) commands.changeAxes({ [axis]: next });
  };
  return h("div", { class: "axis wide-axis", role: "group", "aria-label": label }, h("span", {}, label),
    h("div", { class: "chips" }, ...entries.map(({ kind, title }) => h("button", { type: "button", class: "chip", "aria-pressed": String(chosen.includes(kind)), onclick: () => toggle(kind) }, title))));
}

/** @param {Measure} measure @param {any[]} cells @param {any[]} catalog @param {import("./palette.js").Palette} palette @param {any} base  the net that was swept */
function heatMap({ field, title, low, high }, cells, catalog, palette, { net }) {
  const depths = [...new Set(cells.map(({ depth }) => depth))].sort((a, b) => a - b);
  const named = (/** @type {string} */ family, /** @type {string | null} */ kind) => catalog.find((one) => one.family === family && one.kind === kind)?.title ?? kind;
  const rows = new Map(cells.map((cell) => [JSON.stringify([cell.activation, cell.initializer, cell.remedy]), cell]));
  const decades = decadesOf([cells.map((cell) => cell[field])], field === "first" ? 2 : 0.5);
  const tint = tinted(field, decades, palette);
  const caption = net === "recurrent" ? title.replace("∂W| of the first layer", "∂h| at the first moment") : title;
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": `Heat map: ${caption}` },
    h("table", { class: "heat" }, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "activation · weights · remedy"), ...depths.map((depth) => h("th", { scope: "col" }, depth)))),
      h("tbody", {}, ...[...rows.entries()].sort(([, a], [, b]) => a.cell - b.cell).map(([, row]) => h("tr", {},
        h("th", { scope: "row" }, [named("layers", row.activation), named("initializers", row.initializer), row.remedy ? named("remedies", row.remedy) : "untreated"].join(" · ")),
        ...depths.map((depth) => {
          const cell = cells.find((one) => one.depth === depth && one.activation === row.activation && one.initializer === row.initializer && one.remedy === row.remedy);
          return h("td", { title: cell?.refused ?? cell?.stopped ?? null }, h("span", { class: "tint", style: { background: cell && !cell.refused ? tint(cell[field]) : "transparent" } }), text(cell, field));
        }))))),
    h("p", { class: "caption heat-legend" }, low, ...[0, 0.25, 0.5, 0.75, 1].map((t) => h("span", { class: "tint", style: { background: tint(10 ** (decades.lo + t * (decades.hi - decades.lo))) } })), `${high}; from ${brief(10 ** decades.lo)} to ${brief(10 ** decades.hi)}, log scale`));
}

/** @param {any} cell @param {"first" | "loss"} field */
function text(cell, field) {
  if (!cell) return "?";
  if (cell.refused) return "refused";
  return cell.stopped ? "diverged" : brief(cell[field]);
}

/** A gradient in the derivatives' own colour; a loss as a field of teal. @param {"first" | "loss"} field @param {{lo: number, hi: number}} decades @param {import("./palette.js").Palette} palette */
function tinted(field, { lo, hi }, palette) {
  return (/** @type {number | null} */ value) => {
    if (value === null || !(value > 0)) return "transparent";
    const t = Math.min(1, Math.max(0, (Math.log10(value) - lo) / (hi - lo)));
    return field === "first" ? palette.ink.positive[step(t)] : `rgb(${palette.field.join(" ")} / ${(0.06 + 0.86 * t).toFixed(3)})`;
  };
}
