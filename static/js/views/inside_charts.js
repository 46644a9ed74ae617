/** Charts that stand over the columns of an unrolled layer: sizes on a logarithmic scale, and a sum added up step by step. */

import { waterfall } from "../layout/inside.js";
import { decadesOf, logScale } from "../scale/log.js";
import { format, powerOfTen } from "../scale/number.js";
import { shade } from "../scale/shade.js";
import { svg } from "./tree.js";

const HEIGHT = 96;
const PAD = 10;

/** @typedef {import("./inside_sequence.js").Moment} Moment */
/** @typedef {import("./inside_sequence.js").State} State */

/** @param {{moments: Moment[], found: any, scale: {lo: number, hi: number}, known: (node: number, what: "value_at" | "cotangent_at") => boolean, column: number}} given  a column's width in px */
export function sizesChart({ moments, found, scale, known, column }) {
  const width = column * (moments.length + 1);
  const series = [moments.map(({ h }) => h), ...(found.states.includes("c") ? [moments.map(({ c }) => c)] : [])];
  const decades = decadesOf(series.map((states) => states.map((state) => state?.size ?? null)), 2);
  const up = logScale(decades, HEIGHT - PAD, PAD);
  const x = (/** @type {number} */ at) => column * (at + 0.5);
  const shown = series.map((states) => states.map((state, at) => ({ at, size: state && known(state.node, "cotangent_at") ? state.size : null })));
  const ticks = [];
  for (let power = Math.ceil(decades.lo); power <= decades.hi; power += Math.max(1, Math.ceil((decades.hi - decades.lo) / 4))) ticks.push(power);
  const label = shown[0].every(({ size }) => size === null) ? "Sizes of the gradient: not computed yet" : `Size of the gradient at the hidden state: ${shown[0].map(({ at, size }) => `step ${at + 1} ${size === null ? "not computed yet" : format(size, 2)}`).join(", ")}`;
  return svg("svg", { class: "sizes-chart", viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": label },
    ...ticks.map((power) => svg("g", { class: "grid" }, svg("line", { x1: 0, x2: width - column, y1: up(10 ** power), y2: up(10 ** power) }), svg("text", { x: width - column + 6, y: up(10 ** power) + 4 }, powerOfTen(power)))),
    ...shown.map((points, number) => svg("polyline", { class: number ? "line cell" : "line", points: points.filter(({ size }) => size).map(({ at, size }) => `${x(at)},${up(Number(size)).toFixed(1)}`).join(" ") })),
    ...shown.flatMap((points, number) => points.filter(({ size }) => size).map(({ at, size }) => number
      ? svg("rect", { class: "point", x: x(at) - 4, y: up(Number(size)) - 4, width: 8, height: 8, style: { "--shade": shade(size, scale) } })
      : svg("circle", { class: "point", cx: x(at), cy: up(Number(size)), r: 5, style: { "--shade": shade(size, scale) } }))));
}

/**
 * One number of the shared gradient: each step's part begins where the later ones have come to, and the last bar is their sum.
 * @param {{rows: any[], moments: Moment[], of: (one: any) => number | null, total: number | null, done: (one: any) => boolean, dead: (one: any) => boolean, scale: {lo: number, hi: number}, name: string, column: number}} given
 */
export function sumChart({ rows, moments, of, total, done, dead, scale, name, column }) {
  const width = column * (moments.length + 1);
  const parts = rows.map(of);
  const bars = waterfall(parts);
  const ends = [0, ...bars.flatMap(({ from, to }) => [from, to])];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const y = (/** @type {number} */ value) => HEIGHT - PAD - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * PAD);
  const x = (/** @type {number} */ t) => column * (moments.findIndex((moment) => moment.t === t) + 0.5);
  const bar = (/** @type {number} */ middle, /** @type {number} */ from, /** @type {number} */ to, /** @type {number | null} */ value, /** @type {string} */ more) => svg("g", { class: `part ${more}` },
    svg("rect", { class: (value ?? 0) < 0 ? "negative" : "positive", x: middle - 17, y: Math.min(y(from), y(to)), width: 34, height: Math.max(1.5, Math.abs(y(from) - y(to))), style: { "--shade": shade(value, scale) } }),
    svg("title", {}, format(value, 4)));
  const computed = rows.filter(done);
  const label = computed.length ? `${name}: ${computed.map((one) => `step ${one.t} ${format(of(one), 2)}`).join(", ")}; together ${format(total, 3)}` : `${name}: not computed yet`;
  const step = moments[0]?.way ? 1 : -1;
  return svg("svg", { class: "sum-chart", viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": label },
    svg("line", { class: "zero", x1: 0, x2: width, y1: y(0), y2: y(0) }),
    ...rows.map((one, at) => (done(one) ? bar(x(one.t), bars[at].from, bars[at].to, parts[at], dead(one) ? "dead" : "") : null)),
    ...rows.map((one, at) => (done(one) && at + 1 < rows.length ? svg("line", { class: "joint", x1: x(one.t) + 17 * step, x2: x(rows[at + 1].t) - 17 * step, y1: y(bars[at].to), y2: y(bars[at].to) }) : null)),
    rows.every(done) ? bar(column * (moments.length + 0.5), 0, total ?? 0, total, "total") : null);
}
