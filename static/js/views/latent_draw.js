/** One number's draw as a picture, z = μ + σ ε with the gradient on its lines, and the two parts of each gradient as sums. */

import { format, lowered } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { MARK, magnitude, markOf, widthOf } from "../scale/signed.js";
import { h, svg } from "./tree.js";

const [WIDE, HIGH] = [108, 52];
const SIZE = { width: 356, height: 372 };
/** Upper left corners of the boxes. */
const AT = /** @type {const} */ ({ encoder: [62, 1], mean: [1, 80], spread: [124, 80], noise: [247, 80], divergence: [1, 200], z: [186, 200], decoder: [186, 319] });

/** @typedef {import("../scale/signed.js").Decades} Decades */
/** @typedef {keyof typeof AT} Box */

/** @param {any} draw @param {number} unit @param {Decades} decades */
export function diagram(draw, unit, decades) {
  const { numbers, gradients, arriving, through } = draw;
  const own = (/** @type {number[] | null | undefined} */ list) => list?.[unit] ?? null;
  const value = (/** @type {string} */ name) => own(numbers?.[name]);
  const index = draw.units > 1 ? lowered(unit + 1) : "";
  const [mean, spread] = [gradients.mean, gradients.spread];
  const lines = [
    line("encoder", "mean", own(mean.total), decades), line("encoder", "spread", own(spread.total), decades),
    line("mean", "divergence", own(mean.divergence), decades), line("spread", "divergence", own(spread.divergence), decades),
    line("mean", "z", own(mean.through), decades, !through), line("spread", "z", own(spread.through), decades, !through),
    line("noise", "z", null, decades, true), line("z", "decoder", own(arriving), decades),
  ];
  const boxes = [
    box("encoder", "encoder", "what it learns from", null, decades, "part"),
    box("mean", `μ${index}`, value("mean"), own(mean.total), decades, "", "μ"), box("spread", `σ${index}`, value("spread"), own(spread.total), decades, "", "σ"),
    box("noise", `ε${index}, noise`, value("noise"), null, decades, "noise"),
    box("divergence", "divergence", value("divergence"), null, decades, "added"),
    box("z", `z${index} = μ + σ ε`, value("z"), own(arriving), decades, "", "z"), box("decoder", "decoder", "and the loss", null, decades, "part"),
  ];
  return svg("svg", { class: "latent-draw", viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, width: SIZE.width, height: SIZE.height, role: "img", "aria-label": said(draw, unit) },
    ...lines, ...(through ? [] : [stopped()]), ...boxes);
}

/** A line between two boxes, drawn as the gradient that comes back along it. @param {Box} upper @param {Box} lower @param {number | null} gradient @param {Decades} decades @param {boolean} [closed] no gradient ever comes along it */
function line(upper, lower, gradient, decades, closed = false) {
  const [x, y] = [AT[upper][0] + WIDE / 2, AT[upper][1] + HIGH];
  const [u, v] = [AT[lower][0] + WIDE / 2, AT[lower][1]];
  const middle = (y + v) / 2;
  const d = `M${x},${y}C${x},${middle} ${u},${middle} ${u},${v}`;
  const known = gradient !== null && !closed;
  const mark = known ? markOf(gradient, decades) : MARK.unknown;
  const style = known ? { stroke: shade(gradient, decades), "stroke-width": `${widthOf(mark === MARK.bad ? 0 : magnitude(gradient, decades))}px` } : {};
  const kind = closed ? "closed" : known ? (gradient < 0 ? "known negative" : "known") : "unknown";
  return svg("path", { class: `latent-line ${kind}`, "data-line": `${upper} ${lower}`, d, style },
    svg("title", {}, closed ? "no gradient comes along here" : known ? `gradient ${format(gradient)}` : "no gradient yet"));
}

/** The bar at which a blocked gradient stops. */
function stopped() {
  const [x, y] = [AT.z[0] + WIDE / 2, AT.z[1] - 12];
  return svg("g", { class: "latent-stop" }, svg("path", { d: `M${x - 34},${y}h68` }), svg("text", { x: x + 40, y: y + 4 }, "stops here"));
}

/** @param {Box} at @param {string} name @param {number | string | null} value @param {number | null} gradient @param {Decades} decades @param {"" | "part" | "noise" | "added"} [kind] @param {string} [letter] */
function box(at, name, value, gradient, decades, kind = "", letter = "") {
  const [x, y] = AT[at];
  const text = (/** @type {number} */ row, /** @type {string} */ words, /** @type {Record<string, any>} */ more = {}) => svg("text", { x: x + WIDE / 2, y: y + 15 + 16 * row, "text-anchor": "middle", ...more }, words);
  const number = typeof value === "string" ? value : value === null ? "?" : format(value);
  const below = { part: "", noise: "no gradient", added: "added to the loss", "": `∂L/∂${letter} ${gradient === null ? "?" : format(gradient)}` }[kind];
  return svg("g", { class: `latent-box ${kind} ${value === null ? "unknown" : ""}`, "data-box": at },
    svg("rect", { x: x + 0.5, y: y + 0.5, width: WIDE - 1, height: HIGH - 1, rx: 6 }),
    text(kind === "part" ? 0.6 : 0, name, { class: "name" }), text(kind === "part" ? 1.5 : 1, number, { class: kind === "part" ? "below" : "number" }), text(1.95, below, { class: "below" }),
    kind === "" && gradient !== null && svg("rect", { class: "latent-bar", x: x + 6, y: y + HIGH - 4, width: WIDE - 12, height: 4, style: { fill: shade(gradient, decades) } }));
}

/** @param {any} draw @param {number} unit */
function said({ numbers, gradients, through, units }, unit) {
  const name = units > 1 ? ` number ${unit + 1}` : "";
  if (!numbers) return `The draw${name}: nothing is computed yet.`;
  const [mean, spread, noise, z] = ["mean", "spread", "noise", "z"].map((each) => format(numbers[each][unit]));
  const back = gradients.mean.total ? `the gradient is ${format(gradients.mean.total[unit])} at the mean and ${format(gradients.spread.total[unit])} at the spread` : "the gradient has not come back yet";
  return `The draw${name}: mean ${mean} plus spread ${spread} times noise ${noise} is ${z}; ${back}. No gradient enters the noise${through ? "" : ", and none comes through the draw"}.`;
}

/** The gradients at μ, σ and s as sums of two parts. @param {any} draw @param {number} unit @param {Decades} decades */
export function parts({ gradients, relations, beta, through }, unit, decades) {
  const number = (/** @type {number[] | null} */ list) => (list ? h("span", { class: "attention-number", style: { "--shade": shade(list[unit], decades) } }, format(list[unit])) : h("span", { class: "muted" }, "?"));
  const blocked = "stopped";
  const weight = String(Number(beta.toPrecision(3)));
  const rows = [
    { of: "mean", name: "μ", come: through ? "∂L/∂z × 1" : blocked, add: `${weight} × μ` },
    { of: "spread", name: "σ", come: through ? "∂L/∂z × ε" : blocked, add: `${weight} × (σ − 1/σ)` },
    { of: "log_variance", name: "s", come: through ? "∂L/∂z × ε σ/2" : blocked, add: `${weight} × (σ² − 1)/2` },
  ];
  return h("div", { class: "table-scroll" }, h("table", { class: "numbers latent-parts" },
    h("caption", {}, "What comes back to the mean and the spread. The encoder gives s = ln σ², so that σ is never negative: ∂L/∂σ is ∂L/∂s × 2/σ."),
    h("thead", {}, h("tr", {}, ...["", "through z", "+ divergence", "", "sum"].map((text) => (text ? h("th", { scope: "col" }, text) : h("td", {}))))),
    h("tbody", {}, ...rows.map(({ of, name, come, add }) => h("tr", { "data-of": of },
      h("th", { scope: "row" }, `∂L/∂${name}`),
      h("td", {}, number(gradients[of].through), h("span", { class: "caption" }, come)),
      h("td", {}, number(gradients[of].divergence), h("span", { class: "caption" }, add)),
      h("td", {}, relations[of]?.[unit] ?? ""),
      h("td", {}, number(gradients[of].total)))))));
}
