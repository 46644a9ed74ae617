/** Predict first: a switch beside the status and, while it is on, a line with the number that is asked for, the answer's field, and what the last answer was worth. */

import { h, show } from "./tree.js";
import { mathOf } from "../mathml.js";
import { watch } from "../store.js";

const MARKS = /** @type {Record<string, string>} */ ({ right: "✓", carried: "✓", wrong: "✗", refused: "!", shown: "→", unmarked: "–" });

/** @param {HTMLElement} root @param {HTMLElement} beside  holds the switch @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountPredict(root, beside, store, commands) {
  const box = h("input", { type: "checkbox", id: "predicting", onchange: () => commands.setPredicting(box.checked) });
  beside.append(h("label", { class: "predict-switch", for: "predicting", title: "Asks for the next number before it is computed (key p)" }, box, "Predict first"));

  const field = () => /** @type {HTMLInputElement | null} */ (root.querySelector("#prediction"));

  async function answer() {
    const input = field();
    if (!input || !input.value.trim()) return input?.focus();
    const text = input.value;
    const taken = await commands.predict(text);
    const next = field();
    if (taken && next && next.value === text) next.value = "";
    next?.focus();
    return undefined;
  }

  function leave() {
    commands.setPredicting(false);
    box.focus();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    event.stopPropagation();
    if (event.key === "Enter") answer();
    if (event.key === "Escape") leave();
  }

  /** @param {import("../types.js").Question} question @param {boolean} refused */
  const asking = (question, refused) => h("div", { class: "predict-ask" },
    h("label", { class: "predict-what", for: "prediction" },
      h("span", { class: "predict-symbol" }, mathOf(question.symbol)), h("span", { class: "predict-equals", "aria-hidden": "true" }, "="),
      h("span", { class: "unseen" }, `Your prediction of ${question.text}`)),
    h("input", { id: "prediction", class: "field", type: "text", inputmode: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: 40,
      placeholder: "number, + or −", "aria-describedby": "prediction-words", "aria-invalid": refused ? "true" : null, onkeydown: key }),
    h("button", { type: "button", class: "button", onclick: answer }, "Mark"),
    h("button", { type: "button", class: "link", onclick: () => commands.showMe() }, "Show me"),
    h("span", { class: "predict-text" }, `${question.text}${question.example === null ? "" : ` · example ${question.example}`}`));

  /** @param {import("../types.js").Store} now */
  function content({ question, state, unit, verdict }) {
    if (state?.running) return h("p", { class: "predict-ask muted" }, "Pause, and the next number is asked for.");
    if (unit !== "op") {
      return h("p", { class: "predict-ask muted" }, h("span", {}, "Numbers are asked for one operation at a time."), h("button", { type: "button", class: "link", onclick: () => commands.setUnit("op") }, "Step by op"));
    }
    if (!question) return h("p", { class: "predict-ask muted" }, "…");
    if (!question.question) return h("p", { class: "predict-ask muted" }, question.why ?? "", " Step on.");
    return asking(question.question, verdict?.mark === "refused");
  }

  /** @param {import("../types.js").Store} now */
  function draw(now) {
    box.checked = now.predicting;
    root.hidden = !now.predicting;
    if (!now.predicting) return show(root);
    const { verdict } = now;
    return show(root, content(now),
      h("div", { class: "predict-said" },
        h("p", { id: "prediction-words", role: "status", "data-mark": verdict?.mark ?? null },
          verdict ? h("span", { "aria-hidden": "true" }, `${MARKS[verdict.mark]} `) : null, verdict?.sentence ?? "Right within 1 %, or by the sign alone. Enter marks the answer and makes the step; Esc leaves."),
        h("p", { class: "predict-score" }, score(now.marks))));
  }

  watch(store, ({ predicting, question, verdict, marks, unit, state }) => [predicting, question, verdict, marks, unit, state?.running], draw);
  watch(store, ({ reminded }) => [reminded], ({ reminded }) => reminded && field()?.focus());
}

/** 7 of 9, 1 carried forward @param {string[]} marks */
export function score(marks) {
  const count = (/** @type {string} */ mark) => marks.filter((one) => one === mark).length;
  const [right, carried, wrong] = ["right", "carried", "wrong"].map(count);
  if (!right && !carried && !wrong) return "";
  return `${right + carried} of ${right + carried + wrong}${carried ? `, ${carried} carried forward` : ""}`;
}
