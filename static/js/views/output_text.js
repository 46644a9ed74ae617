/** A text read by characters: what follows each of them, what the network takes for it, and what it writes by itself. */

import { element } from "./element.js";
import { h, show } from "./tree.js";
import { followed } from "./scene.js";

const SEEN = /** @type {Record<string, string>} */ ({ " ": "␣", "\n": "⏎", "\t": "⇥" });

/** @param {import("../types.js").Commands} commands */
export function createText(commands) {
  const lines = element("dl", { class: "text-lines" });
  const field = element("input", { type: "number", class: "field number", id: "temperature", min: 0, max: 5, step: 0.1, value: 0.5 });
  const button = element("button", { type: "button", class: "button", onclick: () => commands.write(Math.min(5, Math.max(0, Number(field.value) || 0))) }, "Write on");
  const written = element("output", { class: "written", "aria-live": "polite" });
  const root = element("div", { class: "plot text-plot" }, lines,
    element("div", { class: "text-asks" }, button, element("label", { for: "temperature", class: "caption" }, "temperature"), field), written);

  /** @param {import("../types.js").Store} now */
  function draw(now) {
    const { data, predictions } = now;
    if (!data?.alphabet || !predictions?.labels) return;
    const example = followed(now) ?? 0;
    const read = lettersOf(data, example);
    const wanted = [data.targets[example]].flat();
    const guessed = [predictions.labels[example]].flat();
    const behind = (/** @type {string} */ text) => "\u00a0".repeat(Math.max(0, read.length - wanted.length)) + text;
    const spelled = (/** @type {number[]} */ letters) => letters.map((letter) => seen(/** @type {string} */ (data.alphabet)[letter]));
    show(lines,
      h("dt", {}, "reads"), h("dd", {}, read.map((letter) => seen(letter)).join("")),
      h("dt", {}, "next"), h("dd", {}, behind(spelled(wanted).join(""))),
      h("dt", {}, "guessed"), h("dd", {}, behind(""), ...spelled(guessed).map((letter, place) => (guessed[place] === wanted[place] ? h("span", {}, letter) : h("u", { title: "wrong" }, letter)))));
    const { written: told } = now;
    written.textContent = told ? `After ${told.update.toLocaleString("en")} updates: …${told.text}` : "";
  }
  return { root, draw };
}

/** What an example reads, character by character. @param {import("../types.js").Data} data @param {number} example */
function lettersOf({ inputs, shape, alphabet }, example) {
  const row = inputs[example] ?? [];
  const letters = /** @type {string} */ (alphabet);
  if (shape.length < 2) return row.map((number) => letters[number]);
  return Array.from({ length: shape[0] }, (_, step) => letters[row.slice(step * shape[1], (step + 1) * shape[1]).indexOf(1)]);
}

/** @param {string} letter */
const seen = (letter) => SEEN[letter] ?? letter;
