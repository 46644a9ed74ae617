import { deepEqual, equal, test } from "./harness.js";
import { flagsOf, marksOf, opsAt, phasesOf, positionOf, said } from "../../static/js/layout/timeline.js";
import { drawOps } from "../../static/js/draw/ops.js";

const at = (/** @type {number} */ update, instruction = 0) => ({ update, instruction });
const BRANCHES = [
  { id: 1, name: "branch 1", current: false, parted: at(10), end: at(300), changes: [{ kind: "edit", position: at(20), says: "not of this one" }] },
  { id: 2, name: "mine", current: true, parted: null, end: at(40), changes: [{ kind: "settings", position: at(10), says: "rate 0.3 instead of 0.1" }, { kind: "edit", position: at(12, 5), says: "2.b set by hand" }] },
];

test("the timeline has the changes of the current branch, and where others part from it", () => {
  deepEqual(marksOf(BRANCHES).map(({ kind, position }) => [kind, position.update]), [["settings", 10], ["branch", 10], ["edit", 12]]);
  equal(marksOf(BRANCHES)[1].says, "branch 1 parts here; it goes to update 300");
  deepEqual(marksOf([]), []);
});

test("marks that would touch are one flag, and no mark is lost", () => {
  const marks = marksOf(BRANCHES);
  const flags = flagsOf(marks, (update) => update * 10, 16);
  deepEqual(flags.map(({ x, marks: { length } }) => [x, length]), [[100, 2], [120, 1]]);
  const many = Array.from({ length: 500 }, (_, index) => ({ kind: /** @type {const} */ ("edit"), position: at(index), says: "" }));
  const packed = flagsOf(many, (update) => update, 16);
  equal(packed.length, Math.ceil(500 / 16));
  equal(packed.reduce((sum, flag) => sum + flag.marks.length, 0), 500);
});

test("a place is said in words", () => {
  equal(said(at(1200)), "update 1,200");
  equal(said(at(3, 7)), "update 3, op 7");
});

test("at the end of an update its own operations are shown as done, and dragging to them leads back there", () => {
  deepEqual(opsAt(at(0), 24), { update: 0, done: 0 });
  deepEqual(opsAt(at(5, 7), 24), { update: 5, done: 7 });
  deepEqual(opsAt(at(6), 24), { update: 5, done: 24 });
  for (const place of [at(5, 7), at(6), at(1, 23)]) {
    const { update, done } = opsAt(place, 24);
    deepEqual(positionOf(update, done, 24), place);
  }
});

test("phases are stretches of operations, drawn as far as they are done", () => {
  const phases = phasesOf(["forward", "forward", "loss", "backward", "backward", "update"].map((phase) => ({ phase })));
  deepEqual(phases.map(({ from, to }) => [from, to]), [[0, 2], [2, 3], [3, 5], [5, 6]]);
  /** @type {number[]} */
  const filled = [];
  /** @type {number[][]} */
  const dashes = [];
  /** @type {string[]} */
  const words = [];
  const brush = { beginPath() {}, rect() {}, stroke() {}, setLineDash(/** @type {number[]} */ dash) { dashes.push(dash); }, fillRect: (/** @type {number} */ _, /** @type {number} */ __, /** @type {number} */ width) => { filled.push(width); }, measureText: () => ({ width: 80 }), fillText: (/** @type {string} */ word) => { words.push(word); } };
  drawOps(/** @type {any} */ (brush), { x: 0, y: 0, width: 300, height: 18 }, { phases, done: 4, count: 6 }, { ink: "", muted: "", line: "", accent: "", font: "", sunken: "", outline: "" });
  deepEqual(filled, [98, 48, 49, 0]);
  deepEqual(dashes.filter((_, index) => index % 2 === 0).map(({ length }) => length > 0), [false, false, true, true]);
  deepEqual(words, ["forward", "backward"]);
});
