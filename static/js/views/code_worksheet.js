/** What a worksheet is to be: what is left blank, how much of it, how exact, and on what. */

import { h } from "./tree.js";
import { listing } from "./code_listing.js";

/** @typedef {import("../types.js").Store} Store */
/** @typedef {import("../types.js").Commands} Commands */

const BLANKS = [
  ["z", "weighted sums z"], ["a", "activations"], ["loss", "the loss"], ["delta", "δ and what arrives"], ["gradients", "gradients"], ["weights", "new weights"],
];
const DENSITIES = [["all", "all of it"], ["some", "some"], ["none", "nothing"]];
const FORMS = [["html", "page"], ["latex", "LaTeX"], ["markdown", "Markdown"]];

/** @param {Store} now @param {Commands} commands */
export function worksheetView({ sheet, code, focus }, commands) {
  return [
    h("div", { class: "sheet-choices" },
      choices("Leave blank", ...BLANKS.map(([name, words]) => box(words, sheet.blanks.includes(name), (on) =>
        commands.setSheet({ blanks: BLANKS.map(([each]) => each).filter((each) => (each === name ? on : sheet.blanks.includes(each))) })))),
      h("div", { class: "sheet-row" },
        h("span", { id: "sheet-density" }, "of that"),
        one("sheet-density", DENSITIES, sheet.density, (density) => commands.setSheet({ density })),
        sheet.density === "some" && h("button", { type: "button", class: "link", onclick: () => commands.setSheet({ seed: sheet.seed + 1 }) }, "Draw again")),
      h("div", { class: "sheet-row" },
        h("label", { for: "sheet-digits" }, "digits"),
        h("input", { id: "sheet-digits", class: "field", type: "number", min: 2, max: 8, value: sheet.digits, onchange: (/** @type {Event} */ event) => digits(event, commands) }),
        box("answer key, on a page of its own", sheet.key, (key) => commands.setSheet({ key }))),
      h("div", { class: "sheet-row" }, h("span", { id: "sheet-form" }, "as"), one("sheet-form", FORMS, sheet.form, (form) => commands.setSheet({ form })))),
    ...result(code, sheet, focus, commands),
  ];
}

/** @param {any} code @param {Store["sheet"]} sheet @param {number | null} focus @param {Commands} commands */
function result(code, sheet, focus, commands) {
  if (code?.form !== "worksheet") return [h("p", { class: "muted" }, "Writing it down…")];
  if (code.refused) return [h("p", { class: "muted" }, code.refused)];
  const example = focus === null ? "the batch's first example" : `example ${focus}`;
  const title = `${code.name}: ${example}, update ${code.position.update.toLocaleString("en-GB")}`;
  if (code.sheet.form !== "html") return listing(title, code.text, code.name, commands);
  return [h("div", { class: "code-head" }, h("h3", {}, title)),
    h("div", { class: "sheet-row" },
      h("a", { class: "button primary", href: code.address, target: "_blank", rel: "noopener" }, "Open"),
      h("button", { type: "button", class: "button", onclick: () => commands.downloadText(code.text, code.name) }, "Download")),
    h("p", { class: "caption" }, "It opens in a page of its own, black on white for A4: print it there.")];
}

/** A number of digits, within what is allowed. @param {Event} event @param {Commands} commands */
function digits({ target }, commands) {
  const field = /** @type {HTMLInputElement} */ (target);
  const chosen = Math.round(Math.min(8, Math.max(2, Number(field.value) || 4)));
  field.value = String(chosen);
  commands.setSheet({ digits: chosen });
}

/** @param {string} legend @param {...HTMLElement} boxes */
const choices = (legend, ...boxes) => h("fieldset", { class: "sheet-row" }, h("legend", {}, legend), ...boxes);

/** @param {string} words @param {boolean} on @param {(on: boolean) => void} choose */
const box = (words, on, choose) => h("label", { class: "sheet-box" },
  h("input", { type: "checkbox", checked: on, onchange: (/** @type {Event} */ { target }) => choose(/** @type {HTMLInputElement} */ (target).checked) }), ` ${words}`);

/** One of several. @param {string} label @param {string[][]} several @param {string} chosen @param {(value: string) => void} choose */
const one = (label, several, chosen, choose) => h("div", { class: "segments", role: "group", "aria-labelledby": label },
  ...several.map(([value, text]) => h("button", { type: "button", "data-text": text, "aria-pressed": String(value === chosen), onclick: () => choose(value) }, text)));
