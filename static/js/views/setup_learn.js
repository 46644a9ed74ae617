/** How it learns: loss, optimiser, learning rate, batch, bounds, penalties, seed. */

import { h } from "./tree.js";
import { exchange, fieldsOf, shapeOf } from "./forms_schema.js";
import { componentSelect, control, numberField, row, rows, slider, unionRows } from "./forms.js";
import { aimOf, entryFor, lossUnfit } from "./setup_rules.js";
import { hasLayers } from "./setup_task.js";

/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./forms_schema.js").NumberShape} NumberShape */

const RATES = { from: 1e-4, to: 10, log: true };
/** @type {NumberShape} */
const ANY = { type: "number", low: null, high: null, above: null, below: null };

/** @param {Setup} setup */
export function learnSection(setup) {
  const { catalog, spec } = setup;
  const aim = aimOf(spec.data, catalog);
  const optimizer = entryFor(catalog, "optimizers", spec.optimizer.kind);
  const loss = entryFor(catalog, "losses", spec.loss.kind);
  const rest = optimizer ? rows(setup, "optimizer", optimizer.schema, spec.optimizer, ["learning_rate"]) : [];
  const speed = rate(setup, optimizer);
  const lossRest = loss ? rows(setup, "loss", loss.schema, spec.loss) : [];
  return h("fieldset", { class: "setup-part" },
    h("legend", {}, "Learn"),
    ...(hasLayers(spec) && spec.task.kind !== "gan" ? [part(setup, "loss", "loss", "losses", (entry) => lossUnfit(entry, aim)), ...lossRest] : []),
    part(setup, "optimizer", "optimiser", "optimizers"),
    ...rest,
    ...speed.rows,
    batch(setup),
    ...clip(setup),
    penalties(setup),
    part(setup, "gradient", "gradient by", "gradients"),
    ...gradient(setup),
    row(setup, "seed", "seed", numberField(setup, "seed", top(setup, "seed"), spec.seed), "Where all random draws come from"),
    h("details", { class: "fold" },
      h("summary", { class: "caption" }, speed.schedule.length ? "schedule and more" : "more"),
      ...speed.schedule,
      ...["dtype", "shuffle", "standardize"].flatMap((name) => general(setup, name))));
}

/** What the chosen way to the gradient asks for. @param {Setup} setup */
function gradient(setup) {
  const entry = entryFor(setup.catalog, "gradients", setup.spec.gradient.kind);
  return entry ? rows(setup, "gradient", entry.schema, setup.spec.gradient) : [];
}

/** A menu for one part of the spec. @param {Setup} setup @param {string} name @param {string} label @param {string} family @param {(entry: import("./forms.js").Entry) => string | null} [unfit] */
function part({ catalog, spec, ...setup }, name, label, family, unfit) {
  const entries = catalog.filter((entry) => entry.family === family);
  const present = entryFor(catalog, family, spec[name].kind);
  const pick = (/** @type {string} */ kind) => {
    const entry = entryFor(catalog, family, kind);
    if (entry) setup.change(name, exchange(entry, spec[name], present?.defaults));
  };
  return row({ catalog, ...setup }, name, label, componentSelect(name, entries, spec[name].kind, pick, [], unfit), present?.description);
}

/** The learning rate; a schedule in its place is offered among what is rarely set. @param {Setup} setup @param {import("./forms.js").Entry | null} optimizer @returns {{rows: any[], schedule: any[]}} */
function rate(setup, optimizer) {
  const field = optimizer && fieldsOf(optimizer.schema).find(({ name }) => name === "learning_rate");
  if (!field) return { rows: [], schedule: [] };
  const value = setup.spec.optimizer.learning_rate;
  const { shape } = field;
  const plain = shape.type === "union" ? shape.plain : /** @type {NumberShape} */ (shape);
  const scheduled = shape.type === "union" && typeof value === "object";
  const rows = scheduled || !plain ? [] : [row(setup, "optimizer.learning_rate", "rate η", slider(setup, "optimizer.learning_rate", plain, value, { ...RATES, label: "Learning rate" }), field.description)];
  if (shape.type !== "union") return { rows, schedule: [] };
  if (scheduled) return { rows: unionRows(setup, "optimizer.learning_rate", "rate η", shape, value, field.description), schedule: [] };
  const instead = { ...setup, errors: {}, notes: {}, change: (/** @type {string} */ _, /** @type {any} */ schedule) => schedule && setup.change("optimizer.learning_rate", schedule) };
  return { rows, schedule: unionRows(instead, "schedule", "schedule", { ...shape, plain: null, nullable: true }, null) };
}

/** @param {Setup} setup */
function batch(setup) {
  const train = setup.now.data?.train ?? 128;
  const shape = top(setup, "batch_size");
  return row(setup, "batch_size", "batch", slider(setup, "batch_size", shape, setup.spec.batch_size, { from: 1, to: Math.max(2, Math.min(train, 128)), label: "Batch size" }), "Examples in one update");
}

/** @param {Setup} setup */
function clip(setup) {
  const { catalog, spec, change } = setup;
  const entries = catalog.filter(({ family }) => family === "clips");
  const present = spec.clip ? entryFor(catalog, "clips", spec.clip.kind) : null;
  const pick = (/** @type {string} */ kind) => change("clip", kind ? exchange(/** @type {any} */ (entryFor(catalog, "clips", kind)), spec.clip, present?.defaults) : null);
  return [
    row(setup, "clip", "clip", componentSelect("clip", entries, spec.clip?.kind ?? "", pick, [{ value: "", text: "none" }]), present?.description ?? "A bound on the gradient"),
    ...(present ? rows(setup, "clip", present.schema, spec.clip) : []),
  ];
}

/** @param {Setup} setup */
function penalties(setup) {
  const { spec, errors, notes } = setup;
  const both = { ...setup, errors: { l1: errors.l1 ?? errors.l2 }, notes: { l1: notes.l1 ?? notes.l2 } };
  return row(/** @type {any} */ (both), "l1", "L1, L2", [
    numberField(setup, "l1", top(setup, "l1"), spec.l1, { "aria-label": "L1" }),
    numberField(setup, "l2", top(setup, "l2"), spec.l2, { "aria-label": "L2", "data-path": "l2" }),
  ], "Pull weights towards zero: L1 with the same force each, L2 in proportion to their size");
}

/** A field of the spec itself, from the spec's schema. @param {Setup} setup @param {string} name */
function general(setup, name) {
  const schema = setup.now.specSchema;
  const property = schema?.properties?.[name];
  if (!property) return [];
  return [row(setup, name, name.replace("_", " "), control(setup, name, shapeOf(property, schema), setup.spec[name]), property.description)];
}

/** @param {Setup} setup @param {string} name @returns {NumberShape} */
function top({ now }, name) {
  const property = now.specSchema?.properties?.[name];
  return property ? /** @type {NumberShape} */ (shapeOf(property, now.specSchema)) : ANY;
}
