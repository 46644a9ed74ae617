/** What lies inside a layer: a sequence unrolled over time, a window on an image, or three kinds of cell side by side. */

import { insidesOf } from "../layout/inside.js";
import { watch } from "../store.js";
import { memoryView } from "./inside_memory.js";
import { normalizationView } from "./inside_normalization.js";
import { paced } from "./paced.js";
import { onTheme, readPalette } from "./palette.js";
import { paintAll } from "./inside_pictures.js";
import { sequenceView } from "./inside_sequence.js";
import { windowView } from "./inside_window.js";
import { h, show } from "./tree.js";

const GAP = { still: 60, running: 700 };
const VIEWS = { sequence: sequenceView, window: windowView, normalization: normalizationView, memory: memoryView };

/** @typedef {{now: import("../types.js").Store, commands: import("../types.js").Commands, width: number}} Looking */

/** @type {import("./panel.js").Panel} */
export const insidePanel = { name: "inside", label: "Inside", title: "Inside a layer: what happens there, and what comes back", mount: mountInside };

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
function mountInside(root, store, commands) {
  let palette = readPalette();

  const read = paced(store, "inside", GAP, () => {
    const { graph, inside, opened } = store.get();
    const chosen = graph && insidesOf(graph).find(({ name }) => name === inside.view);
    if (chosen && (inside.view !== "memory" || opened?.of !== "memory" || (inside.updates !== null && opened?.updates !== inside.updates))) commands.fetchInside(chosen);
  });

  function ask() {
    const { panel, graph, inside } = store.get();
    if (panel !== "inside" || !graph) return;
    const all = insidesOf(graph);
    if (all.some(({ name }) => name === inside.view)) read();
    else commands.lookInto(all[0].name);
  }

  function draw() {
    const now = store.get();
    const { panel, graph, inside, opened } = now;
    if (panel !== "inside" || !graph) return;
    const all = insidesOf(graph);
    const chosen = all.find(({ name }) => name === inside.view);
    const mine = chosen && opened?.of === chosen.name;
    show(root,
      h("div", { class: "segments inside-tabs", role: "group", "aria-label": "What to look into" },
        ...all.map(({ name, label }) => h("button", { type: "button", "data-text": label, "aria-pressed": String(name === inside.view), onclick: () => commands.lookInto(name) }, label))),
      ...(!mine ? [h("p", { class: "muted" }, chosen?.kind === "memory" ? "Three networks are built and trained…" : "Working it out…")]
        : opened.refused ? [h("p", { class: "refused" }, opened.refused)]
        : VIEWS[chosen.kind]({ now, commands, width: root.clientWidth }, opened)));
    paintAll(root, palette);
  }

  watch(store, ({ panel, session, frame, state, graph, focus, inside }) => [panel, session, frame, state?.running, state?.revision, graph, focus, inside], ask);
  watch(store, ({ panel, opened, inside, graph, legend, state }) => [panel, opened, inside, graph, legend, state?.position.update, state?.position.instruction], draw);
  onTheme(() => {
    palette = readPalette();
    draw();
  });
  new ResizeObserver(draw).observe(root);
}
