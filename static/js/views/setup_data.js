/** Where the examples come from: thumbnails of real points, the dataset's own fields, and what of each example the network sees. */

import { h, svg } from "./tree.js";
import { exchange, fieldsOf } from "./forms_schema.js";
import { idOf, row, rows, words } from "./forms.js";
import { entryFor } from "./setup_rules.js";
import { percent } from "../scale/number.js";

/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./forms.js").Entry} Entry */

const SIZE = 40;
const PAD = 5;
const FEW = 12;

/** @param {Setup} setup */
export function dataSection(setup) {
  const { catalog, spec } = setup;
  const all = catalog.filter(({ family }) => family === "datasets");
  const open = all.filter(({ prominent }) => prominent);
  const more = all.filter(({ prominent }) => !prominent);
  const entry = entryFor(catalog, "datasets", spec.data.kind);
  return h("fieldset", { class: "setup-part" },
    h("legend", {}, "Data"),
    h("div", { class: "tiles", "data-path": "data" }, ...open.map((one) => tile(setup, one))),
    h("details", { class: "fold more", open: more.some(({ kind }) => kind === spec.data.kind) },
      h("summary", {}, "more data, or your own"),
      h("div", { class: "tiles" }, ...more.sort((a, b) => Number(Boolean(b.thumbnail)) - Number(Boolean(a.thumbnail))).map((one) => tile(setup, one))),
      h("label", { class: "link file" }, "Bring a CSV file…",
        h("input", { type: "file", class: "unseen", accept: ".csv,.tsv,.txt,text/csv", onchange: (/** @type {any} */ event) => bring(setup, event.target) }))),
    words(setup, "data"),
    goal(setup),
    h("details", { class: "fold", "data-key": `data ${spec.data.kind}` },
      h("summary", { class: "caption" }, summary(spec.data, entry)),
      entry && h("p", { class: "caption" }, entry.description),
      ...(entry ? rows(setup, "data", entry.schema, spec.data) : [])),
    chips(setup));
}

/** Take the file that was chosen; the same one can be chosen again once it is put right. @param {Setup} setup @param {HTMLInputElement} field */
function bring({ upload }, field) {
  const [file] = field.files ?? [];
  if (file) upload(file);
  field.value = "";
}

/** Which column of one's own table is to be predicted. @param {Setup} setup */
function goal({ spec, now: { table }, upload, ...form }) {
  if (!table || spec.data.kind !== table.data.kind || spec.data.inputs.length !== table.data.inputs.length) return null;
  const pick = (/** @type {any} */ event) => upload(table.file, String(event.target.selectedIndex));
  return row({ ...form, errors: {}, notes: {} }, "data.target", "predict", h("select", { id: idOf("data.target"), class: "field", onchange: pick },
    ...table.columns.map(({ name, role }) => h("option", { selected: role === "target" }, name))), "The column that the network learns to predict from the others");
}

/** @param {Setup} setup @param {Entry} entry */
function tile({ spec, catalog, build }, entry) {
  const chosen = entry.kind === spec.data.kind;
  const pick = () => {
    if (chosen) return;
    const original = entryFor(catalog, "datasets", spec.data.kind)?.defaults;
    build({ ...spec, features: null, data: exchange(entry, spec.data, original) });
  };
  return h("button", {
    type: "button", class: entry.thumbnail ? "tile" : "tile words", "aria-pressed": String(chosen), "aria-label": entry.title, title: `${entry.title}: ${entry.description}`,
    "data-key": entry.kind, onclick: pick,
  }, entry.thumbnail ? thumbnail(entry.thumbnail) : entry.title);
}

/** The first points of the dataset itself, hollow and filled by class. @param {[number, number, number][]} points */
function thumbnail(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const reach = Math.max(right - left, high - low) || 1;
  const scale = (SIZE - 2 * PAD) / reach;
  const at = (/** @type {number} */ value, /** @type {number} */ from, /** @type {number} */ to) => SIZE / 2 + (value - (from + to) / 2) * scale;
  return svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, "aria-hidden": "true" },
    ...points.map(([x, y, label]) => svg("circle", { class: label ? "filled" : "hollow", cx: at(x, left, right).toFixed(1), cy: (SIZE - at(y, low, high)).toFixed(1), r: 1.4 })));
}

/** two moons · 200 rows · noise 0.1 · 20 % test @param {any} data @param {Entry | null} entry */
function summary(data, entry) {
  const said = entry ? fieldsOf(entry.schema).flatMap(({ name, shape, label }) => {
    const value = data[name];
    if (typeof value !== "number") return [];
    if (label.endsWith(" share")) return value ? [`${percent(value)} ${label.slice(0, -6)}`] : [];
    return [shape.type === "integer" ? `${value} ${label}` : `${label} ${value}`];
  }) : [];
  if (Array.isArray(data.inputs)) said.unshift(`${data.inputs.length} ${data.inputs.length === 1 ? "row" : "rows"}`);
  return [entry?.title ?? data.kind, ...said].join(" · ");
}

/** How a feature is written on its chip. @type {Record<string, (...columns: string[]) => string>} */
const WRITTEN = { column: (x) => x, square: (x) => `${x}²`, product: (x, y) => (x.length + y.length > 6 ? `${x} × ${y}` : x + y), sine: (x) => `sin ${x}` };

/** @param {Setup} setup */
function chips(setup) {
  const { spec, now, build } = setup;
  const columns = now.data?.columns ?? [];
  if (!columns.length) return null;
  if (now.data?.image || columns.length > FEW) return h("p", { class: "caption", "data-path": "features" }, `all ${columns.length} columns are inputs`, words(setup, "features"));
  const offered = choices(setup, columns.length > 2 ? 1 : 2, columns.length);
  const chosen = spec.features ?? columns.map((_, index) => ({ kind: "column", index }));
  const has = (/** @type {any} */ feature) => chosen.some((/** @type {any} */ one) => same(one, feature));
  const toggle = (/** @type {any} */ feature) => {
    const next = has(feature) ? chosen.filter((/** @type {any} */ one) => !same(one, feature)) : offered.filter((one) => has(one) || same(one, feature));
    if (!next.length) setup.refuse("features", "The network needs at least one input to look at.");
    else build({ ...spec, features: next.length === columns.length && next.every((/** @type {any} */ one, /** @type {number} */ index) => same(one, { kind: "column", index })) ? null : next });
  };
  return h("div", { class: "chips", role: "group", "aria-label": "Inputs", "data-path": "features" },
    ...offered.map((feature) => h("button", { type: "button", class: "chip", "aria-pressed": String(has(feature)), onclick: () => toggle(feature) }, written(setup, feature, columns))),
    words(setup, "features"));
}

/**
 * Every feature over every column, or pair of columns, that it could read.
 * @param {Setup} setup @param {number} kinds  1: columns as they are, 2: everything @param {number} width
 */
function choices({ catalog }, kinds, width) {
  const entries = catalog.filter(({ family, prominent }) => family === "features" && (kinds > 1 || prominent));
  return entries.flatMap((entry) => {
    const places = fieldsOf(entry.schema).filter(({ shape }) => shape.type === "integer").map(({ name }) => name);
    if (places.length === 1) return Array.from({ length: width }, (_, index) => ({ ...entry.defaults, [places[0]]: index }));
    if (places.length !== 2) return [];
    return Array.from({ length: width }, (_, first) => first).flatMap((first) =>
      Array.from({ length: width - first - 1 }, (_, next) => ({ ...entry.defaults, [places[0]]: first, [places[1]]: first + next + 1 })));
  }).sort((a, b) => order(a) - order(b));
}

const ORDER = ["column", "square", "product", "sine"];
/** @param {any} feature */
const order = (feature) => (ORDER.includes(feature.kind) ? ORDER.indexOf(feature.kind) : ORDER.length);

/** @param {Setup} setup @param {any} feature @param {string[]} columns */
function written({ catalog }, feature, columns) {
  const names = Object.values(feature).filter((value) => typeof value === "number" && Number.isInteger(value)).map((index) => columns[index] ?? "?");
  return WRITTEN[feature.kind]?.(...names) ?? `${entryFor(catalog, "features", feature.kind)?.title ?? feature.kind} ${names.join(", ")}`;
}

/** @param {any} a @param {any} b */
const same = (a, b) => a.kind === b.kind && Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]);
