/** Forms made from JSON Schema: one control for each shape of field, with what is wrong said beside it. */

import { h } from "./tree.js";
import { exchange, fieldsOf, refusal, span } from "./forms_schema.js";

/** @typedef {import("./forms_schema.js").Shape} Shape */
/** @typedef {import("./forms_schema.js").Field} Field */
/** @typedef {import("./forms_schema.js").UnionShape} UnionShape */
/** @typedef {{family: string, kind: string, title: string, description: string, prominent: boolean, schema: any, defaults: any, [extra: string]: any}} Entry */

/**
 * @typedef {object} Form  what a form needs from whoever shows it
 * @property {Entry[]} catalog
 * @property {Record<string, string>} errors  by path
 * @property {Record<string, string>} notes  by path: what followed from a choice
 * @property {(path: string, value: any) => void} change
 * @property {(path: string, message: string) => void} refuse
 */

const ROWS = 4;

/**
 * A row with a label, a control and the words that belong to it.
 * @param {Form} form @param {string} path @param {string} label @param {Node | Node[]} control @param {string} [title]
 */
export function row(form, path, label, control, title) {
  return h("div", { class: "form-row", "data-path": path },
    h("label", { for: idOf(path), title: title || null }, label),
    h("div", { class: "form-control" }, control),
    words(form, path));
}

/** What there is to say about a field. @param {Form} form @param {string} path */
export function words({ errors, notes }, path) {
  const [error, note] = [errors[path], notes[path]];
  if (!error && !note) return null;
  return h("p", { class: error ? "form-error" : "form-note", id: `${idOf(path)}-words`, role: error ? "alert" : "status" }, error ?? note);
}

/**
 * All fields of a component as rows.
 * @param {Form} form @param {string} path @param {any} schema @param {any} value @param {string[]} [without]
 */
export function rows(form, path, schema, value, without = []) {
  return fieldsOf(schema).filter(({ name, shape }) => !without.includes(name) && shape.type !== "const")
    .flatMap((field) => field_(form, `${path}.${field.name}`, field, value?.[field.name]));
}

/** @param {Form} form @param {string} path @param {Field} field @param {any} value @returns {Node[]} */
function field_(form, path, { label, description, shape }, value) {
  if (shape.type === "union") return unionRows(form, path, label, shape, value, description);
  return [row(form, path, label, control(form, path, shape, value), description)];
}

/**
 * @param {Form} form @param {string} path @param {Shape} shape @param {any} value
 * @returns {Node}
 */
export function control(form, path, shape, value) {
  const about = { id: idOf(path), class: "field", "aria-describedby": form.errors[path] || form.notes[path] ? `${idOf(path)}-words` : null };
  if (shape.type === "number" || shape.type === "integer") return numberField(form, path, shape, value);
  if (shape.type === "boolean") {
    return h("input", { ...about, class: null, type: "checkbox", checked: Boolean(value), onchange: (/** @type {any} */ event) => form.change(path, event.target.checked) });
  }
  if (shape.type === "choice") {
    const options = shape.nullable ? [null, ...shape.options] : shape.options;
    return h("select", { ...about, onchange: (/** @type {any} */ event) => form.change(path, options[event.target.selectedIndex]) },
      ...options.map((option) => h("option", { selected: option === value }, option === null ? "found out" : String(option).replaceAll("_", " "))));
  }
  if (shape.type === "rows") return h("output", { ...about, class: "muted" }, sizeOf(value));
  if (shape.type === "text" && shape.long) {
    return h("textarea", { ...about, rows: ROWS, autocomplete: "off", spellcheck: "false", onchange: (/** @type {any} */ event) => form.change(path, event.target.value) }, value ?? "");
  }
  return h("input", { ...about, type: "text", value: value ?? "", onchange: (/** @type {any} */ event) => form.change(path, event.target.value) });
}

/**
 * @param {Form} form @param {string} path @param {import("./forms_schema.js").NumberShape} shape @param {number} value
 * @param {Record<string, any>} [more]
 */
export function numberField(form, path, shape, value, more = {}) {
  return h("input", {
    id: idOf(path), class: "field number", type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", value: value ?? "",
    title: `A${shape.type === "integer" ? " whole" : ""} number${span(shape)}`,
    placeholder: shape.nullable ? "any" : null,
    "aria-invalid": form.errors[path] ? "true" : null,
    "aria-describedby": form.errors[path] || form.notes[path] ? `${idOf(path)}-words` : null,
    onchange(/** @type {any} */ event) {
      const text = event.target.value.trim().replace("−", "-").replace(",", ".");
      const given = text === "" ? (shape.nullable ? null : NaN) : Number(text);
      const wrong = refusal(shape, given);
      if (wrong) form.refuse(path, wrong);
      else form.change(path, given);
    },
    ...more,
  });
}

/**
 * A slider with the number beside it. On a log scale each step is a twentieth of a decade, rounded to two digits.
 * @param {Form} form @param {string} path @param {import("./forms_schema.js").NumberShape} shape @param {number} value
 * @param {{from: number, to: number, log?: boolean, label: string}} range
 */
export function slider(form, path, shape, value, { from, to, log = false, label }) {
  const seat = (/** @type {number} */ number) => (log ? Math.log10(Math.max(number, from)) : number);
  const read = (/** @type {string} */ text) => (log ? Number((10 ** Number(text)).toPrecision(2)) : Number(text));
  const beside = (/** @type {any} */ event) => {
    const field = event.target.parentElement.querySelector(".number");
    if (field) field.value = String(read(event.target.value));
  };
  return [
    h("input", {
      type: "range", "aria-label": label, min: seat(from), max: seat(to), step: log ? 0.05 : 1, value: Math.min(seat(to), seat(value)),
      "aria-valuetext": String(value), oninput: beside, onchange: (/** @type {any} */ event) => form.change(path, read(event.target.value)),
    }),
    numberField(form, path, shape, value),
  ];
}

/**
 * Which component, then its own fields below.
 * @param {Form} form @param {string} path @param {string} label @param {UnionShape} shape @param {any} value @param {string} [description]
 * @returns {Node[]}
 */
export function unionRows(form, path, label, shape, value, description) {
  const entries = shape.members.map((member) => entryOf(form.catalog, member)).sort((a, b) => Number(b.prominent) - Number(a.prominent));
  const chosen = entries.find(({ kind }) => kind === value?.kind);
  const plain = shape.plain && typeof value !== "object";
  const first = [];
  if (shape.nullable) first.push({ value: "", text: "none" });
  if (shape.plain) first.push({ value: "#", text: "a number" });
  const pick = (/** @type {string} */ kind) => {
    const entry = entries.find((one) => one.kind === kind);
    if (entry) form.change(path, exchange(entry, value, chosen?.defaults));
    else form.change(path, kind === "#" ? firstNumber(value) ?? 0.1 : null);
  };
  return [
    row(form, path, label, componentSelect(path, entries, chosen?.kind ?? (plain ? "#" : ""), pick, first), chosen?.description ?? description),
    ...(plain ? [row(form, `${path}.number`, "", numberField(form, path, /** @type {any} */ (shape.plain), value, { id: idOf(`${path}.number`) }))] : []),
    ...(chosen ? rows(form, path, chosen.schema, value) : []),
  ];
}

/**
 * A menu of components: those that stand open first, the rest under *more*.
 * @param {string} path @param {Entry[]} entries @param {string} chosen @param {(kind: string) => void} pick
 * @param {{value: string, text: string}[]} [first] @param {(entry: Entry) => string | null} [unfit]  why one cannot be chosen now
 */
export function componentSelect(path, entries, chosen, pick, first = [], unfit = () => null) {
  const option = (/** @type {Entry} */ entry) => {
    const why = unfit(entry);
    return h("option", { value: entry.kind, selected: entry.kind === chosen, disabled: Boolean(why) }, why ? `${entry.title} (${why})` : entry.title);
  };
  const open = entries.filter(({ prominent }) => prominent);
  const more = entries.filter(({ prominent }) => !prominent);
  return h("select", { id: idOf(path), class: "field", onchange: (/** @type {any} */ event) => pick(event.target.value) },
    ...first.map(({ value, text }) => h("option", { value, selected: value === chosen }, text)),
    ...open.map(option),
    more.length ? h("optgroup", { label: "more" }, ...more.map(option)) : null);
}

/** @param {string} path */
export const idOf = (path) => `field-${path.replaceAll(".", "-")}`;

/** @param {Entry[]} catalog @param {import("./forms_schema.js").PartShape} member @returns {Entry} */
function entryOf(catalog, { kind, schema }) {
  const found = catalog.find((entry) => entry.kind === kind && entry.schema.title === schema.title);
  return found ?? { family: "", kind, title: kind.replaceAll("_", " "), description: schema.description ?? "", prominent: true, schema, defaults: defaultsOf(kind, schema) };
}

/** @param {string} kind @param {any} schema */
const defaultsOf = (kind, schema) => ({ kind, ...Object.fromEntries(fieldsOf(schema).map(({ name, fallback }) => [name, fallback])) });

/** The first number of a component: where a schedule becomes a plain rate, its own rate. @param {any} value */
const firstNumber = (value) => Object.values(value ?? {}).find((one) => typeof one === "number");

/** What a list holds in a few letters: its names, or how many numbers. @param {any} value */
function sizeOf(value) {
  if (value === null || value === undefined) return "none";
  if (!Array.isArray(value)) return String(value);
  if (value.length && value.every((one) => typeof one === "string")) return value.join(", ");
  return Array.isArray(value[0]) ? `${value.length} × ${value[0].length}` : `${value.length}`;
}
