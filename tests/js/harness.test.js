import { close, deepEqual, equal, ok, test, throws } from "./harness.js";

test("equal tells a zero's sign and knows NaN", () => {
  equal(NaN, NaN);
  throws(() => equal(0, -0));
  throws(() => equal(1, 2), /expected 2, and 1 came/);
});

test("close takes a tolerance and refuses NaN", () => {
  close(0.1 + 0.2, 0.3);
  close(1e12 + 1, 1e12);
  throws(() => close(1, 1.1));
  throws(() => close(NaN, 1));
});

test("deepEqual compares lists, objects, typed arrays and maps", () => {
  deepEqual({ a: [1, { b: null }] }, { a: [1, { b: null }] });
  deepEqual(new Float32Array([1, 2]), new Float32Array([1, 2]));
  deepEqual(new Map([["a", 1]]), new Map([["a", 1]]));
  throws(() => deepEqual([1, 2], [1, 3]), /differ at “.1”/);
  throws(() => deepEqual({ a: undefined }, { b: undefined }));
  throws(() => deepEqual([1], new Float32Array([1])));
});

test("ok and throws", () => {
  ok(1);
  throws(() => ok(0, "nothing"), /nothing does not hold/);
  throws(() => throws(() => {}), /nothing was thrown/);
});
