/** The drawings of a proof and of a curve along a weight, and two numbers that share their first digits. */

import { close, deepEqual, equal, ok, test } from "./harness.js";
import { along, BOX as CURVE, nearest as nearestPlace, numberAt } from "/static/js/layout/along.js";
import { across, BOX, nearest, placeOn, valley } from "/static/js/layout/valley.js";
import { shared } from "/static/js/scale/shared.js";

const THEORY = { bend: 0.01, rounding: 1e-16, h: 1.7e-5 };
const sweep = Array.from({ length: 61 }, (_, index) => {
  const h = 10 ** (index / 4 - 15);
  return { h, error: 0.01 * h * h + 1e-16 / h, kinks: 0 };
});

test("steps stand evenly on a logarithmic scale", () => {
  close(across(1e-15), BOX.left);
  close(across(1), BOX.right);
  close(across(10 ** -7.5), (BOX.left + BOX.right) / 2);
});

test("a place finds its nearest step", () => {
  sweep.forEach(({ h }, index) => equal(nearest(sweep, across(h) + 1), index));
  equal(nearest(sweep, -1000), 0);
  equal(nearest(sweep, 1000), 60);
});

test("the measured points lie on the lines of theory on both sides of the valley", () => {
  const { dots, lines } = valley(sweep, THEORY, 1);
  const [rounding, bend] = lines;
  deepEqual(lines.map(({ name }) => name), ["rounding", "bend"]);
  close(placeOn(rounding, dots[12].y), dots[12].x, 0.01);
  close(placeOn(bend, dots[56].y), dots[56].x, 0.01);
});

test("everything is drawn inside the frame", () => {
  for (const size of [1, 1e-6, 1e6]) {
    const scaled = sweep.map((step) => ({ ...step, error: step.error / size }));
    const { dots, lines, ticks, powers } = valley(scaled, THEORY, size);
    for (const { x, y } of dots) ok(x >= BOX.left - 1e-9 && x <= BOX.right + 1e-9 && y >= BOX.top - 1e-9 && y <= BOX.bottom + 1e-9, "a dot");
    for (const { x1, x2, y1, y2 } of lines) ok([x1, x2].every((x) => x >= BOX.left - 1e-9 && x <= BOX.right + 1e-9) && [y1, y2].every((y) => y >= BOX.top - 0.01 && y <= BOX.bottom + 0.01), "a line");
    ok(ticks.length >= 3 && ticks.length <= 7, "ticks");
    equal(powers.length, 6);
  }
});

test("what cannot be drawn as a height says what it is", () => {
  const { dots } = valley([{ h: 1e-3, error: 0, kinks: 0 }, { h: 1e-2, error: null, kinks: 0 }, { h: 1e-1, error: 0.5, kinks: 2 }, { h: 1, error: 1, kinks: 0 }], { bend: null, rounding: 0, h: null }, 1);
  deepEqual(dots.map(({ kind }) => kind), ["exact", "none", "kink", "measured"]);
  equal(dots[0].y, BOX.bottom);
});

test("without theory no line is drawn", () => deepEqual(valley(sweep, { bend: null, rounding: 0, h: null }, 1).lines, []));

const points = Array.from({ length: 9 }, (_, index) => ({ at: index - 4, loss: (index - 4) ** 2, promised: null }));

test("a tangent touches the curve and stays in the frame", () => {
  const { x, y, tangent } = along(points, 2, 4, 4);
  ok(tangent, "a tangent");
  const { x1, y1, x2, y2 } = /** @type {any} */ (tangent);
  close(y1 + ((x(2) - x1) / (x2 - x1)) * (y2 - y1), y(4), 1e-6);
  for (const value of [y1, y2]) ok(value >= CURVE.top - 1e-9 && value <= CURVE.bottom + 1e-9, "a height");
  const flat = /** @type {any} */ (along(points, 0, 0, 0).tangent);
  equal(flat.y1, flat.y2);
  equal(along(points, 2, 4, null).tangent, null);
});

test("a curve is broken where the loss is not finite", () => {
  const broken = points.map((point) => (point.at === 0 ? { ...point, loss: null } : point));
  equal(along(broken, 2, 4, 4).curve.match(/M/g)?.length, 2);
  equal(along(points, 2, 4, 4).curve.match(/M/g)?.length, 1);
});

test("the pointer finds numbers and places", () => {
  equal(numberAt(points, CURVE.left), -4);
  equal(numberAt(points, CURVE.right + 100), 4);
  equal(nearestPlace(points, 1.4), 5);
  points.forEach(({ at }, index) => equal(nearestPlace(points, numberAt(points, along(points, 0, 0, 1).x(at))), index));
});

test("shared digits are told apart from the rest", () => {
  deepEqual(shared(0.6931623451829, 0.6931482167123, 10), [{ same: "0.6931", rest: "623452" }, { same: "0.6931", rest: "482167" }]);
  deepEqual(shared(-1.5, -1.25, 4), [{ same: "−1.", rest: "500" }, { same: "−1.", rest: "250" }]);
  deepEqual(shared(0, 0, 3).map(({ same, rest }) => same + rest), ["0.00", "0.00"]);
  deepEqual(shared(null, 1, 3), [{ same: "", rest: "not finite" }, { same: "", rest: "1" }]);
  deepEqual(shared(1.234e-9, 1.235e-9, 4)[0], { same: "1.23", rest: "4e−9" });
});
