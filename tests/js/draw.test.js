import { close, deepEqual, equal, ok, test } from "./harness.js";
import { drawJoints } from "../../static/js/draw/blocks.js";
import { CROWD, STILL, WIDE, addEdge, createEdgeList, drawEdges } from "../../static/js/draw/edges.js";
import { contour, paintField } from "../../static/js/draw/field.js";
import { paintMatrix, strongest } from "../../static/js/draw/heatmap.js";
import { MOST_LINES, shownEdges } from "../../static/js/draw/network.js";
import { layoutNetwork } from "../../static/js/layout/network.js";
import { ramp } from "../../static/js/scale/color.js";
import { chain } from "./graphs.js";

const DECADES = { lo: -4, hi: 0 };
const INK = { positive: ramp(["#000000", "#ff8800"]).css, negative: ramp(["#000000", "#8800ff"]).css, outline: "outline", surface: "surface", bad: "bad", halo: "halo" };

/** A brush that writes down each stroke with the style it had. */
function scribe() {
  /** @type {{color: string, width: number, dash: number[]}[]} */
  const strokes = [];
  let dash = /** @type {number[]} */ ([]);
  const brush = { strokeStyle: "", lineWidth: 0, lineCap: "", beginPath() {}, moveTo() {}, lineTo() {}, bezierCurveTo() {}, setLineDash: (/** @type {number[]} */ to) => { dash = to; }, stroke() { strokes.push({ color: brush.strokeStyle, width: brush.lineWidth, dash }); } };
  return { brush: /** @type {any} */ (brush), strokes };
}

/** @param {(number | null)[]} values */
function strokesOf(values) {
  const list = createEdgeList(values.length);
  values.forEach((value, index) => addEdge(list, 0, index, 10, 0, value, DECADES));
  const { brush, strokes } = scribe();
  drawEdges(brush, list, INK, 1);
  return strokes;
}

test("edges are drawn faint first, each with one stroke in its own color and width", () => {
  const strokes = strokesOf([1, 1e-2, 1e-4]);
  deepEqual(strokes.map(({ width }) => Number(width.toFixed(3))), [0.75, 2.625, 4.5]);
  equal(strokes[2].color, INK.positive[255]);
  equal(strokes[1].color, INK.positive[128]);
});

test("a negative edge is dashed, and purple instead of orange", () => {
  const [positive, negative] = strokesOf([0.1, -0.1]);
  deepEqual(positive.dash, []);
  deepEqual(negative.dash, [9, 3]);
  ok(INK.negative.includes(negative.color) && INK.positive.includes(positive.color));
});

test("unknown, zero, below the scale and not finite look different", () => {
  const [unknown] = strokesOf([null]);
  const zero = strokesOf([0]);
  const [below] = strokesOf([1e-9]);
  const [bad] = strokesOf([NaN]);
  deepEqual(unknown.dash, [0, 5]);
  equal(unknown.color, "outline");
  deepEqual(zero.map(({ color }) => color), ["outline", "surface"]);
  deepEqual([below.width, below.color], [0.75, INK.positive[0]]);
  equal(bad.color, "bad");
});

test("what stands still is drawn long and short, like no number, and beneath all of them", () => {
  const list = createEdgeList(2);
  addEdge(list, 0, 0, 10, 0, 1, DECADES);
  addEdge(list, 0, 1, 10, 0, null, DECADES, 10, true);
  const { brush, strokes } = scribe();
  drawEdges(brush, list, INK, 1);
  deepEqual(strokes.map(({ color, dash }) => [color, dash]), [["outline", STILL], [INK.positive[255], []]]);
});

test("what a weight that stands still passes on has its color, and a dash of its own for each sign", () => {
  const list = createEdgeList(2);
  for (const value of [1, -1]) addEdge(list, 0, 0, 10, 0, value, DECADES, 10, true);
  const { brush, strokes } = scribe();
  drawEdges(brush, list, INK, 1);
  deepEqual(strokes.map(({ color }) => color), [INK.positive[255], INK.negative[255]]);
  deepEqual(strokes[0].dash, STILL);
  equal(new Set(strokes.map(({ dash }) => String(dash))).has("9,3"), false);
  equal(new Set(strokes.map(({ dash }) => String(dash))).size, 2);
});

test("in a crowd only the strongest are wide, and all keep their color and dash", () => {
  const strokes = strokesOf(Array.from({ length: CROWD + 1 }, (_, index) => (index % 2 ? 1 : -1) * 10 ** (-4 * Math.random())));
  equal(strokes.filter(({ width }) => width > 1).length, WIDE);
  ok(strokes.slice(0, -WIDE).every(({ width }) => width === 1 || width === 0.75 || width < 1));
  ok(strokes.every(({ color, dash }) => INK[dash.length ? "negative" : "positive"].includes(color)));
});

test("a list that is full takes no more", () => {
  const list = createEdgeList(1);
  addEdge(list, 0, 0, 1, 1, 1, DECADES);
  addEdge(list, 0, 0, 1, 1, 1, DECADES);
  equal(list.count, 1);
});

test("a heat-map has targets as rows and sources as columns", () => {
  const pixels = { positive: Uint32Array.from({ length: 256 }, (_, index) => index), negative: Uint32Array.from({ length: 256 }, (_, index) => 1000 + index), zero: 7000, unknown: 0, bad: 9000 };
  const out = new Uint32Array(6);
  paintMatrix(out, { data: Float32Array.of(1, -1, 0, NaN, 1e-9, -0.1), exponent: 0 }, 3, 2, DECADES, pixels);
  deepEqual([...out], [255, 7000, 0, 1255, 9000, 1191]);
});

test("the strongest edges are the largest in size, whatever their sign", () => {
  deepEqual(strongest(Float32Array.of(0.1, -5, 3, 0.2, NaN), 3).sort(), [1, 2, 4]);
  equal(strongest(new Float32Array(500), 30).length, 30);
});

test("no picture has more than its thousand lines, and the focused neuron keeps its own", () => {
  for (const units of [[64, 100, 50, 10], [2, ...Array(12).fill(16), 1]]) {
    const layout = layoutNetwork(chain(...units), { width: 833, height: 366, compact: false });
    const links = layout.links.map(({ sources, targets }) => ({ numbers: { data: Float32Array.from({ length: sources * targets }, (_, index) => Math.sin(index)), exponent: 0, shape: [] }, biases: null, weighs: true }));
    const shown = shownEdges(layout, links, null);
    const lines = shown.reduce((sum, some, index) => sum + (some ? some.length : layout.links[index].sources * layout.links[index].targets), 0);
    ok(lines <= MOST_LINES, `${units}: ${lines}`);
    const { sources, targets } = layout.links[1];
    const focused = new Set(shownEdges(layout, links, { column: 2, unit: 3 })[1] ?? Array.from({ length: sources * targets }, (_, at) => at));
    for (let from = 0; from < sources; from += 1) ok(focused.has(from * targets + 3));
  }
});

test("a field is opaque where the value is high, with its upper row at the top", () => {
  const out = new Uint8ClampedArray(16);
  paintField(out, Float32Array.of(-1, -1, 1, NaN), 2, [-1, 1], [1, 2, 3]);
  deepEqual([out[3], out[7], out[11], out[15]], [235, 0, 0, 0]);
  deepEqual([...out.slice(0, 3)], [1, 2, 3]);
});

test("the contour of a plane is a straight line from edge to edge", () => {
  const size = 9;
  const grid = Float32Array.from({ length: size * size }, (_, at) => (at % size) - 3.5);
  const segments = contour(grid, size, 0);
  equal(segments.length / 4, size - 1);
  for (let at = 0; at < segments.length; at += 2) close(segments[at], 3.5 / 8, 1e-6);
});

test("each second path of a layer ends in a sign of its own, clear of the title, and the next begins there", () => {
  /** @type {any[]} */
  const calls = [];
  const brush = /** @type {any} */ (new Proxy({}, { get: (_, name) => (/** @type {number[]} */ ...numbers) => calls.push([name, ...numbers]), set: () => true }));
  const block = (/** @type {number} */ left) => ({ kind: "block", left, right: left + 100, top: 80, height: 60 });
  const layout = /** @type {any} */ ({ joints: [{ from: 0, to: 1, skips: 2 }], columns: [block(0), block(200)], places: { compact: false } });
  drawJoints(brush, layout, "grey");
  const [signs, ways] = ["arc", "bezierCurveTo"].map((name) => calls.filter(([called]) => called === name));
  equal(signs.length, 2);
  ok(signs.every(([, x, y, radius]) => x > 200 && x < 300 && y + radius <= 80 - 19));
  deepEqual(ways.slice(0, 2).map((way) => way[5]), signs.map(([, x]) => x));
  equal(calls.filter(([called]) => called === "moveTo").map(([, x]) => x).filter((x) => x === signs[0][1]).length, 2);
});
