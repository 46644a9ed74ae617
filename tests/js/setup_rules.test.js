import { deepEqual, equal, test } from "./harness.js";
import { gameOf } from "/static/js/views/setup_game.js";
import { aimOf, fit, lossUnfit, placeOf, settingsOf } from "/static/js/views/setup_rules.js";

/** @param {string} family @param {string} kind @param {any} [extra] */
const entry = (family, kind, extra = {}) => ({ family, kind, title: kind, description: "", prominent: true, schema: { properties: {} }, defaults: { kind }, ...extra });
const catalog = [
  entry("datasets", "moons", { task: "binary", outputs: 1 }),
  entry("datasets", "iris", { task: "classes", outputs: 3 }),
  entry("losses", "logits", { tasks: ["binary"], output: "logit" }),
  entry("losses", "many", { tasks: ["classes"], output: "logit" }),
  entry("losses", "chances", { tasks: ["classes"], output: "probability" }),
  entry("layers", "softmax"),
  entry("datasets", "blobs", { task: "classes", outputs: 3 }),
];
/** @param {any} changes @returns {any} */
const spec = (changes) => ({ seed: 1, task: { kind: "supervised" }, data: { kind: "moons" }, layers: [{ kind: "linear", units: 4 }, { kind: "tanh" }, { kind: "linear", units: 1 }], loss: { kind: "logits" }, optimizer: { kind: "sgd", learning_rate: 0.1 }, ...changes });

test("what fits is left as it is, without a word", () => {
  deepEqual(fit(spec({}), catalog), { spec: spec({}), notes: {} });
});

test("other data brings its loss and its number of outputs, and says so", () => {
  const { spec: fitted, notes } = fit(spec({ data: { kind: "iris" } }), catalog);
  equal(fitted.loss.kind, "many");
  equal(fitted.layers[2].units, 3);
  deepEqual(Object.keys(notes), ["loss", "layers.2.units"]);
});

test("a loss on probabilities ends the network in them, one on logits takes them away", () => {
  const chances = fit(spec({ data: { kind: "iris" }, loss: { kind: "chances" } }), catalog).spec;
  equal(chances.layers[3].kind, "softmax");
  equal(fit({ ...chances, loss: { kind: "many" } }, catalog).spec.layers.length, 3);
});

test("a generator makes as many numbers as an example of other data has", () => {
  const task = { kind: "gan", generator: [{ kind: "linear", units: 8 }, { kind: "tanh" }, { kind: "linear", units: 2 }, { kind: "sigmoid" }] };
  const wide = [...catalog, entry("datasets", "pictures", { task: "classes", outputs: 10, columns: 36 })];
  const { spec: fitted, notes } = fit(spec({ task, data: { kind: "pictures" } }), wide);
  equal(fitted.task.generator[2].units, 36);
  deepEqual([fitted.layers, Object.keys(notes)], [spec({}).layers, ["task.generator.2.units"]]);
  deepEqual(fit(spec({ task }), wide), { spec: spec({ task }), notes: {} });
});

test("a game is played on the data at hand where its examples can be drawn, else on a ring", () => {
  const task = { kind: "gan", generator: [{ kind: "linear", units: 8 }, { kind: "tanh" }, { kind: "linear", units: 2 }] };
  const setup = (/** @type {number} */ columns, /** @type {any} */ image) => /** @type {any} */ ({ spec: { ...spec({}), features: null }, catalog: [entry("datasets", "ring")], now: { data: { columns: Array(columns).fill(""), image, shape: [columns] } } });
  const played = (/** @type {any} */ made) => [made.data.kind, made.task.generator[2].units];
  deepEqual(played(gameOf(setup(2, null), task)), ["moons", 2]);
  deepEqual(played(gameOf(setup(36, { height: 6, width: 6, max: 1 }), task)), ["moons", 36]);
  deepEqual(played(gameOf(setup(30, null), task)), ["ring", 2]);
});

test("a table says by its targets what it asks for", () => {
  deepEqual(aimOf({ kind: "table", targets: [[0], [1]] }, catalog), { task: "binary", outputs: 1 });
  deepEqual(aimOf({ kind: "table", targets: [[0, 1], [1, 0]] }, catalog), { task: "classes", outputs: 2 });
  deepEqual(aimOf({ kind: "table", targets: [[0.5, 1]] }, catalog), { task: "regression", outputs: 2 });
});

test("as many blobs as are asked for, and two of them need one output", () => {
  deepEqual(aimOf({ kind: "blobs", classes: 5 }, catalog), { task: "classes", outputs: 5 });
  deepEqual(aimOf({ kind: "blobs", classes: 2 }, catalog), { task: "binary", outputs: 1 });
});

test("an unfit loss says what it is for", () => {
  equal(lossUnfit(catalog[3], { task: "binary", outputs: 1 }), "for several classes");
  equal(lossUnfit(catalog[2], { task: "binary", outputs: 1 }), null);
});

test("settings go to the running session, anything else needs a new one", () => {
  deepEqual(settingsOf(spec({}), spec({ l2: 0.1 })), { l2: 0.1 });
  equal(settingsOf(spec({}), spec({ seed: 2 })), null);
});

test("a refusal finds its field whatever the server's path around it", () => {
  const paths = ["layers.0", "layers.0.units", "data", "optimizer.learning_rate"];
  equal(placeOf("layers.0.units", paths), "layers.0.units");
  equal(placeOf("body.layers.0.linear.units", paths), "layers.0.units");
  equal(placeOf("optimizer.sgd.learning_rate.float", paths), "optimizer.learning_rate");
  equal(placeOf("nowhere", paths), null);
});
