import { deepEqual, equal, ok, test } from "./harness.js";
import { standsStill, stretchesOf, turnOf } from "../../static/js/layout/game.js";
import { layoutLoop } from "../../static/js/layout/loop.js";
import { passedOn } from "../../static/js/views/scene.js";

const PHASES = /** @type {const} */ (["forward", "loss", "backward", "update"]);
const instructions = [0, 1].flatMap((turn) => PHASES.flatMap((phase, at) => Array.from({ length: 2 + at }, () => ({ phase, turn })))).map((one, index) => ({ ...one, index }));
const graph = /** @type {any} */ ({ instructions, task: { kind: "gan", notes: [], turns: [{ name: "discriminator" }, { name: "generator" }] } });
const places = /** @type {any} */ ({ columns: [{ left: 40, right: 60 }], loss: { left: 700, right: 760 } });

test("each player has a row of its turns, and every instruction one cell, in order", () => {
  const cells = layoutLoop(graph, places);
  deepEqual(cells.flatMap(({ members }) => members), instructions.map(({ index }) => index));
  for (const row of ["forward", "backward"]) {
    const mine = cells.filter((cell) => cell.row === row);
    deepEqual(mine.map(({ name }) => name), [...PHASES]);
    for (let at = 1; at < mine.length; at += 1) ok(Math.abs(mine[at - 1].x + mine[at - 1].width - mine[at].x) < 0.01);
    ok(Math.abs(mine[0].x - 40) < 0.01 && Math.abs(mine[3].x + mine[3].width - 760) < 0.01);
  }
});

/** @param {boolean} learns  the discriminator */
const game = (learns) => /** @type {any} */ ({
  instructions,
  columns: [[], [2, 3], [4], [0, 1]].map((layers, index) => ({ index, layers })),
  task: { kind: "gan", notes: [], turns: [{ name: "discriminator", layers: [0, 1], learns, says: "d" }, { name: "generator", layers: [2, 3, 4], learns: true, says: "g" }] },
});
const [D, G] = [0, 2];

test("the columns are the generator's, with its noise, and then the discriminator's", () => {
  deepEqual(stretchesOf(game(true)), [{ name: "generator", from: 0, to: 2 }, { name: "discriminator", from: 3, to: 3 }]);
  deepEqual(stretchesOf(/** @type {any} */ ({ columns: [{ index: 0, layers: [] }], task: { kind: "supervised", notes: [] } })), []);
});

test("in a turn the other's weights stand still, between updates neither's", () => {
  const first = instructions.findIndex(({ turn }) => turn === 1);
  const still = (/** @type {number} */ update, /** @type {number} */ instruction, learns = true) => [D, G].map((layer) => standsStill(game(learns), { update, instruction }, layer));
  deepEqual(still(0, 0), [false, false]);
  deepEqual(still(0, 1), [false, true]);
  deepEqual(still(3, first), [false, true]);
  deepEqual(still(3, first + 1), [true, false]);
  deepEqual(still(4, 0), [false, false]);
  deepEqual(still(4, 0, false), [true, false]);
});

test("the turn is that of the operation just done", () => {
  const first = instructions.findIndex(({ turn }) => turn === 1);
  equal(turnOf(game(true), { update: 0, instruction: 0 })?.says, "d");
  equal(turnOf(game(true), { update: 3, instruction: first })?.says, "d");
  equal(turnOf(game(true), { update: 3, instruction: first + 1 })?.says, "g");
  deepEqual([turnOf(game(true), { update: 4, instruction: 0 })].map((turn) => [turn?.says, turn?.on]), [["g", false]]);
  equal(turnOf(/** @type {any} */ ({ instructions, task: { kind: "supervised", notes: [] } }), { update: 1, instruction: 1 }), null);
});

test("what weights that stand still pass on adds up to what arrives before them", () => {
  const array = (/** @type {number[]} */ values, exponent = 0) => ({ data: Float32Array.from(values), exponent, shape: [values.length] });
  const small = /** @type {any} */ ({ columns: [{ units: 2 }, { units: 3, pre: 7 }], nodes: [{ id: 7, cotangent_at: 4 }] });
  const at = (/** @type {number} */ instruction) => /** @type {any} */ ({ update: 0, instruction, fields: { parameters: { "0.W": array([1, 2, 3, -4, 5, 6]) }, cotangents: { 7: array([1, 0, 0.5], -3) } } });
  equal(passedOn(small, at(4), "0.W", 1), null);
  const { data, exponent } = passedOn(small, at(5), "0.W", 1) ?? array([]);
  deepEqual([...data], [1, 0, 1.5, -4, 0, 3]);
  equal(exponent, -3);
});
