/** Breaking it on purpose: the classic bugs, one of which can be switched on; what cannot be made in this network says why. */

import { h } from "./tree.js";
import { idOf, words } from "./forms.js";

/** @typedef {import("./setup.js").Setup} Setup */

/** @param {Setup} setup */
export function bugSection(setup) {
  const { catalog, spec, now } = setup;
  const entries = catalog.filter(({ family }) => family === "bugs");
  if (!entries.length) return null;
  const idle = now.graph?.bugs ?? {};
  return h("div", { class: "setup-part bug-part", "data-path": "bug" },
    h("details", { class: "fold", open: Boolean(spec.bug) },
      h("summary", {}, "Break it"),
      h("p", { class: "caption" }, "Classic mistakes of people who write backpropagation by hand. The one that is chosen is really made, from the next update on."),
      h("div", { class: "bug-list", role: "radiogroup", "aria-label": "A mistake to make on purpose" },
        choice(setup, null, "none", "The program is right.", null),
        ...entries.map((entry) => choice(setup, entry, entry.title, entry.description, spec.bug?.kind === entry.kind ? null : idle[entry.kind] ?? null)))),
    words(setup, "bug"));
}

/**
 * @param {Setup} setup @param {import("./forms.js").Entry | null} entry @param {string} title @param {string} sentence
 * @param {string | null} unfit  why it would change nothing here
 */
function choice({ spec, change }, entry, title, sentence, unfit) {
  const id = idOf(`bug.${entry?.kind ?? "none"}`);
  const chosen = (spec.bug?.kind ?? null) === (entry?.kind ?? null);
  return h("label", { class: "bug-choice", for: id, title: entry ? entry.does : null, "data-unfit": Boolean(unfit) },
    h("input", { type: "radio", id, name: "bug", checked: chosen, disabled: Boolean(unfit), onchange: () => change("bug", entry?.defaults ?? null) }),
    h("b", {}, title),
    h("span", { class: "caption" }, unfit ? `Not here: ${unfit}.` : sentence));
}
