import { close, equal, ok, test } from "./harness.js";
import { BOX as DESCENT, descent } from "../../static/js/layout/descent.js";
import { BOX as FAN, fan } from "../../static/js/layout/fan.js";
import { deliveryCommands } from "../../static/js/commands/delivery.js";
import { createStore } from "../../static/js/store.js";

const T = Array.from({ length: 41 }, (_, index) => index / 20);

/** L(t) = 1 + promised t + bend t² @param {number} promised @param {number} bend */
function parabola(promised, bend) {
  const loss = T.map((t) => 1 + promised * t + bend * t * t);
  return { curve: { t: T, loss }, step: { before: loss[0], after: loss[20], promised } };
}

test("where a step starts and where it lands are inside the frame, whatever the curve does", () => {
  for (const [promised, bend] of [[-1, 0.1], [-1, 0.5], [-1, 3], [-1e-9, 1e-10], [-1, 1e6], [2, -0.5], [-1527, 1522], [0, 0]]) {
    const { curve, step } = parabola(promised, bend);
    const { y, levels } = descent(curve, step);
    for (const level of levels) {
      ok(level !== null && level.y >= DESCENT.top && level.y <= DESCENT.bottom, `${promised} ${bend}`);
    }
    ok(y(step.before) !== y(step.after) || step.before === step.after, "they are told apart");
  }
});

test("the straight line begins where the step starts and falls as promised", () => {
  const { curve, step } = parabola(-1, 0.3);
  const { tangent, x, y } = descent(curve, step);
  ok(tangent !== null);
  equal(tangent?.x1, x(0));
  close(Number(tangent?.y1), y(1));
  close(Number(tangent?.y2), y(-1));
});

test("the names of two levels never touch", () => {
  const { curve, step } = parabola(-0.5, 0.499);
  const [one, other] = descent(curve, step).levels;
  ok(Math.abs(Number(one?.text) - Number(other?.text)) >= 12.9);
});

test("what is not finite leaves a gap, and the rest is drawn", () => {
  const loss = T.map((t) => (t > 0.4 ? null : 1 - t));
  const { path, levels, tangent } = descent({ t: T, loss }, { before: 1, after: null, promised: null });
  equal(path.match(/[ML]/g)?.length, 9);
  equal(levels[1], null);
  equal(tangent, null);
  ok(!path.includes("NaN"));
});

test("paths share one scale, begin at zero, and their names keep apart within the frame", () => {
  const paths = ["a", "b", "c", "d", "e", "f", "g", "h"].map((title, index) => ({ title, path: T.map((t) => t * t * 1e-3 * index) }));
  const { lines, zero, ticks } = fan(paths, 40);
  const labels = lines.map(({ label }) => label).sort((a, b) => a - b);
  for (let at = 1; at < labels.length; at += 1) ok(labels[at] - labels[at - 1] >= 13.4);
  ok(labels[0] >= FAN.top && labels[7] <= FAN.height);
  for (const { d, end } of lines) {
    ok(d.startsWith(`M${FAN.left.toFixed(1)} ${zero.toFixed(1)}`));
    ok(end !== null && end.y >= FAN.top && end.y <= FAN.bottom);
  }
  ok(ticks.some(({ value }) => value === 0));
  equal(fan([{ title: "lost", path: [null, null] }], 1).lines[0].end, null);
});

test("deliveries are asked for when the program has moved, never two at once, and seldom while it runs", async () => {
  /** @type {string[]} */
  const asked = [];
  const before = globalThis.fetch;
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ path) => {
    asked.push(path);
    return new Response(JSON.stringify({ when: "done", promised: -asked.length }));
  });
  try {
    const store = createStore(/** @type {any} */ ({ session: { id: "s" }, state: { running: true } }));
    deliveryCommands({ store, commands: {} });
    for (let update = 1; update <= 10; update += 1) store.set(/** @type {any} */ ({ frame: { update, instruction: 0 } }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    equal(asked.length, 1);
    equal(asked[0], "/api/sessions/s/delivery");
    equal(store.get().delivery.promised, -1);
    await new Promise((resolve) => setTimeout(resolve, 700));
    equal(asked.length, 2); // once more for all that came meanwhile
    await new Promise((resolve) => setTimeout(resolve, 500));
    equal(asked.length, 2); // nothing has moved since
    store.set(/** @type {any} */ ({ frame: { update: 11, instruction: 0 } }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    equal(asked.length, 3);
  } finally {
    globalThis.fetch = before;
  }
});
