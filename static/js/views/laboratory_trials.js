/** The trials beside one another: a table of their numbers, then a card each with the ribbons of its gradients, its activations and its units. */

import { drawDepth, spreadRange } from "../draw/depth.js";
import { drawLengths, drawRibbons, ribbonDecades } from "../draw/ribbons.js";
import { counts, momentAt, ribbonsOf } from "../layout/trial.js";
import { ramp, step } from "../scale/color.js";
import { brief, format, percent } from "../scale/number.js";
import { watch } from "../store.js";
import { place } from "./element.js";
import { onTheme, readPalette } from "./palette.js";
import { h, show } from "./tree.js";

/** @typedef {import("../types.js").Case} Case */
/** @typedef {import("../types.js").Trial} Trial */
/** @typedef {import("../types.js").Treatment & {trial: Trial}} Tried */

/** @param {import("../types.js").Handle<Case>} store @param {import("../types.js").Commands} commands */
export function mountTrials(store, commands) {
  const [table, cards, progress] = [place("table"), place("trials"), place("progress")];
  let palette = readPalette();

  function draw() {
    const state = store.get();
    const done = state.treatments.filter(({ trial, refused }) => trial || refused).length;
    const some = done === 1 ? "trial" : "trials";
    progress.textContent = done < state.treatments.length ? `${done} of ${state.treatments.length} trials done…` : `${done} ${some} of ${state.updates} updates`;
    show(table, numbers(state), seeker(state, commands));
    show(cards, ...state.treatments.map((one) => card(one, state)));
    paint(cards, state, palette);
  }

  watch(store, ({ treatments, at }) => [treatments, at], draw);
  new ResizeObserver(() => paint(cards, store.get(), palette)).observe(cards);
  onTheme(() => { palette = readPalette(); paint(cards, store.get(), palette); });
}

/** @param {Case} state @returns {Tried[]} */
const triedOf = ({ treatments }) => /** @type {Tried[]} */ (treatments.filter(({ trial }) => trial));

/** @param {Case} state */
function numbers({ treatments, pathology }) {
  const what = pathology?.net === "recurrent" ? "first moment" : "first layer";
  const heads = ["net", "loss", "test loss", "accuracy", `|∂L/∂·| of the ${what}, update 1`, "at the end", "nearest to the loss", "dead", "saturated", "longest, clipped to"];
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "The numbers of every trial" },
    h("table", { class: "numbers" }, h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...treatments.map(({ name, trial, refused }) => h("tr", {}, h("th", { scope: "row" }, name),
        ...(trial ? cells(trial).map((text) => h("td", {}, text)) : [h("td", { colspan: 9, class: "waiting" }, refused ?? "under way…")]))))));
}

/** @param {Trial} trial */
function cells({ summary, clips, moments }) {
  const longest = moments.filter(({ update, length }) => update > 0 && length !== null).sort((a, b) => Number(b.length) - Number(a.length))[0];
  return [brief(summary.loss), brief(summary.test_loss), percent(summary.accuracy), brief(summary.first_at_start), brief(summary.first), brief(summary.last),
    ...[summary.dead, summary.saturated].map((count) => `${count} of ${summary.units}`), clips && longest ? `${brief(longest.length)} → ${brief(longest.applied)}` : "–"];
}

/** Which measured moment is looked at in depth. @param {Case} state @param {import("../types.js").Commands} commands */
function seeker(state, commands) {
  const longest = triedOf(state).map(({ trial }) => trial.moments).sort((a, b) => b.length - a.length)[0];
  if (!longest) return h("p", { class: "seeker caption" }, "The trials run in processes of their own; each shows as soon as it is done.");
  const at = Math.min(state.at, longest.length - 1);
  return h("label", { class: "seeker" }, h("span", {}, "In depth"),
    h("input", { type: "range", min: 0, max: longest.length - 1, step: 1, value: at, "aria-valuetext": `after update ${longest[at].update}`, oninput: (/** @type {any} */ event) => commands.lookAt(Number(event.target.value)) }),
    h("span", {}, `after update ${longest[at].update.toLocaleString("en-GB")}`));
}

/** @param {import("../types.js").Treatment} treatment @param {Case} state */
function card({ key, name, trial, refused }, { at, pathology }) {
  const says = trial ? sentence(trial, pathology?.net ?? "deep") : refused ?? "under way…";
  const moment = trial && momentAt(trial, at);
  const found = moment && counts(moment);
  return h("article", { class: "card trial", "data-key": key, "aria-label": name },
    h("header", { class: "card-head" }, h("h3", {}, name), h("p", { class: "card-note" }, trial ? `loss ${brief(trial.summary.loss)} · ${percent(trial.summary.accuracy)}` : "")),
    h("p", { class: refused || trial?.stopped ? "trial-says bad" : "trial-says", role: refused ? "alert" : null }, says),
    h("canvas", { class: "trial-ribbons", role: "img", "aria-label": `${name}: the size of the gradient in every place over the updates. ${says}` }),
    trial?.clips ? h("p", { class: "caption" }, "length of the whole gradient, before and after clipping") : null,
    trial?.clips ? h("canvas", { class: "trial-lengths", role: "img", "aria-label": `${name}: the gradient's length before and after clipping` }) : null,
    h("p", { class: "caption trial-counts" }, moment && found ? depthSays(moment, found) : " "),
    h("canvas", { class: "trial-depth", role: "img", "aria-label": moment && found ? `${name}, in depth: ${depthSays(moment, found)}` : name }));
}

/** @param {Trial} trial @param {string} net */
function sentence({ summary, places, stopped }, net) {
  if (stopped) return stopped;
  const { first, last } = summary;
  if (first === null || last === null) return "No gradient is known.";
  const [near, far] = net === "recurrent" ? ["the last moment", "the first"] : [places[places.length - 1].replace("layer", "layer"), "layer 1"];
  if (first === 0) return `Nothing at all arrives at ${far}: every gradient there is 0 to the last bit.`;
  const times = last / first;
  if (times > 1.5) return `The gradient is ${format(times, 2)} times smaller at ${far} than at ${near}.`;
  return times < 1 / 1.5 ? `The gradient is ${format(1 / times, 2)} times larger at ${far} than at ${near}.` : `The gradient is about as large at ${far} as at ${near}.`;
}

/** @param {import("../types.js").Measured} moment @param {{units: number, dead: number, saturated: number}} found */
function depthSays({ spreads }, { units, dead, saturated }) {
  const signal = spreads.length ? `signal ±${brief(spreads[spreads.length - 1].signal)} at the end · ` : "";
  return `${signal}${dead} of ${units} dead (filled) · ${saturated} saturated (hollow)`;
}

/** @param {HTMLElement} root @param {Case} state @param {import("./palette.js").Palette} palette */
function paint(root, state, palette) {
  const tried = triedOf(state);
  const ribbons = tried.map(({ trial }) => ribbonsOf(trial));
  const decades = ribbonDecades(ribbons);
  const range = spreadRange(tried.map(({ trial }) => momentAt(trial, state.at)));
  const { css } = palette;
  const ink = { ink: css.ink, muted: css.muted, line: css.line, accent: css.accent, sunken: css.sunken, outline: css.outline, font: getComputedStyle(root).getPropertyValue("--caption").replace("var(--text)", getComputedStyle(root).fontFamily) };
  const colors = ramp([css.accent, css.outline, css.ink]).css;
  const shade = (/** @type {number} */ share) => colors[step(share)];
  tried.forEach(({ key, trial }, index) => {
    const card = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const moment = momentAt(trial, state.at);
    brushOn(card, ".trial-ribbons", (brush, box) => drawRibbons(brush, box, ribbons[index], { decades, last: state.updates, cursor: moment.update }, ink, shade));
    brushOn(card, ".trial-depth", (brush, box) => drawDepth(brush, box, moment, range, state.pathology?.net === "recurrent" ? "moment" : "layer", ink));
    const known = trial.moments.filter(({ update }) => update > 0);
    const lengths = { updates: known.map(({ update }) => update), before: known.map(({ length }) => length), after: known.map(({ applied }) => applied) };
    brushOn(card, ".trial-lengths", (brush, box) => drawLengths(brush, box, lengths, state.updates, ink));
  });
}

/** @param {Element | null} card @param {string} name @param {(brush: CanvasRenderingContext2D, box: {x: number, y: number, width: number, height: number}) => void} draw */
function brushOn(card, name, draw) {
  const canvas = /** @type {HTMLCanvasElement | null} */ (card?.querySelector(name));
  if (!canvas) return;
  const { width, height } = canvas.getBoundingClientRect();
  if (!width || !height) return;
  const ratio = Math.min(2, devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  draw(brush, { x: 0, y: 0, width, height });
}
