/** What fits with what: the last layer follows the data, the loss follows the task, and each change that follows is said in words. */

/** @typedef {import("../types.js").Spec} Spec */
/** @typedef {import("./forms.js").Entry} Entry */
/** @typedef {{task: string | null, outputs: number | null}} Aim */

const TASKS = /** @type {Record<string, string>} */ ({ binary: "two classes", classes: "several classes", regression: "numbers to predict" });
const ENDS = ["sigmoid", "softmax"];

/** @param {Entry[]} catalog @param {string} family @param {string} kind */
export const entryFor = (catalog, family, kind) => catalog.find((entry) => entry.family === family && entry.kind === kind) ?? null;

/** @param {string | null} task */
const taskWords = (task) => (task ? TASKS[task] ?? task : "this data");

/**
 * What the data asks of the network.
 * @param {Spec["data"]} data @param {Entry[]} catalog
 * @returns {Aim}
 */
export function aimOf(data, catalog) {
  const own = ownOutputs(data);
  return own === null ? aimAsDrawn(data, catalog) : { ...aimAsDrawn(data, catalog), outputs: own };
}

/** How many classes a text, or a memory of symbols, has by its own fields; null where that is not theirs to say. @param {any} data */
function ownOutputs({ text, symbols }) {
  if (typeof text === "string" && text) return new Set(text).size;
  return typeof symbols === "number" ? symbols + 1 : null;
}

/** @param {Spec["data"]} data @param {Entry[]} catalog @returns {Aim} */
function aimAsDrawn(data, catalog) {
  if (Array.isArray(data.targets) && data.targets.length) return aimOfRows(data);
  const entry = entryFor(catalog, "datasets", data.kind);
  if (entry?.task === "classes" && data.classes === 2) return { task: "binary", outputs: 1 };
  const task = entry?.task ?? null;
  const outputs = task === "classes" && typeof data.classes === "number" ? data.classes : entry?.outputs ?? (task === "binary" ? 1 : null);
  return { task, outputs };
}

/** @param {any} data @returns {Aim} */
function aimOfRows({ targets, task }) {
  /** @type {number[][]} */
  const rows = targets.map((/** @type {any} */ row) => (Array.isArray(row) ? row : [row]));
  const bits = rows.every((row) => row.every((value) => value === 0 || value === 1));
  const width = rows[0].length;
  const found = bits && width === 1 ? "binary" : bits && rows.every((row) => row.filter((value) => value === 1).length === 1) ? "classes" : "regression";
  return { task: task ?? found, outputs: width };
}

/** Why a loss cannot be taken now, in a few words; null where it can. @param {Entry} loss @param {Aim} aim */
export function lossUnfit(loss, { task }) {
  return !task || !loss.tasks || loss.tasks.includes(task) ? null : `for ${loss.tasks.map(taskWords).join(" or ")}`;
}

/**
 * A spec made to fit, with what was changed for it, by field.
 * @param {Spec} spec @param {Entry[]} catalog
 * @returns {{spec: Spec, notes: Record<string, string>}}
 */
export function fit(spec, catalog) {
  /** @type {Record<string, string>} */
  const notes = {};
  if (spec.task.kind === "expression") return { spec, notes }; // it does not follow the data’s targets
  if (spec.task.kind === "gan") return { spec: generating(spec, catalog, notes), notes };
  const aim = spec.task.kind === "autoencoder" ? givenBack(spec, catalog) : aimOf(spec.data, catalog);
  let { loss } = spec;
  const present = entryFor(catalog, "losses", loss.kind);
  if (present && lossUnfit(present, aim)) {
    const other = catalog.find((entry) => entry.family === "losses" && entry.prominent && !lossUnfit(entry, aim)) ?? catalog.find((entry) => entry.family === "losses" && !lossUnfit(entry, aim));
    if (other) {
      loss = other.defaults;
      notes.loss = `${other.title}, because the data holds ${taskWords(aim.task)}.`;
    }
  }
  let layers = readable(spec, catalog, notes);
  const last = lastLinear(layers);
  if (last >= 0 && aim.outputs && layers[last].units !== aim.outputs) {
    layers = layers.map((layer, index) => (index === last ? { ...layer, units: aim.outputs } : layer));
    notes[`layers.${last}.units`] = `${aim.outputs} ${aim.outputs === 1 ? "unit" : "units"}: the last linear layer follows the data.`;
  }
  const output = entryFor(catalog, "losses", loss.kind)?.output;
  const end = layers[layers.length - 1]?.kind;
  if (output === "probability" && !ENDS.includes(end)) {
    const kind = aim.task === "classes" ? "softmax" : "sigmoid";
    layers = [...layers, entryFor(catalog, "layers", kind)?.defaults ?? { kind }];
    notes[`layers.${layers.length - 1}`] = `A ${kind} was added: this loss reads probabilities.`;
  } else if (output === "logit" && ENDS.includes(end)) {
    layers = layers.slice(0, -1);
    notes.loss = `The ${end} at the end was taken away: this loss applies its own.`;
  }
  return { spec: { ...spec, loss, layers }, notes };
}

/** A generator that makes as many numbers as an example has. @param {Spec} spec @param {Entry[]} catalog @param {Record<string, string>} notes @returns {Spec} */
function generating(spec, catalog, notes) {
  const { outputs } = givenBack(spec, catalog);
  const layers = spec.task.generator ?? [];
  const last = lastLinear(layers);
  if (last < 0 || !outputs || layers[last].units === outputs) return spec;
  notes[`task.generator.${last}.units`] = `${outputs} ${outputs === 1 ? "unit" : "units"}: as many as an example has.`;
  return { ...spec, task: { ...spec.task, generator: layers.map((/** @type {any} */ layer, /** @type {number} */ index) => (index === last ? { ...layer, units: outputs } : layer)) } };
}

/** What is asked where the inputs themselves are to be given back. @param {Spec} spec @param {Entry[]} catalog @returns {Aim} */
function givenBack({ data, features }, catalog) {
  const entry = entryFor(catalog, "datasets", data.kind);
  return { task: "regression", outputs: features?.length ?? data.inputs?.[0]?.length ?? (isSequence(data, entry) ? null : entry?.columns ?? null) };
}

/** @param {any} data @param {Entry | null} entry */
const isSequence = (data, entry) => Boolean(entry?.sequence) && data.reads !== "numbers";

/**
 * Layers that can read the data: sequences by a recurrent layer, if by none yet, and rows without one.
 * @param {Spec} spec @param {Entry[]} catalog @param {Record<string, string>} notes
 */
function readable({ data, layers: given, task, features }, catalog, notes) {
  const entry = entryFor(catalog, "datasets", data.kind);
  if (typeof data.tokens === "number") return looking(data.tokens, given, catalog, notes);
  const layers = data.reads === "numbers" ? given : given.filter(({ kind }) => kind !== "embedding");
  if (!isSequence(data, entry) || features) {
    const plain = layers.filter((layer) => !("returns" in layer));
    if (plain.length === layers.length || !plain.length || layers.some(({ kind }) => kind === "reshape" || kind === "embedding")) return layers;
    notes.layers = "The recurrent layers were taken away: these examples are no sequences.";
    return plain;
  }
  const returns = task.kind === "autoencoder" || (data.asks ?? entry?.asked) === "each step" ? "sequence" : "last";
  const place = layers.findLastIndex((layer) => "returns" in layer);
  if (place >= 0) return layers.map((layer, index) => (index === place ? { ...layer, returns } : layer));
  if (layers.some(({ kind }) => kind === "flatten" || kind === "reshape")) return layers;
  const first = entryFor(catalog, "layers", "gru")?.defaults;
  if (!first) return layers;
  notes.layers = "A GRU was put in front: these examples are sequences.";
  return [{ ...first, returns }, ...layers];
}

/**
 * Layers that look tokens up, and answer at each of them.
 * @param {number} tokens @param {any[]} layers @param {Entry[]} catalog @param {Record<string, string>} notes
 */
function looking(tokens, layers, catalog, notes) {
  if (layers.some(({ kind }) => kind === "embedding")) return layers.map((layer) => (layer.kind === "embedding" ? { ...layer, tokens } : layer));
  const [embedding, gru] = ["embedding", "gru"].map((kind) => entryFor(catalog, "layers", kind)?.defaults);
  if (!embedding || !gru) return layers;
  notes.layers = "An embedding and a GRU that reads both ways were put in front: these examples are rows of tokens.";
  return [{ ...embedding, tokens }, { ...gru, returns: "sequence", bidirectional: true }, ...layers.filter((layer) => !("returns" in layer))];
}

/** The layer whose units the data decides. @param {{kind: string, units?: number}[]} layers */
export function lastLinear(layers) {
  for (let index = layers.length - 1; index >= 0; index -= 1) if (typeof layers[index].units === "number") return index;
  return -1;
}

const LIVE = ["optimizer", "clip", "l1", "l2", "gradient", "bug"];

/**
 * What of a change a running session takes without a new network; null where it needs one.
 * @param {Spec} before @param {Spec} after
 * @returns {Record<string, any> | null}
 */
export function settingsOf(before, after) {
  const changed = Object.keys({ ...before, ...after }).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (!changed.every((name) => LIVE.includes(name))) return null;
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

/**
 * The field of the form that a refusal of the server speaks of: a union's name in the path is not part of the form's.
 * @param {string} field @param {string[]} paths  the form's own, longest first
 */
export function placeOf(field, paths) {
  const parts = field.replace(/^body\./, "").split(".");
  const fits = (/** @type {string} */ path) => {
    let at = 0;
    return path.split(".").every((part) => {
      const found = parts.indexOf(part, at);
      at = found + 1;
      return found >= 0;
    });
  };
  return [...paths].sort((a, b) => b.split(".").length - a.split(".").length).find(fits) ?? null;
}
