/** How the noise of a batch falls with its size: the words, a log-log chart, and every number of it. */

import { format, percent } from "../scale/number.js";
import { watch } from "../store.js";
import { chart } from "./noise_chart.js";
import { paced } from "./paced.js";
import { h, show } from "./tree.js";

const GAP = { still: 100, running: 3000 };
const WIDEST = 760;
/** What the table and the gap need where it stands beside the chart, and the width from which it does. */
const BESIDE = { needs: 400, from: 900 };

/** @type {import("./panel.js").Panel} */
export const noisePanel = { name: "noise", label: "Noise", title: "Noise: how far a batch's gradient is from that of all examples", mount: mountNoise };

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
function mountNoise(root, store, commands) {

  const ask = paced(store, "noise", GAP, commands.fetchNoise);

  function draw() {
    const { noise, panel } = store.get();
    if (panel !== "noise") return;
    show(root, ...(noise ? content(noise, Math.min(WIDEST, root.clientWidth - (root.clientWidth >= BESIDE.from ? BESIDE.needs : 0))) : [h("p", { class: "muted" }, "Every training example's gradient is being worked out…")]));
  }

  watch(store, ({ panel, session, frame, state }) => [panel, session, frame?.update, state?.running, state?.revision], ask);
  watch(store, ({ panel, noise }) => [panel, noise], draw);
  new ResizeObserver(draw).observe(root);
}

/** @param {any} noise @param {number} width  px for the chart */
function content(noise, width) {
  const { sizes, gradient, sentence, batch_size: yours } = noise;
  if (!sizes.length) return [h("p", { class: "refused" }, sentence)];
  return [
    h("p", { class: "noise-sentence" }, sentence),
    h("div", { class: "noise" },
      h("figure", { class: "noise-figure" }, chart(noise, { width, height: 280 }),
        h("figcaption", { class: "caption" }, "Spread: the root mean square distance of a batch's gradient from that of all examples, with the middle 80 % of the batches drawn; dashed 1 ∕ √n, and a line at the length of the gradient itself. Both axes are logarithmic.")),
      h("div", { class: "noise-words" },
        h("table", { class: "numbers" },
          h("caption", {}, sample(noise)),
          h("thead", {}, h("tr", {}, ...["batch", "spread", "÷ gradient", "downhill"].map((head) => h("th", { scope: "col" }, head)))),
          h("tbody", {}, ...sizes.map((/** @type {any} */ { size, spread, downhill }) => h("tr", { class: size === yours ? "yours" : "" },
            h("th", { scope: "row" }, size.toLocaleString("en-GB"), size === yours ? " (yours)" : ""),
            h("td", {}, format(spread, 3)), h("td", {}, gradient ? format(spread / gradient, 3) : "–"), h("td", {}, percent(downhill)))))),
        h("p", { class: "caption" }, "Downhill: the share of batches that point less than 90° away from the gradient of all, so that a small step lowers the loss of all. Four times the examples halve the noise. Near the whole set it falls faster, because a batch of all has none. Penalties are the same in every batch and add no noise."))),
  ];
}

/** What was looked at. @param {any} noise */
function sample({ examples, of_examples: all, parameters, of_parameters: every, position, gradient }) {
  const part = (/** @type {number} */ some, /** @type {number} */ whole, /** @type {string} */ what) => `${some === whole ? `all ${whole.toLocaleString("en-GB")}` : `${some.toLocaleString("en-GB")} of ${whole.toLocaleString("en-GB")}`} ${what}`;
  return `At update ${position.update.toLocaleString("en-GB")}, from the gradients of ${part(examples, all, "training examples")} at ${part(parameters, every, "parameters")}. The gradient of all of them has the length ${format(gradient, 3)}.`;
}
