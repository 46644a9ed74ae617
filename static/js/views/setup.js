/** The setup card: data, layers, learning. What changes the network builds it anew; what does not is set while it runs. */

import { h, show } from "./tree.js";
import { watch } from "../store.js";
import { place } from "./element.js";
import { replaceAt } from "./forms_schema.js";
import { bugSection } from "./setup_bugs.js";
import { dataSection } from "./setup_data.js";
import { layersSection } from "./setup_layers.js";
import { learnSection } from "./setup_learn.js";
import { stopSection } from "./setup_stops.js";
import { hasLayers, taskSection } from "./setup_task.js";
import { fit, placeOf, settingsOf } from "./setup_rules.js";

/** @typedef {import("../types.js").Spec} Spec */
/** @typedef {import("./forms.js").Form & {spec: Spec, now: import("../types.js").Store, forgive: (path: string) => void, build: (spec: Spec) => void, upload: (file: Blob, target?: string) => void, tell: (path: string, text: string) => void, read: (formula: string) => Promise<any>}} Setup */

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountSetup(store, commands) {
  const root = place("setup");
  /** What was asked for and is not yet there. @type {Spec | null} */
  let draft = null;
  let sending = false;
  /** @type {Record<string, string>} */
  let notes = {};
  /** @type {Record<string, string>} */
  let errors = {};

  const spec = () => draft ?? store.get().session?.spec ?? null;

  /** @param {Spec} wanted */
  function build(wanted) {
    const fitted = fit(wanted, store.get().catalog ?? []);
    notes = fitted.notes;
    errors = {};
    draft = fitted.spec;
    send();
    draw();
  }

  /**
   * One change after the other: a change is measured by the network that the one before has left, so that a setting that can be changed
   * while it runs never builds another network because the reader was quick. What was asked for stands in the form until it is there.
   */
  async function send() {
    if (sending) return;
    sending = true;
    /** @type {Spec | null} */
    let sent = null;
    while (draft && draft !== sent) {
      sent = draft;
      errors = {};
      const { session } = store.get();
      const changes = session && settingsOf(session.spec, sent);
      if (!changes) await commands.rebuild(sent);
      else if (Object.keys(changes).length) await commands.configure(changes);
    }
    sending = false;
    if (Object.keys(errors).length) return;
    draft = null;
    draw();
  }

  /** @param {string} path @param {any} value */
  function change(path, value) {
    const before = spec();
    if (before) build(replaceAt(before, path, value));
  }

  /** @param {string} path @param {string} message */
  function refuse(path, message) {
    errors = { ...errors, [path]: message };
    draw();
  }

  /** What was wrong with a field is so no longer. @param {string} path */
  function forgive(path) {
    const { [path]: _, ...rest } = errors;
    errors = rest;
  }

  /** Say something good of a field. @param {string} path @param {string} text */
  function tell(path, text) {
    forgive(path);
    notes = { ...notes, [path]: text };
    draw();
  }

  /** @param {Blob} file @param {string} [target] */
  async function upload(file, target) {
    const wrong = await commands.openTable(file, target);
    if (wrong) refuse("data", wrong);
  }

  /** A table that was read, here or by the top bar: the network is made to fit it, and what was made of its columns is said. @param {import("../types.js").Table | null | undefined} table */
  function take(table) {
    const before = spec();
    if (!table || !before) return;
    build({ ...before, features: null, standardize: true, data: table.data });
    notes = { ...notes, data: table.notes.join(" ") };
    draw();
  }

  function draw() {
    const now = store.get();
    const shown = spec();
    if (!shown || !now.catalog) {
      show(root, h("p", { class: "caption" }, "Asking the server what there is to choose from…"));
      return;
    }
    /** @type {Setup} */
    const setup = { catalog: now.catalog, errors, notes, change, refuse, forgive, spec: shown, now, build, upload, tell, read: commands.readFormula };
    show(root, taskSection(setup), dataSection(setup), hasLayers(shown) ? layersSection(setup) : null, learnSection(setup), stopSection(setup, commands), bugSection(setup), draft && Object.keys(errors).length ? undo() : null);
  }

  const undo = () => h("p", { class: "form-error" }, "The network on the page is still the one before. ",
    h("button", { type: "button", class: "link", onclick: () => { draft = null; errors = {}; notes = {}; draw(); } }, "Undo the change"));

  /** A refusal of the server, at the field that it names. @param {{text: string, errors: {field: string, message: string}[]} | null} refusal */
  function hear(refusal) {
    if (!refusal || !draft) return;
    const paths = [...root.querySelectorAll("[data-path]")].map((part) => /** @type {HTMLElement} */ (part).dataset.path ?? "");
    const said = refusal.errors.length ? refusal.errors : [{ field: "", message: refusal.text }];
    errors = Object.fromEntries(said.map(({ field, message }) => [placeOf(field, paths) ?? "data", message]));
    notes = {};
    draw();
  }

  commands.loadCatalog();
  store.subscribe((now, before) => {
    if (now.session !== before.session && now.session && !sending) {
      draft = null;
      errors = {};
    }
    if (now.refusal !== before.refusal) hear(now.refusal ?? null);
    if (now.table !== before.table) take(now.table);
  });
  watch(store, ({ session, catalog, data, graph, breakpoints, refusal, state }) => [session, catalog, data, graph, breakpoints, refusal, state?.every?.join()], draw);
}
