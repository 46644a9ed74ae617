/** A variational layer laid open: the draw with one example's numbers and its gradients in two parts, the map of all examples, and the decoder at any point. */

import { PROVISIONAL } from "../scale/decades.js";
import { watch } from "../store.js";
import { paintAll } from "./inside_pictures.js";
import { decoder } from "./latent_decoder.js";
import { diagram, parts } from "./latent_draw.js";
import { chart } from "./latent_map.js";
import { paced } from "./paced.js";
import { onTheme, readPalette } from "./palette.js";
import { h, show } from "./tree.js";

const GAP = { still: 20, running: 500 };

/** @typedef {import("../types.js").Store} Store */
/** @typedef {import("../types.js").Commands} Commands */

/** @type {import("./panel.js").Panel} */
export const latentPanel = {
  name: "latent", label: "Latent", title: "Latent space: what is drawn, what comes back to it, and what the decoder makes of it", mount: mountLatent,
  fits: (graph) => Boolean(graph?.nodes.some(({ op }) => op === "reparameterize") && graph.task?.kind !== "gan"),
};

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {Commands} commands */
function mountLatent(root, store, commands) {
  let palette = readPalette();
  onTheme(() => {
    palette = readPalette();
    draw();
  });

  const ask = paced(store, "latent", GAP, commands.fetchLatent);

  function draw() {
    const now = store.get();
    if (now.panel !== "latent") return;
    if (!now.latent?.map) show(root, h("p", { class: "muted" }, "The latent space is being read…"));
    else if (now.latent.map.refused) show(root, h("p", { class: "refused" }, now.latent.map.refused));
    else show(root, ...content(now, commands));
    paintAll(root, palette);
  }

  watch(store, ({ panel, session, focus, charting, frame, state }) => [panel, session, focus, charting.layer, charting.axes, frame?.update, frame?.instruction, state?.running, state?.revision], ask);
  watch(store, ({ charting }) => [charting.z], ({ panel }) => { if (panel === "latent") commands.decodeLatent(); });
  watch(store, ({ panel, latent, charting, legend }) => [panel, latent, charting, legend], draw);
}

/** @param {Store} now @param {Commands} commands */
function content({ latent, charting, legend }, commands) {
  const decades = legend ?? PROVISIONAL;
  const { draw, map, decoded } = latent;
  const unit = Math.min(charting.unit, map.units - 1);
  return [
    choices(map, charting, unit, commands),
    h("div", { class: "latent-views" },
      h("section", { "aria-labelledby": "latent-draw" },
        h("h3", { id: "latent-draw" }, map.units > 1 ? `The draw of number ${unit + 1}` : "The draw"),
        ...(draw.refused ? [h("p", { class: "refused" }, draw.refused)] : [diagram(draw, unit, decades), h("p", { class: draw.through ? "latent-why" : "latent-why blocked" }, draw.sentence), parts(draw, unit, decades)])),
      h("section", { "aria-labelledby": "latent-map" }, h("h3", { id: "latent-map" }, "The map"), ...chart(map, decoded, charting, commands)),
      h("section", { "aria-labelledby": "latent-decoder" }, h("h3", { id: "latent-decoder" }, "The decoder"), ...(decoded.refused ? [h("p", { class: "refused" }, decoded.refused)] : decoder(map, decoded, charting, commands)))),
  ];
}

/** Which layer, which number of the description, and which two of them the map shows. @param {any} map @param {import("../types.js").Charting} charting @param {number} unit @param {Commands} commands */
function choices({ layer, layers, units, axes, followed }, charting, unit, commands) {
  const field = (/** @type {string} */ label, /** @type {string[]} */ texts, /** @type {number} */ chosen, /** @type {(index: number) => void} */ take) =>
    h("label", { class: "attention-choice" }, h("span", {}, label), h("select", { class: "field", onchange: (/** @type {any} */ event) => take(Number(event.target.value)) },
      ...texts.map((text, index) => h("option", { value: index, selected: index === chosen }, text))));
  const numbers = Array.from({ length: units }, (_, index) => String(index + 1));
  return h("div", { class: "attention-choices" },
    layers.length > 1 && field("layer", layers.map((/** @type {any} */ each) => each.label), layers.findIndex((/** @type {any} */ each) => each.layer === layer), (index) => commands.chart({ layer: layers[index].layer, unit: 0, axes: [0, 1], z: null })),
    units > 1 && field("draw of number", numbers, unit, (index) => commands.chart({ unit: index })),
    units > 2 && field("map across", numbers, axes[0], (index) => commands.chart({ axes: [index, charting.axes[1]] })),
    units > 2 && field("map up", numbers, axes[1], (index) => commands.chart({ axes: [charting.axes[0], index] })),
    h("span", { class: "muted" }, `example ${followed.example}${followed.label === null ? "" : `, class ${followed.label}`}`));
}
