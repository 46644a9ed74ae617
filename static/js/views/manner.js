/** How the page's link wants it to look: large for a projector, or without some of its parts; and the link for a class. */

import { watch } from "../store.js";
import { element, place } from "./element.js";

/** @type {Record<import("../types.js").Place, string>} */
const WORDS = { setup: "the set-up", menu: "the menu", inspector: "the inspector", output: "the output", run: "the run" };

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountManner(store, commands) {
  const whole = place("whole");
  whole.addEventListener("click", () => commands.setManner({ projector: false, hide: [] }));
  watch(store, ({ manner }) => [manner], ({ manner: { projector, hide } }) => {
    const { dataset } = document.documentElement;
    if (projector) dataset.view = "projector";
    else delete dataset.view;
    dataset.hide = hide.join(" ");
    whole.hidden = !projector && !hide.length;
  });
}

/** A link to this very moment for others, and what their page leaves out. @param {import("../types.js").Commands} commands */
export function classLink(commands) {
  /** @param {string} name @param {string} words */
  const box = (name, words) => element("label", { class: "sheet-box" }, element("input", { type: "checkbox", name }), words);
  const form = element("form", { class: "class-link", onsubmit: (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const chosen = new FormData(form);
    const hide = /** @type {import("../types.js").Place[]} */ (Object.keys(WORDS)).filter((part) => chosen.has(part));
    commands.copyLink({ projector: chosen.has("projector"), hide });
  } },
    element("h3", {}, "For a class"),
    element("p", { class: "muted" }, "A link opens this network at this very moment on every machine, with the same seed, and so the same numbers; where something was changed by hand on the way, at its beginning. It may also set how the page looks there."),
    element("fieldset", { class: "sheet-row" }, element("legend", { class: "unseen" }, "How the page looks"),
      box("projector", "Large, for a projector"),
      ...Object.entries(WORDS).map(([name, words]) => box(name, `Without ${words}`))),
    element("button", { type: "submit", class: "button" }, "Copy the link for a class"));
  return form;
}
