import { close, equal, ok, test } from "./harness.js";
import { MARGIN } from "../../static/js/draw/curves.js";
import { drawRun, lastUpdate } from "../../static/js/draw/run.js";
import { summary } from "../../static/js/views/run.js";

const BOX = { x: 0, y: 0, width: 800, height: 200 };
const INK = { ink: "ink", muted: "muted", line: "line", accent: "accent", font: "12px sans-serif" };

/** A brush that writes down its straight lines and its words. */
function scribe() {
  /** @type {{color: string, from: number[], to: number[]}[]} */
  const lines = [];
  /** @type {{words: string, x: number, y: number}[]} */
  const texts = [];
  let at = [0, 0];
  let to = [0, 0];
  const nothing = () => {};
  const brush = {
    strokeStyle: "", beginPath: nothing, closePath: nothing, fill: nothing, setLineDash: nothing,
    moveTo(/** @type {number} */ x, /** @type {number} */ y) { at = [x, y]; },
    lineTo(/** @type {number} */ x, /** @type {number} */ y) { to = [x, y]; },
    stroke() { lines.push({ color: brush.strokeStyle, from: at, to }); },
    fillText(/** @type {string} */ words, /** @type {number} */ x, /** @type {number} */ y) { texts.push({ words, x, y }); },
  };
  return { brush: /** @type {any} */ (brush), lines, texts };
}

/** @param {number} layers */
function metrics(layers) {
  const updates = Array.from({ length: 51 }, (_, index) => index);
  const curve = updates.map((update) => 1 / (1 + update));
  const layer = (/** @type {number} */ index) => ({ label: `gru ${index}`, low: curve.map((value) => value / 100), median: curve.map((value) => value / 10), high: curve });
  return { updates, train_loss: curve, test_loss: curve, layers: Array.from({ length: layers }, (_, index) => layer(index)) };
}

test("the cursor, the axis and the track share one scale, from nothing to the last update", () => {
  const { brush, lines, texts } = scribe();
  drawRun(brush, BOX, metrics(3), { cursor: 25, end: 40 }, INK);
  const cursor = lines.filter(({ color, from, to }) => color === "accent" && from[0] === to[0]);
  const middle = MARGIN.left + (BOX.width - MARGIN.left - MARGIN.right) / 2;
  ok(cursor.length > 0);
  cursor.forEach(({ from }) => close(from[0], middle));
  // it ends in the middle of the track
  equal(Math.max(...cursor.map(({ to }) => to[1])), BOX.height - MARGIN.ops - MARGIN.ticks - MARGIN.track / 2);
  close(texts.find(({ words }) => words === "0")?.x ?? NaN, MARGIN.left);
  close(texts.find(({ words }) => words === "50")?.x ?? NaN, BOX.width - MARGIN.right);
});

test("many layers are small pictures, each with the cursor", () => {
  const { brush, lines, texts } = scribe();
  drawRun(brush, BOX, metrics(10), { cursor: 25, end: 40 }, INK);
  equal(lines.filter(({ color, from, to }) => color === "accent" && from[0] === to[0]).length, 12);
  ok(Array.from({ length: 10 }, (_, index) => `gru ${index}`).every((label) => texts.some(({ words }) => words === label)));
});

test("where no gradient has a size the picture says why", () => {
  /** @param {number[]} updates @param {number} cursor @param {(number | null)[]} high */
  const told = (updates, cursor, high) => {
    const { brush, texts } = scribe();
    const layers = [{ layer: 0, label: "linear 0", low: high, median: high, high }];
    drawRun(brush, BOX, { updates, train_loss: high, test_loss: high, layers }, { cursor, end: cursor }, INK);
    return texts.map(({ words }) => words);
  };
  ok(told([0], 0, [null]).includes("gradients come with the first update"));
  ok(told([0], 40, [null]).includes("gradients come with the next point of the curves"));
  ok(told([0], 40, [0.5]).includes("train 0.500 at 0"));
  ok(told([0, 64], 70, [1, 0.5]).includes("train 0.500"));
  ok(told([0, 64], 70, [null, 0]).includes("every gradient is exactly 0 or not finite"));
});

test("a young run has ten updates before it, an old one ends where it stands", () => {
  equal(lastUpdate([], 0), 10);
  equal(lastUpdate([0, 1, 2], 3), 10);
  equal(lastUpdate([0, 100], 40), 100);
  equal(lastUpdate([0, 100], 130), 130);
});

test("the curves in words: the loss of the newest record up to the cursor, under that record's own update", () => {
  const seen = { updates: [0, 1000, 2000], train_loss: [2.41, 0.5, null], players: [] };
  equal(summary(seen, 1500), "After 1,000 updates the training loss is 0.500, from 2.41 at the start.");
  equal(summary(seen, 40), "After 0 updates the training loss is 2.41, from 2.41 at the start.");
  equal(summary(seen, 2100), "After 2,000 updates the training loss is not a finite number, from 2.41 at the start.");
  equal(summary(null, 0), "Nothing is trained yet.");
  const game = { updates: [0, 60], train_loss: [null, null], players: [{ name: "generator", loss: [null, 0.7] }] };
  equal(summary(game, 60), "After 60 updates: loss of the generator 0.700.");
  equal(summary(game, 3), "After 0 updates: loss of the generator not computed yet.");
});
