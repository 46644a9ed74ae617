/** What is pinned, laid open: a weight, a neuron or an op with its numbers. The same number lights up wherever it stands. */

import { h, show } from "./tree.js";
import { place } from "./element.js";
import { watch } from "../store.js";
import { PROVISIONAL } from "../scale/decades.js";
import { emptyView } from "./inspector_empty.js";
import { parameterView } from "./inspector_parameter.js";
import { neuronView } from "./inspector_neuron.js";
import { opView } from "./inspector_op.js";
import { stepView } from "./inspector_step.js";
import { close } from "./inspector_parts.js";
import { belongs, pinOf } from "../layout/target.js";

/** @typedef {import("../types.js").Store & {scale: {lo: number, hi: number}, commands: import("../types.js").Commands}} Seen */

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountInspector(store, commands) {
  const root = place("inspector");
  let rung = "";

  function draw() {
    const now = store.get();
    /** @type {Seen} */
    const seen = { ...now, scale: now.legend ?? PROVISIONAL, commands };
    show(root, ...content(seen), h("div", { class: "more-below", "aria-hidden": "true" }));
    light(root, now);
    follow();
    tellMore();
  }

  /** Whether there is more below what is seen. */
  function tellMore() {
    root.toggleAttribute("data-more", root.scrollTop + root.clientHeight < root.scrollHeight - 8);
  }

  /** @param {Seen} seen */
  function content(seen) {
    const { pinned, explain } = seen;
    if (!pinned) return emptyView(seen);
    if (explain?.target !== pinned.target) return [h("header", { class: "inspector-head" }, h("h2", {}, nameless(pinned.target))), h("p", { class: "muted" }, "Working it out…")];
    if (explain.kind === "parameter") return parameterView(seen, explain);
    if (explain.kind === "neuron") return neuronView(seen, explain);
    if (explain.kind === "op") return opView(seen, explain);
    if (explain.kind === "step") return stepView(seen, explain);
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

  root.addEventListener("scroll", tellMore, { passive: true });
  new ResizeObserver(tellMore).observe(root);
  const over = (/** @type {Event} */ event) => commands.hover(...targetsOf(event.target));
  root.addEventListener("pointerover", over);
  root.addEventListener("focusin", over);
  root.addEventListener("pointerleave", () => commands.hover(...(document.activeElement?.matches("#inspector [data-refs]") ? targetsOf(document.activeElement) : [])));
  root.addEventListener("focusout", () => commands.hover());
  root.addEventListener("click", (event) => {
    const { graph } = store.get();
    const [target, ...more] = targetsOf(event.target);
    if (target && graph && !more.length) commands.pin(pinOf(graph, target));
  });

  watch(store, ({ pinned, explain, section, detail, held, legend, scope, graph, state, focus, unit, predictions }) => [
    pinned, explain, section, detail, held, legend, scope, graph, state?.position.update, state?.position.instruction, state?.running, state?.fault, focus, unit, pinned ? null : predictions?.worst,
  ], draw);
  watch(store, ({ hover }) => [hover], (now) => light(root, now));
}

/** What the pointer or the focus is on: one number, or with `data-refs` all that a path goes through. @param {EventTarget | null} target @returns {string[]} */
function targetsOf(target) {
  const part = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-ref], [data-refs]")) : null;
  return part?.dataset.refs?.split(" ") ?? (part?.dataset.ref ? [weightOf(part.dataset.ref)] : []);
}

/** Light up every tile that shows the number under the pointer or belongs to the place under it, and every path that goes through it. @param {HTMLElement} root @param {import("../types.js").Store} now */
function light(root, { graph, hover }) {
  const targets = hover?.targets ?? [];
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-ref], [data-refs]"))) {
    const { ref, refs } = part.dataset;
    const own = refs?.split(" ");
    part.toggleAttribute("data-lit", targets.length > 0 && graph !== null && (own ? targets.every((target) => own.includes(target)) : targets.some((target) => belongs(graph, weightOf(ref ?? ""), target))));
  }
}

/** A gradient is drawn, and pinned, where its weight is. @param {string} ref */
const weightOf = (ref) => ref.replace(/^gradient:/, "parameter:");

/** @param {string} target */
const nameless = (target) => (target.startsWith("parameter:") ? `Weight ${target.slice(10)}` : target.startsWith("op:") ? "Op" : target === "step" ? "Step" : "Neuron");
