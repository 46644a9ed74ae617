/** What is pinned, laid open: a weight, a neuron or an op with its numbers. The same number lights up wherever it stands. */

import { h, show } from "./tree.js";
import { place } from "./element.js";
import { watch } from "../store.js";
import { PROVISIONAL } from "../scale/decades.js";
import { parameterView } from "./inspector_parameter.js";
import { neuronView } from "./inspector_neuron.js";
import { opView } from "./inspector_op.js";
import { close } from "./inspector_parts.js";

/** @typedef {import("../types.js").Store & {scale: {lo: number, hi: number}, commands: import("../types.js").Commands}} Seen */

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountInspector(store, commands) {
  const root = place("inspector");
  let rung = "";

  function draw() {
    const now = store.get();
    /** @type {Seen} */
    const seen = { ...now, scale: now.legend ?? PROVISIONAL, commands };
    show(root, ...content(seen));
    light(root, now.hover?.target ?? null);
    follow();
  }

  /** @param {Seen} seen */
  function content(seen) {
    const { pinned, explain } = seen;
    if (!pinned) return [empty(seen)];
    if (explain?.target !== pinned.target) return [h("header", { class: "inspector-head" }, h("h2", {}, nameless(pinned.target))), h("p", { class: "muted" }, "Working it out…")];
    if (explain.kind === "parameter") return parameterView(seen, explain);
    if (explain.kind === "neuron") return neuronView(seen, explain);
    if (explain.kind === "op") return opView(seen, explain);
    return [h("header", { class: "inspector-head" }, h("h2", {}, nameless(pinned.target)), close(commands)), h("p", { class: "muted" }, explain.sentence)];
  }

  /** Bring the rung where the program stands into view, within the card only. */
  function follow() {
    const current = /** @type {HTMLElement | null} */ (root.querySelector(".rung.current"));
    const key = current?.dataset.rung ?? "";
    if (current && key !== rung && root.scrollHeight > root.clientHeight) {
      const [inner, outer] = [current.getBoundingClientRect(), root.getBoundingClientRect()];
      if (inner.top < outer.top + 8 || inner.bottom > outer.bottom - 8) root.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
    }
    rung = key;
  }

  const over = (/** @type {Event} */ event) => commands.hover(targetOf(event));
  root.addEventListener("pointerover", over);
  root.addEventListener("focusin", over);
  root.addEventListener("pointerleave", () => commands.hover(null));
  root.addEventListener("focusout", () => commands.hover(null));
  root.addEventListener("click", (event) => {
    const target = targetOf(event);
    if (target) commands.pin(target.replace(/^cotangent:/, "value:"));
  });

  watch(store, ({ pinned, explain, section, detail, legend, scope, graph, state, focus }) => [pinned, explain, section, detail, legend, scope, graph, state?.position.update, state?.position.instruction, state?.running, focus], draw);
  watch(store, ({ hover }) => [hover], ({ hover }) => light(root, hover?.target ?? null));
}

/** @param {Seen} seen */
const empty = ({ focus }) => h("div", { class: "inspector-empty" },
  h("h2", {}, "Inspector"),
  h("p", {}, "Click an edge for its weight, a neuron for its sum, or a cell of the program for its formula: their numbers are laid open here."),
  focus === null ? null : h("p", { class: "caption" }, `Example ${focus} is followed.`));

/** The target of what the pointer or the focus is on. @param {Event} event */
function targetOf({ target }) {
  const part = target instanceof Element ? target.closest("[data-ref]") : null;
  return part ? /** @type {HTMLElement} */ (part).dataset.ref?.replace(/^gradient:/, "parameter:") ?? null : null;
}

/** Light up every tile that shows the number under the pointer. @param {HTMLElement} root @param {string | null} target */
function light(root, target) {
  for (const part of root.querySelectorAll("[data-ref]")) {
    const own = /** @type {HTMLElement} */ (part).dataset.ref?.replace(/^gradient:/, "parameter:");
    part.toggleAttribute("data-lit", target !== null && own === target);
  }
}

/** @param {string} target */
const nameless = (target) => (target.startsWith("parameter:") ? `Weight ${target.slice(10)}` : target.startsWith("op:") ? "Op" : "Neuron");
