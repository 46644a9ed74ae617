import { deepEqual, equal, ok, test } from "./harness.js";
import { measures, nameOf, times } from "../../static/js/layout/cost.js";

const WAY = { name: "backpropagation", directions: null, forward: 1, backward: 1, operations: 3648, seconds: 2e-5, error: 4e-13, expected: null, measured: 37, of: 37, extrapolated: false, slower: 1, sentence: "" };
const WAYS = [
  WAY,
  { ...WAY, name: "central_differences", forward: 4820, backward: 0, operations: 754_860_200, seconds: 0.08, error: 6e-11, measured: 500, of: 2410, extrapolated: true, slower: 4000 },
  { ...WAY, name: "weight_perturbation", directions: 10, forward: 20, backward: 0, operations: 29_133, seconds: 4e-4, error: 2.1, expected: 1.9, slower: 20 },
];

test("four measures of every way, each number beside its text", () => {
  const [passes, operations, time, error] = measures(WAYS);
  deepEqual(passes.bars.map(({ value, text }) => [value, text]), [[2, "1 + 1"], [4820, "4,820"], [20, "20"]]);
  deepEqual(operations.bars.map(({ text }) => text), ["3,648", "7.55 · 10⁸", "29,133"]);
  deepEqual(time.bars.map(({ text, guessed }) => [text, guessed]), [["20\u00a0µs", false], ["≈ 80\u00a0ms", true], ["400\u00a0µs", false]]);
  deepEqual(error.bars.map(({ text, mark }) => [text, mark]), [["4.0 · 10⁻¹³", null], ["6.0 · 10⁻¹¹", null], ["210\u00a0%", 1.9]]);
});

test("axes are told in words that suit them", () => {
  const [passes, , time, error] = measures(WAYS);
  deepEqual([1, 1000, 1e6].map(passes.tick), ["1", "1,000", "10⁶"]);
  deepEqual([1e-5, 0.1].map(time.tick), ["10\u00a0µs", "100\u00a0ms"]);
  deepEqual([1e-13, 0.1, 10].map(error.tick), ["10⁻¹³", "10\u00a0%", "1,000\u00a0%"]);
});

test("ways have names, and ratios two digits", () => {
  deepEqual(WAYS.map(nameOf), ["backpropagation", "central differences", "10 directions"]);
  equal(nameOf({ ...WAY, name: "weight_perturbation", directions: 1 }), "1 random direction");
  deepEqual([2.34, 41.2, 2094].map(times), ["2.3 ×", "41 ×", "2,100 ×"]);
  ok(times(1).endsWith("×"));
});
