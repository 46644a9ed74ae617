/** One sentence: where the program stands, what it has just done, what comes next. While running it speaks at most every two seconds. */

import { element } from "./element.js";
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
      const [update, ...rest] = [`Update ${frame?.update ?? state.position.update}`, `training, ${pace}. Pause to look at a single step.`];
      root.replaceChildren(element("b", {}, update), ` · ${rest.join(" ")}`);
      root.dataset.running = "yes";
    } else {
      delete root.dataset.running;
      root.replaceChildren(...words(state));
    }
    spoken = performance.now();
  }
  watch(store, ({ state, frame, unit, rate, connection }) => [state, state?.running ? frame?.update : 0, unit, rate, connection], draw);
}

/** The server's sentence, its beginning in bold. @param {import("../types.js").State} state @returns {(Node | string)[]} */
function words({ sentence, next }) {
  const [place, ...done] = sentence.split(" · ");
  const end = next ? ` Next: ${next.charAt(0).toLowerCase()}${next.slice(1)}` : "";
  return [element("b", {}, place), done.length ? ` · ${done.join(" · ")}` : "", end];
}

/** @param {string} unit */
const plural = (unit) => (unit === "batch" ? "batches" : unit === "pass" ? "passes" : `${unit}s`);
