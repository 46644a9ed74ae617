/** JSON Schema read as a form needs it: what kind of field, within which bounds, and whether a value fits. Nothing here knows a component by name. */

/**
 * @typedef {{type: "number" | "integer", low: number | null, high: number | null, above: number | null, below: number | null, nullable?: boolean}} NumberShape
 * @typedef {{type: "part", kind: string, schema: any}} PartShape
 * @typedef {{type: "union", members: PartShape[], plain: NumberShape | null, nullable: boolean}} UnionShape
 * @typedef {NumberShape | UnionShape | PartShape | {type: "boolean"} | {type: "text", long: boolean} | {type: "const", value: any} | {type: "choice", options: any[], nullable: boolean} | {type: "rows"}} Shape
 * @typedef {{name: string, shape: Shape, label: string, description: string, fallback: any}} Field
 */

/** A text that may be longer than this has lines. */
const LINE = 200;

/**
 * @param {any} schema
 * @param {any} root  the schema that holds the definitions
 * @returns {Shape}
 */
export function shapeOf(schema, root) {
  const own = follow(schema, root);
  if ("const" in own) return { type: "const", value: own.const };
  if (own.enum) return { type: "choice", options: own.enum, nullable: false };
  const several = own.oneOf ?? own.anyOf;
  if (several) return eitherOf(several.map((/** @type {any} */ one) => follow(one, root)), root);
  if (own.type === "boolean") return { type: "boolean" };
  if (own.type === "integer" || own.type === "number") return numberOf(own);
  if (own.type === "object") return { type: "part", kind: own.properties?.kind?.const ?? "", schema: { ...own, $defs: root.$defs } };
  return own.type === "array" ? { type: "rows" } : { type: "text", long: (own.maxLength ?? 0) > LINE };
}

/**
 * The fields of a component, in its order, without the word that names it.
 * @param {any} schema
 * @returns {Field[]}
 */
export function fieldsOf(schema) {
  return Object.entries(schema.properties ?? {}).filter(([name]) => name !== "kind").map(([name, property]) => ({
    name,
    shape: shapeOf(property, schema),
    label: property.title && !madeFrom(name, property.title) ? property.title : name.replaceAll("_", " "),
    description: property.description ?? "",
    fallback: property.default,
  }));
}

/** Whether a schema's title is its field's name in capitals, which a title that somebody gave is not. @param {string} name @param {string} title */
const madeFrom = (name, title) => title.toLowerCase().replaceAll(" ", "_") === name.toLowerCase();

/**
 * What is wrong with a value, in a sentence; null where it fits.
 * @param {Shape} shape
 * @param {any} value
 * @returns {string | null}
 */
export function refusal(shape, value) {
  if (shape.type === "union") return shape.plain && typeof value !== "object" ? refusal(shape.plain, value) : null;
  if (shape.type !== "number" && shape.type !== "integer") return null;
  if (value === null && shape.nullable) return null;
  const whole = shape.type === "integer";
  const fits = typeof value === "number" && Number.isFinite(value) && (!whole || Number.isInteger(value))
    && (shape.low === null || value >= shape.low) && (shape.high === null || value <= shape.high)
    && (shape.above === null || value > shape.above) && (shape.below === null || value < shape.below);
  return fits ? null : `Give ${whole ? "a whole number" : "a number"}${span(shape)}.`;
}

/** The bounds in words. @param {NumberShape} shape */
export function span({ low, high, above, below }) {
  const from = low !== null ? ` from ${plain(low)}` : above !== null ? ` above ${plain(above)}` : "";
  const to = high !== null ? ` up to ${plain(high)}` : below !== null ? ` below ${plain(below)}` : "";
  return from && to ? `${from}${to}` : from || to;
}

/**
 * A component of another kind that keeps what the reader had changed and what still fits.
 * @param {{schema: any, defaults: any}} entry  the new kind's line in the catalogue
 * @param {any} before
 * @param {any} [original]  the defaults of the kind before
 */
export function exchange(entry, before, original) {
  const next = structuredClone(entry.defaults);
  for (const { name, shape } of fieldsOf(entry.schema)) {
    const value = before?.[name];
    if (value === undefined || value === null || value === original?.[name]) continue;
    if ((shape.type === "number" || shape.type === "integer" || (shape.type === "union" && shape.plain)) && refusal(shape, value) === null) next[name] = value;
  }
  return next;
}

/** @param {any} spec @param {string} path  such as layers.2.units @param {any} value @returns {any} */
export function replaceAt(spec, path, value) {
  const [first, ...rest] = path.split(".");
  const copy = Array.isArray(spec) ? [...spec] : { ...spec };
  copy[first] = rest.length ? replaceAt(copy[first] ?? {}, rest.join("."), value) : value;
  return copy;
}

/** @param {any} schema @param {any} root @returns {any} */
function follow(schema, root) {
  if (!schema.$ref) return schema.allOf?.length === 1 ? { ...follow(schema.allOf[0], root), ...schema } : schema;
  const { $ref, ...around } = schema;
  return { ...follow(root.$defs?.[$ref.split("/").pop()] ?? {}, root), ...around };
}

/** @param {any[]} several @param {any} root @returns {Shape} */
function eitherOf(several, root) {
  const nullable = several.some(({ type }) => type === "null");
  const flat = several.flatMap((one) => (one.oneOf ?? one.anyOf ?? [one]).map((/** @type {any} */ inner) => follow(inner, root))).filter(({ type }) => type !== "null");
  const parts = flat.filter(({ type, properties }) => type === "object" && properties?.kind).map((one) => /** @type {PartShape} */ (shapeOf(one, root)));
  const numbers = flat.filter(({ type }) => type === "number" || type === "integer");
  if (parts.length) return { type: "union", members: parts, plain: numbers.length ? numberOf(numbers[0]) : null, nullable };
  const choice = flat.find(({ enum: options }) => options);
  if (choice) return { type: "choice", options: choice.enum, nullable };
  if (numbers.length === 1 && flat.length === 1) return nullable ? { ...numberOf(numbers[0]), nullable } : numberOf(numbers[0]);
  if (flat.length === 1 && flat[0].type !== "array") return shapeOf(flat[0], root);
  return { type: "rows" };
}

/** @param {any} own @returns {NumberShape} */
const numberOf = (own) => ({
  type: own.type,
  low: own.minimum ?? null,
  high: own.maximum ?? null,
  above: own.exclusiveMinimum ?? null,
  below: own.exclusiveMaximum ?? null,
});

/** @param {number} value */
const plain = (value) => {
  const text = String(value).replace("-", "−");
  return Number.isInteger(value) ? text.replace(/\B(?=(\d{3})+$)/g, ",") : text;
};
