import { deepEqual, ok, test } from "./harness.js";
import { layoutFormula } from "../../static/js/layout/formula.js";

/** loss = mean((w * x - y)²), as the server lists it. */
const NODES = [
  { id: 0, name: "x", role: "input", op: null, inputs: [] }, { id: 1, name: "target", role: "target", op: null, inputs: [] },
  { id: 2, name: "0.w", role: "parameter", op: null, inputs: [] }, { id: 3, name: "w", text: "w", role: "value", op: "spread", inputs: [2] },
  { id: 4, name: "w * x", text: "v₁", role: "value", op: "multiply", inputs: [3, 0] }, { id: 5, name: "", text: "v₂", role: "value", op: "subtract", inputs: [4, 1] },
  { id: 6, name: "", text: "L", role: "value", op: "square", inputs: [5] }, { id: 7, name: "loss", role: "value", op: "batch_mean", inputs: [6] },
].map((node) => ({ value_at: node.id, cotangent_at: node.op ? 20 - node.id : null, ...node }));
const GRAPH = /** @type {any} */ ({
  nodes: NODES, loss: { node: 7 }, fields: { flows: [{ name: "4.a" }, { name: "5.a" }, { name: "6.x" }] },
  instructions: [[6, "x", 5], [5, "a", 4], [4, "a", 3]].map(([node, wrt, into], index) => ({ index: 5 + index, phase: "backward", node, wrt, computes: [{ node: into }] })),
});

test("a formula runs from what is given to its loss, and no box lies on another", () => {
  const { boxes, wires, size } = layoutFormula(GRAPH, { width: 830, height: 340 });
  deepEqual(boxes.map(({ name }) => name), ["x", "y", "w", "v₁", "v₂", "L", "loss"]);
  const at = new Map(boxes.map((box) => [box.node, box]));
  for (const { from, to } of wires) ok((at.get(from)?.x ?? 0) + size.width < (at.get(to)?.x ?? 0));
  for (const one of boxes) for (const other of boxes) ok(one === other || Math.abs(one.x - other.x) >= size.width || Math.abs(one.y - other.y) >= size.height);
});

test("a wire carries back the number of its own link, and one that nothing learns by carries none", () => {
  const { wires } = layoutFormula(GRAPH, { width: 830, height: 340 });
  deepEqual(wires.map(({ from, to, key }) => [from, to, key]), [[3, 4, "4.a"], [0, 4, null], [4, 5, "5.a"], [1, 5, null], [5, 6, "6.x"], [6, 7, null]]);
});
