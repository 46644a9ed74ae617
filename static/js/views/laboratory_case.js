/** The net of the laboratory: ready-made cases, its fields as forms of their schema, how long it is trained, and the remedies as switches. */

import { watch } from "../store.js";
import { place } from "./element.js";
import { control, rows, row, slider, unionRows, words } from "./forms.js";
import { fieldsOf } from "./forms_schema.js";
import { h, show } from "./tree.js";

/** @typedef {import("../types.js").Case} Case */
/** @typedef {import("../types.js").Commands} Commands */

const LABELS = /** @type {Record<string, string>} */ ({ learning_rate: "rate η", initializer: "weights", batch_size: "batch" });
const OPEN = ["depth", "activation", "initializer", "learning_rate", "data"];
const FOLDED = ["width", "batch_size", "seed"];

/** @param {import("../types.js").Handle<Case>} store @param {Commands} commands */
export function mountCase(store, commands) {
  const root = place("setup");
  const draw = () => show(root, ...body(store.get(), commands));
  watch(store, ({ catalog, pathology, remedies, updates, errors, together, trouble }) => [catalog, pathology, remedies, updates, errors, together, trouble], draw);
}

/** @param {Case} state @param {Commands} commands */
function body(state, commands) {
  const { catalog, schema, pathology, cases, chosen, updates, errors, trouble } = state;
  if (trouble) return [h("p", { class: "form-error", role: "alert" }, trouble)];
  if (!pathology || !schema) return [h("p", { class: "muted" }, "Fetching the cases…")];
  const form = { catalog: catalog.map((one) => (one.family === "datasets" ? without(one, "steps") : one)), errors, notes: {}, change: commands.changeNet, refuse: commands.refuseNet };
  const recurrent = pathology.net === "recurrent";
  const case_ = cases.find(({ name }) => name === chosen);
  /** @param {string[]} names */
  const fields = (names) => names.filter((name) => !(recurrent && name === "activation")).flatMap((name) => field(form, schema, name, pathology, recurrent, catalog));
  return [
    h("div", { class: "case-list", role: "group", "aria-label": "Cases" }, ...cases.map(({ name, title }) =>
      h("button", { type: "button", class: "preset", "aria-current": name === chosen ? "true" : null, onclick: () => commands.openCase(name) }, h("b", {}, title)))),
    h("p", { class: "caption case-says" }, case_ ? `${case_.description} ${aim(case_, catalog)}` : "A net of your own. The ready-made cases above open on something worth seeing."),
    h("fieldset", { class: "setup-part" }, h("legend", {}, "Net"),
      h("div", { class: "segments", role: "group", "aria-label": "Kind of net" }, ...["deep", "recurrent"].map((net) =>
        h("button", { type: "button", "data-text": net, "aria-pressed": String(net === pathology.net), onclick: () => net !== pathology.net && commands.changeNet("net", net) }, net))),
      ...fields(OPEN),
      row(form, "updates", "updates", [h("input", { id: "field-updates", class: "field number", type: "text", inputmode: "numeric", autocomplete: "off", value: updates, "aria-invalid": errors.updates ? "true" : null,
        onchange: (/** @type {any} */ event) => commands.train(Number(event.target.value)) })], "How long each net is trained"),
      h("details", { class: "fold" }, h("summary", {}, "width, batch, seed"), ...fields(FOLDED))),
    h("fieldset", { class: "setup-part remedies" }, h("legend", {}, "Remedies"), ...switches(state, commands)),
  ];
}

/** @param {any} found @param {any[]} catalog */
function aim({ ill, updates, reaches }, catalog) {
  const titled = (/** @type {string} */ kind) => catalog.find((one) => one.family === "remedies" && one.kind === kind)?.title ?? kind;
  const each = Object.entries(reaches).map(([kind, below]) => `${titled(kind)} ${below}`);
  return `After ${updates} updates its loss is still above ${ill}. Each remedy by itself brings it below: ${each.join(", ")}.`;
}

/** @param {import("./forms.js").Form} form @param {any} schema @param {string} name @param {any} pathology @param {boolean} recurrent @param {any[]} catalog @returns {Node[]} */
function field(form, schema, name, pathology, recurrent, catalog) {
  const found = fieldsOf(schema).find((one) => one.name === name);
  if (!found) return [];
  const { shape, description } = found;
  const label = name === "depth" && recurrent ? "moments" : LABELS[name] ?? found.label;
  const value = pathology[name];
  if (name === "depth") return [row(form, name, label, slider(form, name, /** @type {any} */ (shape), value, { from: 2, to: 50, label: recurrent ? "Moments of the sequence" : "Layers of weights" }), description)];
  if (name === "learning_rate") return [row(form, name, label, slider(form, name, /** @type {any} */ (shape), value, { from: 0.001, to: 10, log: true, label: "Learning rate" }), description)];
  if (shape.type !== "union") return [row(form, name, label, control(form, name, shape, value), description)];
  const nested = { ...form, change: (/** @type {string} */ path, /** @type {any} */ given) => {
    const [, inner] = path.split(".");
    form.change(name, inner ? { ...value, [inner]: given } : given);
  } };
  const drawn = (/** @type {string} */ kind) => !["table", "explicit"].includes(kind);
  const members = shape.members.filter(({ kind }) => drawn(kind) && (name !== "data" || fits(catalog, kind, recurrent)));
  return unionRows(nested, name, label, { ...shape, members }, value, description);
}

/** An entry of the catalogue without a field that the net decides. @param {any} entry @param {string} name */
function without(entry, name) {
  const { [name]: _, ...properties } = entry.schema.properties;
  return { ...entry, schema: { ...entry.schema, properties } };
}

/** Data of a single row of numbers; a recurrent net reads what can be as long as it is deep. @param {any[]} catalog @param {string} kind @param {boolean} recurrent */
function fits(catalog, kind, recurrent) {
  const entry = catalog.find((one) => one.family === "datasets" && one.kind === kind);
  const stretches = Boolean(entry?.schema.properties.steps) && kind === "recall";
  return recurrent ? stretches : !stretches && ["binary", "classes", "regression"].includes(entry?.task);
}

/** @param {Case} state @param {Commands} commands */
function switches({ catalog, pathology, remedies, errors, together }, commands) {
  const fitting = catalog.filter(({ family, nets }) => family === "remedies" && nets.includes(pathology?.net));
  const form = { catalog, errors, notes: {}, change: commands.changeRemedy, refuse: commands.refuseNet };
  return [
    ...fitting.map((entry) => h("div", { class: "remedy" },
      h("label", { title: entry.description }, h("input", { type: "checkbox", checked: entry.kind in remedies, onchange: (/** @type {any} */ event) => commands.switchRemedy(entry.kind, event.target.checked) }),
        h("span", {}, h("b", {}, entry.title), h("span", { class: "caption" }, ` against ${entry.against}`))),
      ...(entry.kind in remedies ? rows(form, entry.kind, entry.schema, remedies[entry.kind]) : []))),
    h("label", { class: "remedy-all" }, h("input", { type: "checkbox", checked: together, disabled: Object.keys(remedies).length < 2, onchange: (/** @type {any} */ event) => commands.tryTogether(event.target.checked) }), " all of them in one net too"),
    words(form, "remedies"),
  ];
}
