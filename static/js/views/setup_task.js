/** What is trained for what: layers with a loss, or a formula that one types. */

import { h } from "./tree.js";
import { componentSelect, control, idOf, row, words } from "./forms.js";
import { gameOf, gameSection } from "./setup_game.js";
import { entryFor } from "./setup_rules.js";

/** @typedef {import("./setup.js").Setup} Setup */

const PAUSE = 250;
const LONGEST = 500;

/** Whether the layers and the loss of the spec are what is trained. @param {import("../types.js").Spec} spec */
export const hasLayers = (spec) => spec.task.kind !== "expression";

/** @param {Setup} setup */
export function taskSection(setup) {
  const { catalog, spec, build } = setup;
  const entries = catalog.filter(({ family }) => family === "tasks");
  const kind = spec.task.kind;
  const pick = (/** @type {string} */ chosen) => {
    const entry = entryFor(catalog, "tasks", chosen);
    if (entry && chosen === "gan") build(gameOf(setup, entry.defaults));
    else if (entry) build({ ...spec, task: chosen === "expression" ? { ...entry.defaults, formula: begin(setup, entry.defaults.formula) } : entry.defaults });
  };
  return h("fieldset", { class: "setup-part" },
    row(setup, "task.kind", "task", componentSelect("task.kind", entries, kind, pick), entryFor(catalog, "tasks", kind)?.description),
    ...(kind === "expression" ? formula(setup) : kind === "gan" ? gameSection(setup) : []));
}

/** @param {Setup} setup @returns {(Node | null)[]} */
function formula(setup) {
  const { spec, now, change } = setup;
  const { task } = spec;
  const path = "task.formula";
  const wrong = setup.errors[path];
  const use = (/** @type {HTMLTextAreaElement} */ field) => take(setup, field.value);
  return [
    h("div", { class: "formula-field", "data-path": path },
      h("label", { for: idOf(path), class: "caption" }, "your formula, a value a line; the last one is the loss"),
      h("textarea", {
        id: idOf(path), class: "field", "data-own": "", "data-key": task.formula, rows: lines(task.formula), maxlength: LONGEST, spellcheck: "false", autocomplete: "off",
        "aria-invalid": wrong ? "true" : null, "aria-describedby": `${idOf(path)}-words`,
        oninput: (/** @type {any} */ event) => look(setup, event.target),
        onkeydown: (/** @type {any} */ event) => {
          event.stopPropagation();
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) use(event.target);
        },
      }, task.formula),
      wrong || setup.notes[path] ? words(setup, path) : h("p", { class: "form-note", id: `${idOf(path)}-words` }, "x and y are the data’s; every other name learns."),
      h("p", { class: "formula-acts" },
        h("button", { type: "button", class: "button", onclick: () => use(/** @type {any} */ (document.getElementById(idOf(path)))) }, "Use it"),
        h("span", { class: "caption" }, `${now.session?.parameters ?? "?"} parameters · Ctrl+Enter`))),
    row(setup, "task.straight_through", "straight through", control({ ...setup, change }, "task.straight_through", { type: "boolean" }, task.straight_through), "Carry gradients through step and round as if they were not there"),
    ...(now.graph?.task?.notes ?? []).map((note) => h("p", { class: "form-note" }, note)),
  ];
}

/** Room for a formula in a narrow field. @param {string} text */
const lines = (text) => Math.min(8, Math.max(3, text.split("\n").reduce((sum, line) => sum + Math.ceil((line.length + 4) / 20), 0)));

let typed = 0;

/** Say what a half-typed formula still lacks, a moment after the last letter. @param {Setup} setup @param {HTMLTextAreaElement} field */
function look(setup, field) {
  clearTimeout(typed);
  typed = window.setTimeout(async () => {
    const text = field.value;
    const { read, wrong } = await setup.read(text);
    if (field.value !== text) return;
    if (read) setup.tell("task.formula", `${read.operations} operations; learns ${read.parameters.join(", ")}.`);
    else setup.refuse("task.formula", wrong);
  }, PAUSE);
}

/** A network of what stands in the field; starts that it has no parameter for are left out. @param {Setup} setup @param {string} text */
async function take(setup, text) {
  clearTimeout(typed);
  const { read, wrong } = await setup.read(text);
  if (!read) return setup.refuse("task.formula", wrong);
  const starts = Object.fromEntries(Object.entries(setup.spec.task.parameters ?? {}).filter(([name]) => read.parameters.includes(name)));
  setup.build({ ...setup.spec, task: { ...setup.spec.task, formula: text, parameters: starts } });
}

/** A formula that suits the data at hand. @param {Setup} setup @param {string} plain  for one column */
function begin({ now }, plain) {
  const columns = now.data?.features?.length ?? now.data?.columns.length ?? 1;
  if (columns === 1) return plain;
  const terms = Array.from({ length: Math.min(4, columns) }, (_, index) => `w${index + 1} * x${index + 1}`);
  return `p = sigmoid(${terms.join(" + ")} + b)\nloss = mean((p - y)**2)`;
}
