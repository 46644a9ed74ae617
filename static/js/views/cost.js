/** The cost of credit assignment: every way to the whole gradient, as bars and in exact numbers, and a switch to train by the one that crawls. */

import { measures, nameOf, times } from "../layout/cost.js";
import { duration, format, share } from "../scale/number.js";
import { watch } from "../store.js";
import { NAMES, bars } from "./cost_bars.js";
import { paced } from "./paced.js";
import { h, show } from "./tree.js";

const GAP = { still: 100, running: 5000 };
const BETWEEN = 24;
/** Widths from which four measures stand side by side, and two. */
const FOUR = 1100;
const TWO = 620;

/** @typedef {import("../layout/cost.js").Way} Way */
/** @typedef {import("../types.js").Commands} Commands */

/** @type {import("./panel.js").Panel} */
export const costPanel = { name: "cost", label: "Cost", title: "The cost of credit assignment: what the whole gradient takes, by every way to it", mount: mountCost };

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {Commands} commands */
function mountCost(root, store, commands) {

  const ask = paced(store, "cost", GAP, commands.fetchCost);

  function draw() {
    const { cost, panel, state } = store.get();
    if (panel !== "cost" || !root.clientWidth) return; // not laid out yet; the observer calls again
    if (!cost) show(root, h("p", { class: "muted" }, "Every way is being run…"));
    else if (cost.refused) show(root, h("p", { class: "refused" }, cost.refused));
    else show(root, ...content(cost, root.clientWidth, state?.settings?.gradient, commands));
  }

  watch(store, ({ panel, session, frame, state }) => [panel, session, frame?.update, frame?.instruction, state?.running, state?.revision], ask);
  watch(store, ({ panel, cost, state }) => [panel, cost, state?.settings?.gradient?.kind], draw);
  new ResizeObserver(draw).observe(root);
}

/** @param {any} cost @param {number} width  px @param {any} gradient  how the session comes by its own @param {Commands} commands */
function content(cost, width, gradient, commands) {
  const ways = /** @type {Way[]} */ (cost.ways);
  return [
    h("p", { class: "cost-sentence" }, `${cost.sentence} `, h("span", { class: "muted" }, cost.pace)),
    figures(ways, width),
    h("p", { class: "caption cost-key" }, `Shorter is better in all four; every axis is logarithmic.${ways.some(({ extrapolated }) => extrapolated) ? " A dashed bar is in proportion, from a sample." : ""} The stroke across a direction's error is what theory expects of it.`),
    h("div", { class: "cost-exact" }, table(cost, ways), h("div", { class: "cost-words" },
      h("p", {}, "Error is the length of the difference to the exact gradient, as a share of the exact one's own. The exact one is backpropagation's; that it is exact is measured too."),
      h("div", { class: "cost-ways" }, crawl(gradient, commands), h("button", { type: "button", class: "link", onclick: () => commands.fetchCost() }, "Measure again")))),
    h("details", { class: "fold cost-how" },
      h("summary", {}, "How each was measured"),
      h("dl", {}, ...ways.flatMap((way) => [h("dt", {}, nameOf(way)), h("dd", {}, way.sentence)]),
        h("dt", {}, "operations"), h("dd", {}, cost.counted),
        h("dt", {}, "time"), h("dd", {}, cost.timed))),
  ];
}

/** @param {Way[]} ways @param {number} width */
function figures(ways, width) {
  const columns = width >= FOUR ? 4 : width >= TWO ? 2 : 1;
  const plain = (width - NAMES - BETWEEN * (columns - 1)) / columns;
  const names = ways.map(nameOf);
  return h("div", { class: "cost-figures", "data-columns": columns }, ...measures(ways).map((measure, index) => {
    const named = index % columns === 0;
    return h("figure", {},
      h("figcaption", { class: named ? "named" : "" }, h("b", {}, measure.title), ` ${measure.note}`),
      bars(measure, names, { width: Math.floor(plain + (named ? NAMES : 0)), named }));
  }));
}

/** @param {any} cost @param {Way[]} ways */
function table({ position, examples, parameters, gradient, sigma }, ways) {
  const whole = (/** @type {number} */ count) => count.toLocaleString("en-GB");
  const where = `At update ${whole(position.update)}: ${whole(parameters)} parameters, a batch of ${whole(examples)} ${examples === 1 ? "example" : "examples"}, a gradient of length ${format(gradient, 3)}; directions nudge by σ = ${format(sigma, 2)}.`;
  return h("div", { class: "cost-table", tabindex: "0", role: "region", "aria-label": "The exact numbers" },
    h("table", { class: "numbers" },
      h("caption", {}, where),
      h("thead", {}, h("tr", {}, ...["way to the gradient", "forward", "backward", "operations", "time", "against backprop", "error", "expected"].map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...ways.map((way, index) => h("tr", { class: index === 0 ? "yours" : "" },
        h("th", { scope: "row" }, nameOf(way)),
        h("td", {}, whole(way.forward)), h("td", {}, whole(way.backward)), h("td", {}, whole(way.operations)),
        h("td", {}, `${way.extrapolated ? "≈ " : ""}${duration(way.seconds)}`), h("td", {}, index === 0 ? "1" : times(way.slower)),
        h("td", {}, share(way.error)), h("td", {}, way.expected === null ? "–" : share(way.expected)))))));
}

/** To see with one's own eyes how the other way learns. @param {any} gradient @param {Commands} commands */
function crawl(gradient, commands) {
  const exact = gradient?.kind !== "weight_perturbation";
  return h("button", { type: "button", class: "button", onclick: () => commands.configure({ gradient: { kind: exact ? "weight_perturbation" : "backpropagation" } }) },
    exact ? "Train by random directions, and see it crawl" : "Train by backpropagation again");
}
