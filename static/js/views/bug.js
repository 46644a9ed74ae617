/** While a bug is switched on, the page is framed in a warning that says which, what it does, and how to be rid of it. */

import { place } from "./element.js";
import { h, show } from "./tree.js";
import { watch } from "../store.js";

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountBug(root, store, commands) {
  const off = h("button", { type: "button", class: "button", onclick: () => commands.configure({ bug: null }) }, "Switch it off");
  const words = h("p", { role: "alert" });
  root.append(words, off);

  watch(store, ({ state, frame }) => [state?.bug, state?.running, frame?.bug], ({ state, frame }) => {
    const bug = state?.bug ?? null;
    const shown = bug && (bug.on || frame?.bug !== false) ? bug : null;
    if (!shown?.on && root.contains(document.activeElement)) place("transport").querySelector("button")?.focus();
    root.hidden = !shown;
    document.body.toggleAttribute("data-bug", Boolean(shown));
    if (!shown) return;
    const [what, ...rest] = shown.sentence.split(/(?<=\.) /);
    const acts = shown.on ? ` ${shown.description}` : "";
    const then = shown.on && state?.running ? ["What is drawn, explained and trained here is wrong on purpose."] : rest;
    show(words, h("b", {}, what), h("span", { class: "bug-more" }, `${acts} ${then.join(" ")}`));
    off.hidden = !shown.on;
  });
}
