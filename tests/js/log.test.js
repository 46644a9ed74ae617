import { close, deepEqual, equal, test } from "./harness.js";
import { decadesOf, logScale, marks } from "/static/js/scale/log.js";

test("the decades hold every value that is above zero", () => {
  deepEqual(decadesOf([[0.03, null, 0], [5]], 2), { lo: -2, hi: 1 });
});

test("nothing known still gives a scale", () => {
  deepEqual(decadesOf([[null, 0]], 2), { lo: -1, hi: 1 });
});

test("a value stands where its logarithm does, and never outside", () => {
  const up = logScale({ lo: -4, hi: 0 }, 100, 0);
  close(up(0.01), 50);
  equal(up(1e-9), 100);
  equal(up(1e9), 0);
});

test("marks are round, inside and not too many", () => {
  deepEqual(marks(-0.6, -0.1, 3), [0.3, 0.5, 0.7]);
  deepEqual(marks(-1, 1, 9), [0.1, 0.2, 0.5, 1, 2, 5, 10]);
  deepEqual(marks(-4, 0, 5), [0.0001, 0.001, 0.01, 0.1, 1]);
  equal(marks(-12, 0, 5).length <= 5, true);
});
