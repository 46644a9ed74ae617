/** A weight: its three facts, what it does in words, the chain rule from the loss home, the independent check, and its gradient for every example. */

import { h } from "./tree.js";
import { mathOf } from "../mathml.js";
import { format } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { bars } from "./inspector_bars.js";
import { batchMean } from "./inspector_batch.js";
import { check } from "./inspector_check.js";
import { estimate } from "./inspector_estimate.js";
import { ladder } from "./inspector_ladder.js";
import { named } from "./names.js";
import { sectionView, tabs } from "./inspector_sections.js";
import { close, digits, fact } from "./inspector_parts.js";

/** @typedef {import("./inspector.js").Seen} Seen */

/** @param {Seen} seen @param {any} found @returns {(Node | null)[]} */
export function parameterView(seen, found) {
  return [
    h("header", { class: "inspector-head" },
      h("h2", {}, seen.graph?.task?.kind === "expression" ? "Parameter " : kindOf(found.name), mathOf(found.symbol)),
      h("p", { class: "inspector-names" }, ...named(found.to ? (found.from ? `${found.from} → ${found.to}` : `of ${found.to}`) : ""), " ", h("span", { class: "api-name" }, found.name)),
      close(seen.commands)),
    facts(seen, found),
    h("p", { class: "inspector-sentence" }, seen.scope === "batch" ? found.batch_sentence : found.sentence, found.known ? null : [" ", onward(seen)]),
    tabs(seen),
    ...(sectionView(seen, found) ?? chain(seen, found)),
  ];
}

/** What a parameter is called: by its own letter. @param {string} name  such as 2.W[2,3] */
function kindOf(name) {
  const letter = name.split("[")[0].split(".").pop()?.split("_")[0] ?? "";
  return ["b", "c"].includes(letter) ? "Bias " : ["W", "U"].includes(letter) ? "Weight " : "Parameter ";
}

/** The way on from a gradient that is not computed yet. @param {Seen} seen */
const onward = ({ commands, unit }) => h("button", { type: "button", class: "link", title: `On by one ${unit} (→)`, onclick: () => commands.on() }, "Step on →");

/** @param {Seen} seen @param {any} found @returns {(Node | null)[]} */
function chain(seen, found) {
  return [
    batchMean(seen, found.batch, found.example),
    found.estimate ? estimate(found.estimate) : ladder(seen, found.ladder),
    check(found.check),
    examples(seen, found),
  ];
}

/** @param {Seen} seen @param {any} found */
function facts(seen, found) {
  const mean = seen.scope === "batch";
  const value = mean ? found.batch_gradient : found.gradient;
  const mark = h("span", { class: found.known ? (value === 0 ? "bar zero" : "bar") : "bar unknown", style: found.known ? { "--shade": shade(value, seen.scale) } : {} });
  return h("dl", { class: "facts" },
    fact("value", editor(seen, found)),
    h("div", { class: "fact" }, h("dt", {}, slope(), mean ? " batch mean" : " here"), h("dd", {}, mark, digits(value, found.known))),
    fact("last change", digits(found.last_change, true)));
}

/** The value, to be changed on the spot. @param {Seen} seen @param {any} found */
function editor({ commands }, { name, value }) {
  const full = value === null ? "" : String(value);
  const commit = (/** @type {HTMLInputElement} */ field) => {
    const text = field.value.trim().replace("−", "-").replace(",", ".");
    const given = Number(text);
    if (text === "" || !Number.isFinite(given)) {
      field.setAttribute("aria-invalid", "true");
      field.title = "Give a finite number.";
      return;
    }
    field.removeAttribute("aria-invalid");
    field.blur();
    if (given !== value) commands.edit({ [name]: given });
  };
  return h("input", {
    class: "field value", type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `Value of ${name}: change it and press Enter`, "data-key": name,
    value: value === null ? "not finite" : format(value), title: full,
    onfocus: (/** @type {any} */ event) => { event.target.value = full; event.target.select(); },
    onblur: (/** @type {any} */ event) => { event.target.value = value === null ? "not finite" : format(value); event.target.removeAttribute("aria-invalid"); },
    onkeydown: (/** @type {any} */ event) => {
      event.stopPropagation();
      if (event.key === "Enter") commit(event.target);
      if (event.key === "Escape") event.target.blur();
    },
  });
}

/** @param {Seen} seen @param {any} found */
function examples(seen, { examples: batch, example, known: done }) {
  const rows = batch?.rows ?? seen.state?.batch ?? [];
  if (!rows.length) return null;
  const count = `${rows.length} ${rows.length === 1 ? "example" : "examples"} of this batch`;
  return h("figure", { class: "batch" },
    h("figcaption", {}, h("span", {}, count), h("span", {}, batch && batch.mean !== null ? `mean ${format(batch.mean)}` : "mean ?")),
    done && !batch ? h("p", { class: "caption" }, "Too many to draw one by one.") : bars(seen, rows, batch?.gradients ?? null, example));
}

/** ∂L/∂w */
function slope() {
  const d = (/** @type {string} */ of) => `<mrow><mo>∂</mo><mi>${of}</mi></mrow>`;
  return mathOf(`<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac displaystyle="true">${d("L")}${d("w")}</mfrac></math>`);
}
