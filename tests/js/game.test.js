import { deepEqual, ok, test } from "./harness.js";
import { layoutLoop } from "../../static/js/layout/loop.js";

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
