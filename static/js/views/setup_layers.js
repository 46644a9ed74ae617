/** The layers, from the input on: each opens in place, moves, goes; a new one comes at the end of the hidden part. */

import { amount } from "../scale/number.js";
import { h } from "./tree.js";
import { exchange, fieldsOf, replaceAt } from "./forms_schema.js";
import { componentSelect, idOf, row, rows, words } from "./forms.js";
import { nested } from "./setup_nested.js";
import { entryFor, lastLinear } from "./setup_rules.js";

/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {{path: string, layers: any[], last: number}} Row  layers in one row; `last` is the place of the one that follows the data, −1 for none */

/** @param {Setup} setup */
export function layersSection(setup) {
  const { spec, now, build } = setup;
  const add = () => build({ ...spec, layers: grown(spec.layers, setup) });
  return h("fieldset", { class: "setup-part" },
    h("legend", {}, spec.task.kind === "gan" ? "Discriminator" : "Layers"),
    listed(setup, { path: "layers", layers: spec.layers, last: lastLinear(spec.layers) }),
    h("p", { class: "layers-foot" },
      h("button", { type: "button", class: "link", onclick: add }, "+ layer"),
      h("span", { class: "caption", "data-path": "layers", title: weight(now.session) }, `${now.session?.parameters.toLocaleString("en-GB") ?? "?"} parameters`),
      words(setup, "layers")));
}

/** A row of layers, each to be opened. @param {Setup} setup @param {Row} of */
export function listed(setup, of) {
  return h("ol", { class: "layers" }, ...of.layers.map((layer, index) => item(setup, of, layer, index)));
}

/** @param {Setup} setup @param {Row} of @param {any} layer @param {number} index */
function item(setup, of, layer, index) {
  const { catalog, spec, build } = setup;
  const entry = entryFor(catalog, "layers", layer.kind);
  const entries = catalog.filter(({ family }) => family === "layers");
  const path = `${of.path}.${index}`;
  const last = index === of.last;
  const name = path.split(".").filter((part) => /^\d+$/.test(part)).join(".");
  const put = (/** @type {any[]} */ layers) => build(replaceAt(spec, of.path, layers));
  const pick = (/** @type {string} */ kind) => {
    const next = entryFor(catalog, "layers", kind);
    if (next) put(of.layers.map((one, at) => (at === index ? exchange(next, one, entry?.defaults) : one)));
  };
  const move = (/** @type {number} */ by) => {
    const layers = [...of.layers];
    [layers[index], layers[index + by]] = [layers[index + by], layers[index]];
    put(layers);
  };
  return h("li", { "data-path": path },
    h("details", { class: "layer" },
      h("summary", {},
        h("span", { class: "layer-index" }, name),
        h("span", { class: "layer-name" }, entry?.title ?? layer.kind),
        typeof layer.units === "number" && h("b", {}, String(layer.units)),
        h("span", { class: "layer-note" }, layer.init ? brief(layer.init.kind) : "")),
      h("div", { class: "layer-form" },
        row(setup, `${path}.kind`, "kind", componentSelect(`${path}.kind`, entries, layer.kind, pick), entry?.description),
        ...(entry ? fields(setup, path, entry, layer, last) : []),
        ...nested(setup, path, layer),
        h("p", { class: "layer-acts" },
          h("button", { type: "button", class: "button icon", "aria-label": `Move layer ${name} up`, disabled: index === 0, onclick: () => move(-1) }, "↑"),
          h("button", { type: "button", class: "button icon", "aria-label": `Move layer ${name} down`, disabled: index === of.layers.length - 1, onclick: () => move(1) }, "↓"),
          h("button", { type: "button", class: "link", disabled: of.layers.length === 1, onclick: () => put(of.layers.filter((_, at) => at !== index)) }, "Remove")))),
    words(setup, path),
    last ? words(setup, `${path}.units`) : null);
}

/** @param {Setup} setup @param {string} path @param {import("./forms.js").Entry} entry @param {any} layer @param {boolean} last @returns {(Node | null)[]} */
function fields(setup, path, entry, layer, last) {
  const inside = ["layers", "branches"];
  if (!last || typeof layer.units !== "number") return rows(setup, path, entry.schema, layer, inside);
  return [
    row({ ...setup, errors: {}, notes: {} }, `${path}.units`, "units", h("output", { id: idOf(`${path}.units`) }, `${layer.units}, as the data asks`)),
    ...rows(setup, path, entry.schema, layer, ["units", ...inside]),
  ];
}

/** A hidden layer more, like the last hidden one, before the one that gives the output. @param {any[]} layers @param {Setup} setup */
function grown(layers, { catalog }) {
  const last = lastLinear(layers);
  const before = layers.slice(0, Math.max(0, last));
  const model = before.findLast((layer) => typeof layer.units === "number");
  const linear = model ? { ...model, ...("values" in (model.init ?? {}) ? { init: entryDefaults(catalog, "linear").init } : {}) } : entryDefaults(catalog, "linear");
  const activation = before.findLast((layer) => typeof layer.units !== "number") ?? entryDefaults(catalog, "tanh");
  return [...before, linear, activation, ...layers.slice(Math.max(0, last))];
}

/** @param {import("./forms.js").Entry[]} catalog @param {string} kind */
const entryDefaults = (catalog, kind) => structuredClone(entryFor(catalog, "layers", kind)?.defaults ?? { kind });

/** xavier_uniform → xavier @param {string} kind */
const brief = (kind) => kind.split("_")[0];

/** Whether a layer has numbers of its own to learn. @param {import("./forms.js").Entry | null} entry */
export const learns = (entry) => Boolean(entry && fieldsOf(entry.schema).some(({ name }) => name === "units"));

/** What a session takes of the server's memory, in words. @param {import("../types.js").Session | null} session */
function weight(session) {
  if (!session?.bytes) return "";
  const { network, examples, most } = session.bytes;
  return `In memory: ${amount(network)} for the network and the numbers of a batch, ${amount(examples)} for the examples, and up to ${amount(most)} for its past.`;
}
