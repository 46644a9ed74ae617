/** One sentence: where the program stands, what it has just done, what comes next. While running it changes at most every two seconds, and is not spoken. */

import { element } from "./element.js";
import { named } from "./names.js";
import { watch } from "../store.js";

const QUIET = 2000;

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store */
export function mountStatus(root, store) {
  let spoken = 0;
  /** @param {import("../types.js").Store} now */
  function draw({ state, frame, unit, rate, connection }) {
    if (!state) {
      root.textContent = connection === "lost" ? "Waiting for the server." : "Building the network…";
      return;
    }
    if (state.running) {
      if (performance.now() - spoken < QUIET && root.dataset.running) return;
      const pace = rate === null ? "as fast as possible" : `${rate} ${rate === 1 ? unit : plural(unit)} a second`;
      root.replaceChildren(element("b", {}, `Update ${frame?.update ?? state.position.update}`), ` · training, ${pace}.`, ...onward("Pause to look at a single step."));
      root.dataset.running = "yes";
      root.setAttribute("aria-live", "off"); // a screen reader is not told of every update; each step it is
    } else {
      delete root.dataset.running;
      root.setAttribute("aria-live", "polite");
      root.replaceChildren(...words(state));
    }
    spoken = performance.now();
  }
  watch(store, ({ state, frame, unit, rate, connection }) => [state, state?.running ? frame?.update : 0, unit, rate, connection], draw);
}

/** The server's sentence, its beginning in bold. @param {import("../types.js").State} state @returns {(Node | string)[]} */
function words({ sentence, next }) {
  const [place, ...done] = sentence.split(" · ");
  return [element("b", {}, place), ...named(done.length ? ` · ${done.join(" · ")}` : ""), ...(next ? onward(`Next: ${next.charAt(0).toLowerCase()}${next.slice(1)}`) : [])];
}

/** What comes next, on a line of its own where there is room. @param {string} text */
const onward = (text) => [" ", element("span", { class: "status-next" }, ...named(text))];

/** @param {string} unit */
const plural = (unit) => (unit === "batch" ? "batches" : unit === "pass" ? "passes" : `${unit}s`);
