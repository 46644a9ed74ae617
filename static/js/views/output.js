/** What the network makes of the data: a surface with its points, a curve, images with their predictions, or predicted against true. */

import { element, place } from "./element.js";
import { watch } from "../store.js";
import { brief, percent } from "../scale/number.js";
import { classOf } from "../scale/labels.js";
import { createImages } from "./output_images.js";
import { createPairs } from "./output_pairs.js";
import { createPlot } from "./output_plot.js";
import { createSamples } from "./output_samples.js";
import { createSlopes } from "./output_slopes.js";
import { createConfusion } from "./output_confusion.js";
import { createText } from "./output_text.js";
import { followed } from "./scene.js";

/** The share of one answer from which on it is said that always giving it would be right so often. */
const LOPSIDED = 0.6;

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountOutput(root, store, commands) {
  const picture = element("div", { class: "output-picture" });
  const number = element("input", { type: "number", min: 0, step: 1, class: "field", id: "example", "aria-label": "Followed example, by number" });
  const keys = element("ul", { class: "output-keys" });
  const follow = element("label", { class: "output-follow", for: "example" }, ring(), element("span", { class: "unseen" }, "followed example"), number);
  const slopes = createSlopes();
  const least = element("p", { class: "caption output-baseline", title: "How often it would be right always to give the answer that is most frequent in training" });
  root.append(picture, element("div", { class: "output-foot" }, keys, least, follow), slopes.root);
  number.addEventListener("change", () => {
    const { data } = store.get();
    const wanted = Number(number.value);
    if (number.value !== "" && Number.isInteger(wanted) && wanted >= 0 && data && wanted < data.train + data.test) commands.focus(wanted);
    else show(store.get());
  });

  /** @type {{root: HTMLElement, draw: (now: import("../types.js").Store) => void} | null} */
  let view = null;
  watch(store, ({ data, graph }) => [data, graph], (now) => {
    view = choose(now, commands);
    root.dataset.kind = now.data && now.data.columns.length <= 2 ? "plane" : "panel";
    picture.replaceChildren(...(view ? [view.root] : [element("p", { class: "muted" }, now.data ? "There is no picture of answers at every step; their loss is above." : "Waiting for the first predictions.")]));
    keys.replaceChildren(...legend(now));
    number.max = String(now.data ? now.data.train + now.data.test - 1 : 0);
    view?.draw(now);
  });
  watch(store, (now) => [now.predictions, now.surface, now.samples, now.written, now.data, followed(now), Boolean(now.pinned)], (now) => view?.draw(now));
  watch(store, ({ samples, graph, legend }) => [samples, graph, legend], slopes.draw);
  watch(store, ({ predictions, samples }) => [predictions, samples], ({ predictions, samples }) => {
    if (samples) {
      const { modes } = samples;
      place("accuracy").textContent = modes ? `${modes.covered} of ${modes.of} modes` : "";
      return;
    }
    const accuracy = predictions?.accuracy;
    const loss = predictions?.loss;
    place("accuracy").textContent = accuracy
      ? `train ${percent(accuracy.train)}${accuracy.test === null ? "" : ` · test ${percent(accuracy.test)}`}`
      : loss ? `train ${brief(loss.train)}${loss.test === null ? "" : ` · test ${brief(loss.test)}`}` : "";
  });
  watch(store, (now) => [followed(now), now.data], show);
  watch(store, ({ predictions, data }) => [predictions, data], ({ predictions, data }) => {
    const baseline = predictions?.baseline;
    least.hidden = !baseline || baseline.train < LOPSIDED;
    if (baseline) least.textContent = `always “${classOf(baseline.answer, data?.class_names)}”: ${percent(baseline.train)}`;
  });

  /** @param {import("../types.js").Store} now */
  function show(now) {
    const example = followed(now);
    if (document.activeElement !== number) number.value = example === null ? "" : String(example);
  }
}

/** @param {import("../types.js").Store} now @param {import("../types.js").Commands} commands */
function choose({ data, graph }, commands) {
  if (!data || !graph) return null;
  if (graph.task?.kind === "gan" && data.image) return createSamples(commands);
  if (data.alphabet && data.task === "classes") return createText(commands);
  if (data.image) return data.task === "regression" ? createPairs(commands) : createImages(commands);
  if (data.task === "regression" && data.target_shape.length > 1) return null;
  if (data.task !== "regression" && data.columns.length !== 2) return createConfusion(commands);
  return createPlot(commands);
}

/** @param {import("../types.js").Store} now @returns {HTMLElement[]} */
function legend({ data, graph }) {
  if (!data || data.image) return [];
  if (graph?.task?.kind === "gan") return [key(0, "real"), key(1, "generated")];
  const classes = data.task === "regression" ? ["training"] : data.columns.length === 2 ? (data.class_names ?? ["0", "1"]) : [];
  const named = shorten(classes.slice(0, 4)).map((name, index) => key(index, data.task === "regression" ? name : /^\d+$/.test(name) ? `class ${name}` : name));
  return classes.length ? [...named, ...(data.test > 0 ? [key(-1, "test")] : [])] : [];
}

/** Names without the last word that all of them share. @param {string[]} names */
function shorten(names) {
  const last = names.map((name) => name.split(" ").slice(1).join(" "));
  return names.length > 1 && last[0] && last.every((word) => word === last[0]) ? names.map((name) => name.split(" ")[0]) : names;
}

/** @param {number} shape @param {string} text */
const key = (shape, text) => element("li", { "data-shape": String(shape) }, element("i", { "aria-hidden": "true" }), text);
const ring = () => element("i", { class: "ring", "aria-hidden": "true" });
