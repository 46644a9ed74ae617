import { close, deepEqual, equal, ok, test } from "./harness.js";
import { chain } from "./graphs.js";
import { layoutBlock, ordered, spotAt, spotOf, spots } from "../../static/js/layout/blocks.js";
import { placeColumns } from "../../static/js/layout/columns.js";
import { fall, parameterAt, pickEdge } from "../../static/js/layout/curve.js";
import { insideOf, insidesOf, pair, placeOf, waterfall } from "../../static/js/layout/inside.js";
import { layoutLoop, stateOf } from "../../static/js/layout/loop.js";
import { DENSE, layoutNetwork } from "../../static/js/layout/network.js";
import { pickTarget } from "../../static/js/layout/pick.js";
import { belongs, homeOf, pinOf, placeAt, placesAlong, placesOf, readTarget } from "../../static/js/layout/target.js";

const MOONS = chain(2, 4, 4, 1);
const BOX = { width: 833, height: 366, compact: false };

test("every instruction of an update has exactly one cell", () => {
  for (const graph of [MOONS, chain(2, 1), chain(3, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 1), chain(...Array(31).fill(4))]) {
    for (const [width, compact] of /** @type {[number, boolean][]} */ ([[833, false], [358, true]])) {
      const members = layoutLoop(graph, placeColumns(graph, width, compact)).flatMap((cell) => cell.members).sort((a, b) => a - b);
      deepEqual(members, graph.instructions.map(({ index }) => index));
    }
  }
});

test("forward cells run to the right, backward cells to the left, and none overlap", () => {
  const cells = layoutLoop(MOONS, placeColumns(MOONS, 833, false));
  for (const [row, direction] of /** @type {[string, number][]} */ ([["forward", 1], ["backward", -1]])) {
    const inOrder = cells.filter((cell) => cell.row === row).sort((a, b) => a.first - b.first);
    ok(inOrder.length > 3);
    for (let at = 1; at < inOrder.length; at += 1) {
      const [before, after] = direction > 0 ? [inOrder[at - 1], inOrder[at]] : [inOrder[at], inOrder[at - 1]];
      ok(before.x + before.width <= after.x + 0.01, `${before.name} before ${after.name}`);
    }
  }
  deepEqual(cells.filter(({ row }) => row === "both").map(({ name }) => name), ["loss", "update"]);
});

test("a layer that is stepped before its turn stands among that layer's own cells", () => {
  const at = MOONS.instructions.findIndex(({ layer, short }) => layer === 2 && short === "∂b") + 1;
  const step = { ...MOONS.instructions[MOONS.instructions.length - 1], layer: 2, group: "linear 2", short: "w" };
  const instructions = [...MOONS.instructions.slice(0, at), step, ...MOONS.instructions.slice(at, -1)].map((one, index) => ({ ...one, index }));
  const graph = { ...MOONS, instructions };
  const cells = layoutLoop(graph, placeColumns(graph, 833, false));
  const own = cells.filter(({ members }) => members.some((index) => instructions[index].layer === 2 && instructions[index].phase !== "forward"));
  deepEqual(own.map(({ text }) => text), ["∂W", "∂b", "w", "∂a"]);
  ok(own.every(({ row }) => row === "backward"));
  deepEqual(cells.filter(({ row }) => row === "both").map(({ name }) => name), ["loss"]);
});

test("a cell that is too narrow folds and says how many it holds", () => {
  const deep = chain(...Array(31).fill(4));
  const cells = layoutLoop(deep, placeColumns(deep, 358, true));
  ok(cells.some(({ members }) => members.length > 1));
});

test("done, now and to come follow the program counter", () => {
  const cells = layoutLoop(MOONS, placeColumns(MOONS, 833, false));
  const count = MOONS.instructions.length;
  const states = (/** @type {any} */ position) => cells.map((cell) => stateOf(cell, position, count));
  ok(states({ update: 0, instruction: 0 }).every((state) => state === "to-come"));
  const first = states({ update: 3, instruction: 1 });
  equal(first[0], "now");
  ok(first.slice(1).every((state) => state === "to-come"));
  const ended = states({ update: 4, instruction: 0 });
  equal(ended[ended.length - 1], "now");
  ok(ended.slice(0, -1).every((state) => state === "done"));
  ok(states(null).every((state) => state === "to-come"));
});

test("neurons stay in the box, columns in order, the loss at the right", () => {
  for (const units of [[2, 4, 4, 1], [2, 16, 16, 1], [64, 32, 10], [4, ...Array(10).fill(6), 3]]) {
    const layout = layoutNetwork(chain(...units), BOX);
    for (const { x, y, width, height } of layout.neurons) {
      ok(x - width / 2 >= 0 && x + width / 2 <= BOX.width && y - height / 2 >= 0 && y + height / 2 <= BOX.height, `${units}: ${x}, ${y}`);
    }
    layout.columns.slice(1).forEach(({ left }, index) => ok(left > layout.columns[index].right, `${units}: column ${index + 1}`));
    ok(layout.loss.x + layout.loss.radius <= BOX.width);
  }
});

test("a large layer is a strip, and its links are heat-maps", () => {
  const layout = layoutNetwork(chain(64, 32, 10), BOX);
  deepEqual(layout.columns.map(({ kind }) => kind), ["strip", "strip", "tiles"]);
  ok(layout.links.every(({ dense, box }) => dense && box));
  ok(64 * 32 > DENSE);
  ok(layoutNetwork(MOONS, BOX).links.every(({ dense }) => !dense));
});

test("an edge starts and ends level, and halfway it is halfway", () => {
  close(parameterAt(0, 100, 0), 0, 1e-6);
  close(parameterAt(0, 100, 50), 0.5, 1e-6);
  equal(fall(0), 0);
  equal(fall(1), 1);
  equal(fall(0.5), 0.5);
});

test("the pointer finds the edge under it", () => {
  const layout = layoutNetwork(MOONS, BOX);
  const [link] = layout.links;
  const middle = (link.x0 + link.x1) / 2;
  const y = (link.from[1] + link.to[3]) / 2;
  deepEqual((({ from, to }) => [from, to])(/** @type {any} */ (pickEdge(link, middle, y, 6))), [1, 3]);
  equal(pickEdge(link, middle, -200, 6), null);
  equal(pickTarget(MOONS, layout, [null, null, null], { x: middle, y }, 6), "parameter:0.W[1,3]");
  const neuron = layout.neurons.find(({ column, unit }) => column === 1 && unit === 2);
  ok(neuron);
  equal(pickTarget(MOONS, layout, [null, null, null], { x: layout.columns[1].left - 9, y: Number(neuron?.y) + Number(neuron?.height) / 2 - 5 }, 6), "parameter:0.b[2]");
});

test("a cell of a heat-map is a weight: across its source, down its target", () => {
  const graph = chain(64, 32, 10);
  const layout = layoutNetwork(graph, BOX);
  const box = /** @type {any} */ (layout.links[0].box);
  equal(pickTarget(graph, layout, [[], []], { x: box.x + box.width * (5.5 / 64), y: box.y + box.height * (7.5 / 32) }, 6), "parameter:0.W[5,7]");
});

test("targets are read, and light up what they name", () => {
  deepEqual(readTarget("parameter:2.W[2,3]"), { kind: "parameter", name: "2.W", index: [2, 3] });
  deepEqual(readTarget("op:7"), { kind: "op", name: "7", index: [] });
  equal(readTarget("nonsense"), null);
  deepEqual(placesOf(MOONS, ["parameter:2.W[2,3]"]), { edges: [{ link: 1, from: 2, to: 3 }], neurons: [{ column: 1, unit: 2 }, { column: 2, unit: 3 }], arrivals: [] });
  deepEqual(placesOf(MOONS, ["parameter:2.b[3]"]).neurons, [{ column: 2, unit: 3 }]);
  deepEqual(placesOf(MOONS, ["value:11[1]"]).neurons, [{ column: 1, unit: 1 }]);
  for (const nothing of [[], [null], ["op:7"], ["nonsense"], ["parameter:9.W[0,0]"]]) deepEqual(placesOf(MOONS, nothing), { edges: [], neurons: [], arrivals: [] });
});

test("a path lights up once what several of its targets share", () => {
  const path = ["arrival:0[0]", "parameter:4.W[3,0]", "neuron:2[3]", "parameter:2.W[2,3]"];
  deepEqual(placesOf(MOONS, path), {
    edges: [{ link: 2, from: 3, to: 0 }, { link: 1, from: 2, to: 3 }],
    neurons: [{ column: 2, unit: 3 }, { column: 3, unit: 0 }, { column: 1, unit: 2 }],
    arrivals: [0],
  });
});

test("a path's places are its line, its neurons, its edges and its weight", () => {
  const neurons = [{ ref: "value:30[0]" }, { ref: "value:21[3]" }];
  const factors = [{ ref: "slope:98[0,0]" }, { ref: "parameter:4.W[3,0]" }, { ref: "slope:21[3,3]" }, { ref: "value:11[2]" }];
  deepEqual(placesAlong(MOONS, "parameter:2.W[2,3]", { neurons, factors }), ["arrival:0[0]", "neuron:3[0]", "neuron:2[3]", "parameter:4.W[3,0]", "parameter:2.W[2,3]"]);
  deepEqual(placesAlong(MOONS, "parameter:4.b[0]", { neurons: [], factors: [] }), ["parameter:4.b[0]"]);
});

test("every kind of number has one home in the picture", () => {
  const home = (/** @type {string} */ ref) => {
    const { edges, neurons, arrivals } = homeOf(MOONS, ref);
    return [edges.map(({ link, from, to }) => `${link}:${from}-${to}`), neurons.map(({ column, unit }) => `${column}.${unit}`), arrivals].flat();
  };
  deepEqual(home("parameter:2.W[2,3]"), ["1:2-3"]);
  deepEqual(home("parameter:2.b[3]"), ["2.3"]);
  deepEqual(home("value:10[1]"), ["1.1"]);
  deepEqual(home("cotangent:11[1]"), ["1.1"]);
  deepEqual(home("cotangent:0[1]"), ["0.1"]);
  deepEqual(home("slope:11[1,1]"), ["1.1"]);
  deepEqual(home("slope:11[0,1]"), ["1.0", "1.1"]);
  deepEqual(home("cotangent:30[0]"), ["3.0", 0]);
  deepEqual(home("cotangent:98[0]"), [0]);
  deepEqual(home("slope:98[0,2]"), [2]);
});

test("pointing at a neuron, a line or an edge lights the numbers that are drawn there, and a number its equals only", () => {
  equal(placeAt(MOONS, "value:11[1]"), "neuron:1[1]");
  equal(placeAt(MOONS, "cotangent:30[0]"), "arrival:0[0]");
  equal(placeAt(MOONS, "parameter:2.W[2,3]"), "parameter:2.W[2,3]");
  for (const ref of ["value:10[1]", "value:11[1]", "cotangent:10[1]", "cotangent:11[1]", "slope:11[1,1]", "parameter:0.b[1]"]) {
    ok(belongs(MOONS, ref, "neuron:1[1]"), ref);
    ok(!belongs(MOONS, ref, "neuron:1[2]"), ref);
    ok(belongs(MOONS, ref, ref), ref);
  }
  ok(!belongs(MOONS, "parameter:0.W[0,1]", "neuron:1[1]"));
  ok(!belongs(MOONS, "cotangent:11[1]", "value:11[1]"));
  ok(belongs(MOONS, "slope:98[0,0]", "arrival:0[0]") && belongs(MOONS, "cotangent:30[0]", "arrival:0[0]") && !belongs(MOONS, "value:30[0]", "arrival:0[0]"));
});

test("a clicked number pins its weight or its neuron", () => {
  equal(pinOf(MOONS, "parameter:2.W[2,3]"), "parameter:2.W[2,3]");
  equal(pinOf(MOONS, "cotangent:11[1]"), "value:11[1]");
  equal(pinOf(MOONS, "slope:11[0,1]"), "value:11[1]");
  equal(pinOf(MOONS, "slope:98[0,0]"), "value:30[0]");
  equal(pinOf(MOONS, "op:7"), "op:7");
});

const IMAGES = { kind: "images", shape: [6, 4, 5], units: 120, post: 7 };
const SEQUENCE = { kind: "sequence", shape: [3], hidden: 3, units: 3, post: 9, moments: [2, 1, 0].map((t) => ({ t, way: "", h: 10 + t, c: 20 + t, first: t })) };

test("each number of a block has its own place in its pictures, and is found there again", () => {
  for (const column of [IMAGES, SEQUENCE, { kind: "block", shape: [4, 3], units: 12, post: 5 }]) {
    const { pictures, ys, top, height } = layoutBlock(column, { left: 100, right: 220, bottom: 330 });
    equal(ys.length, column.units);
    const seen = new Set();
    for (const { box, what } of pictures) {
      ok(box.x >= 99.9 && box.x + box.width <= 220.1 && box.y >= top - 0.1 && box.y + box.height <= top + height + 0.1, what);
      if (what !== "value") continue;
      for (let x = box.x + 0.5; x < box.x + box.width; x += 1) for (let y = box.y + 0.5; y < box.y + box.height; y += 1) seen.add(spotAt(column, pictures, { x, y }));
    }
    deepEqual([...seen].sort((a, b) => a - b), Array.from({ length: spots(column) }, (_, spot) => spot));
    equal(spotAt(column, pictures, { x: 0, y: 0 }), -1);
  }
});

test("a spot is a number of a node: of an image by channel, row and column, of a sequence by its time step", () => {
  deepEqual(spotOf(IMAGES, 47), { node: 7, at: 47, index: [2, 1, 2] });
  deepEqual(spotOf(SEQUENCE, 7), { node: 12, at: 1, index: [1] });
  deepEqual(ordered(SEQUENCE.moments).map(({ h }) => h), [10, 11, 12]);
});

test("the cells of a sequence are its time steps, each over its own part of the picture, and hold every instruction", () => {
  const nodes = [0, 1, 2].map((t) => ({ id: 100 + t, scope: `0.rnn/t=${t}` }));
  const base = chain(2, 3, 1);
  const steps = [...nodes.map((node) => ({ phase: "forward", node: node.id })), ...[...nodes].reverse().map((node) => ({ phase: "backward", node: node.id }))];
  const instructions = steps.map((one, index) => ({ index, layer: 0, group: "RNN 0", short: "h", op: "tanh", wrt: null, ...one }));
  const columns = base.columns.map((column, index) => (index === 1 ? { ...column, kind: "sequence", layers: [0], shape: [3], moments: SEQUENCE.moments } : column));
  const graph = /** @type {any} */ ({ ...base, nodes, columns, instructions });
  const places = placeColumns(graph, 833, false);
  const cells = layoutLoop(graph, places);
  deepEqual(cells.map(({ members }) => members), [[0], [1], [2], [3], [4], [5]]);
  deepEqual(cells.map(({ name }) => name), [1, 2, 3, 3, 2, 1].map((t) => `RNN 0, time step ${t}`));
  close(cells[0].x, places.columns[1].left);
  close(cells[3].x + cells[3].width, places.columns[1].right);
});

test("what a recurrent layer does beside its time steps stands before and after them, apart from the layer that follows", () => {
  const base = chain(2, 3, 1);
  const nodes = [...[0, 1, 2].map((t) => ({ id: 100 + t, scope: `0.rnn/t=${t}` })), { id: 99, scope: "0.rnn" }, { id: 103, scope: "0.rnn" }, { id: 104, scope: "1.linear" }];
  const on = [99, 100, 101, 102, 103, 104].map((node) => ({ phase: "forward", node, short: node === 104 ? "linear 1" : "RNN 0" }));
  const back = [104, 104, ...Array.from({ length: 30 }, () => 103), 102, 101, 100, 99].map((node, at) => ({ phase: "backward", node, short: `∂${at}` }));
  const instructions = [...on, ...back].map((one, index) => ({ index, layer: one.node === 104 ? 1 : 0, group: one.node === 104 ? "linear 1" : "RNN 0", op: "tanh", wrt: null, ...one }));
  const columns = base.columns.map((column, index) => ({ ...column, ...(index === 1 ? { kind: "sequence", layers: [0], shape: [3], moments: SEQUENCE.moments } : index ? { layers: [1] } : {}) }));
  const graph = /** @type {any} */ ({ ...base, nodes, columns, instructions });
  const places = placeColumns(graph, 833, false);
  const cells = layoutLoop(graph, places);
  const at = (/** @type {number} */ index) => /** @type {import("../../static/js/layout/loop.js").Cell} */ (cells.find(({ members }) => members.includes(index)));
  ok(at(0).x + at(0).width <= places.columns[1].left + 0.01 && at(4).x >= places.columns[1].right - 0.01);
  deepEqual([0, 4, 5].map((index) => at(index).text), ["RNN 0", "RNN 0", "linear 1"]);
  deepEqual([at(8).text, at(8).name, at(8).members.length], ["30 ops", "RNN 0", 30]);
  ok(at(8).x + at(8).width <= at(6).x + 0.01 && at(6).x + at(6).width <= places.columns[2].left + 0.01);
  ok(at(41).x + at(41).width <= places.columns[1].left + 0.01);
  ok(cells.every(({ text }) => !/·|^\d+$/.test(text) || /^[123]$/.test(text)));
});

test("parts added one after the other each begin where the last one ended", () => {
  deepEqual(waterfall([2, -3, null, 0.5]), [{ from: 0, to: 2 }, { from: 2, to: -1 }, { from: -1, to: -1 }, { from: -1, to: -0.5 }]);
  for (const place of [0, 7, 23]) equal(placeOf(pair(place, 5), 5), place);
});

test("what can be looked into are sequences and windows, also inside other layers, and always the three cells", () => {
  const base = chain(2, 3, 1);
  deepEqual(insidesOf(base).map(({ name }) => name), ["memory"]);
  const insides = ["2.residual/0.conv2d", "2.residual/skip.conv2d"].map((scope) => ({ layer: 2, scope, kind: /** @type {const} */ ("window"), label: scope }));
  const graph = { ...base, insides, nodes: [{ ...base.nodes[0], scope: "2.residual/skip.conv2d" }, { ...base.nodes[0], scope: "2.residual" }] };
  deepEqual(insidesOf(graph).map(({ name, kind }) => `${name} ${kind}`), ["2.residual/0.conv2d window", "2.residual/skip.conv2d window", "memory memory"]);
  deepEqual([0, 1].map((node) => insideOf(graph, node, [2])?.scope), ["2.residual/skip.conv2d", "2.residual/0.conv2d"]);
  equal(insideOf(graph, 0, [3]), null);
});
