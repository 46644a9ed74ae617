import { equal, ok, test, throws } from "./harness.js";
import { readFrame, readHeader } from "../../static/js/frame.js";
import { isKnown, numberAt } from "../../static/js/scale/known.js";

const GRAPH = /** @type {any} */ ({
  fields: {
    gradients: [{ name: "0.W", shape: [2, 1], size: 2 }, { name: "0.b", shape: [1], size: 1 }],
    values: [{ node: 5, name: "tanh", shape: [2], size: 2 }],
    scalars: [{ name: "loss" }],
  },
});
const ORDER = ["gradients", "values", "scalars"];

/** A frame made by hand: three fields, four arrays, six numbers. */
function frame() {
  const buffer = new ArrayBuffer(32 + 4 * 4 + 4 * 6);
  const view = new DataView(buffer);
  view.setUint16(0, 0x5042, true);
  view.setUint8(2, 1);
  view.setUint8(3, 0b11);
  [7, 41, 212, 15, 3].forEach((value, index) => view.setUint32(4 + 4 * index, value, true));
  [0, -40, 0, 0].forEach((value, index) => view.setFloat32(32 + 4 * index, value, true));
  [0.25, -0.5, 1.5, 0.125, NaN, 2.34].forEach((value, index) => view.setFloat32(48 + 4 * index, value, true));
  return buffer;
}

test("the header says where the numbers stand", () => {
  const header = readHeader(frame());
  equal(header.revision, 7);
  equal(header.sequence, 41);
  equal(header.update, 212);
  equal(header.instruction, 15);
  equal(header.epoch, 3);
  ok(header.running && header.diverged);
});

test("arrays are views on the one buffer, in the graph's order", () => {
  const buffer = frame();
  const { fields } = readFrame(buffer, GRAPH, ORDER);
  ok(fields.gradients["0.W"].data.buffer === buffer);
  equal(fields.gradients["0.W"].data[1], -0.5);
  equal(fields.values["5"].data[0], 0.125);
  ok(Number.isNaN(numberAt(fields.values["5"], 1)));
  equal(fields.scalars.loss.data[0], Math.fround(2.34));
});

test("a number is what is stored times two to the array's exponent", () => {
  const { fields } = readFrame(frame(), GRAPH, ORDER);
  equal(numberAt(fields.gradients["0.b"], 0), 1.5 * 2 ** -40);
  ok(Number.isNaN(numberAt(undefined, 0)), "an absent array is not zero");
});

test("what is no frame, or does not fit the graph, is refused", () => {
  throws(() => readHeader(new ArrayBuffer(8)), /at least 32 bytes/);
  throws(() => readHeader(new ArrayBuffer(64)), /magic/);
  const later = frame();
  new DataView(later).setUint8(2, 9);
  throws(() => readHeader(later), /version 9/);
  throws(() => readFrame(frame(), GRAPH, ["gradients", "values"]));
});

test("known is what an instruction before the position has completed", () => {
  equal(isKnown({ update: 0, instruction: 0 }, 3), false);
  equal(isKnown({ update: 2, instruction: 0 }, 3), true);
  equal(isKnown({ update: 2, instruction: 3 }, 3), false);
  equal(isKnown({ update: 2, instruction: 4 }, 3), true);
  equal(isKnown({ update: 2, instruction: 0 }, null), false);
  equal(isKnown(null, 0), false);
});
