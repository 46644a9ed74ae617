import { deepEqual, equal, ok, test } from "./harness.js";
import { exchange, fieldsOf, refusal, replaceAt, shapeOf, span } from "/static/js/views/forms_schema.js";

const constant = { type: "object", title: "Constant", properties: { kind: { const: "constant", default: "constant" }, rate: { type: "number", exclusiveMinimum: 0, default: 0.1 } } };
const schema = {
  $defs: { Constant: constant },
  type: "object",
  properties: {
    kind: { const: "sgd", default: "sgd" },
    learning_rate: { anyOf: [{ type: "number", exclusiveMinimum: 0, maximum: 1000 }, { $ref: "#/$defs/Constant" }], default: 0.1, description: "η" },
    steps: { type: "integer", minimum: 1, maximum: 9, default: 3 },
    task: { anyOf: [{ enum: ["a", "b"], type: "string" }, { type: "null" }], default: null },
  },
};

test("a field is called by its name, or by the title that it was given", () => {
  const properties = { d_updates: { type: "integer", title: "D turns" }, batch_size: { type: "integer", title: "Batch Size" }, ddof: { type: "integer" } };
  deepEqual(fieldsOf({ properties }).map(({ label }) => label), ["D turns", "batch size", "ddof"]);
});

test("a form has a field for everything but the word that names the component", () => {
  deepEqual(fieldsOf(schema).map(({ name, shape }) => [name, shape.type]), [["learning_rate", "union"], ["steps", "integer"], ["task", "choice"]]);
});

test("a union of a number and a component knows both", () => {
  const shape = /** @type {any} */ (shapeOf(schema.properties.learning_rate, schema));
  deepEqual([shape.plain.above, shape.plain.high, shape.members[0].kind, shape.nullable], [0, 1000, "constant", false]);
});

test("a value outside its bounds is refused in words", () => {
  const shape = shapeOf(schema.properties.steps, schema);
  equal(refusal(shape, 3), null);
  equal(refusal(shape, 12), "Give a whole number from 1 up to 9.");
  equal(refusal(shape, 2.5), "Give a whole number from 1 up to 9.");
  equal(refusal(shape, NaN), "Give a whole number from 1 up to 9.");
});

test("bounds read like a sentence", () => {
  equal(span({ type: "integer", low: 1, high: 10000, above: null, below: null }), " from 1 up to 10,000");
  equal(span({ type: "number", low: null, high: null, above: 0, below: null }), " above 0");
  equal(span({ type: "number", low: 0.00001, high: null, above: null, below: null }), " from 0.00001");
});

test("another kind keeps what was changed and still fits", () => {
  const entry = { schema, defaults: { kind: "sgd", learning_rate: 0.1, steps: 3, task: null } };
  deepEqual(exchange(entry, { kind: "adam", learning_rate: 0.5, steps: 100 }, { learning_rate: 0.01, steps: 3 }), { kind: "sgd", learning_rate: 0.5, steps: 3, task: null });
  deepEqual(exchange(entry, { kind: "adam", learning_rate: 0.01 }, { learning_rate: 0.01 }), entry.defaults);
});

test("a change by path leaves the original alone", () => {
  const spec = { layers: [{ units: 1 }, { units: 2 }] };
  deepEqual(replaceAt(spec, "layers.1.units", 5), { layers: [{ units: 1 }, { units: 5 }] });
  deepEqual(spec, { layers: [{ units: 1 }, { units: 2 }] });
});

test("a number that may be empty is one field, and empty fits", () => {
  const shape = /** @type {any} */ (shapeOf({ anyOf: [{ type: "integer", minimum: 0, maximum: 9 }, { type: "null" }], default: null }, {}));
  deepEqual([shape.type, shape.low, shape.high, shape.nullable], ["integer", 0, 9, true]);
  equal(refusal(shape, null), null);
  equal(refusal(shape, 3), null);
  ok(/whole number from 0 up to 9/.test(refusal(shape, 10) ?? ""));
});

test("a text that may be long has lines, and a name has one", () => {
  deepEqual(shapeOf({ type: "string", maxLength: 10000 }, {}), { type: "text", long: true });
  deepEqual([shapeOf({ type: "string" }, {}), shapeOf({ type: "string", maxLength: 40 }, {})], [{ type: "text", long: false }, { type: "text", long: false }]);
});
