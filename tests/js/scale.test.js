import { close, deepEqual, equal, ok, test } from "./harness.js";
import { amount, axisTexts, brief, duration, format, formatShort, percent, powerOfTen, share } from "../../static/js/scale/number.js";
import { MARK, magnitude, markOf, widthOf } from "../../static/js/scale/signed.js";
import { decadesOf, magnitudesOf } from "../../static/js/scale/decades.js";
import { legendOf } from "../../static/js/commands/legend.js";
import { parse, ramp, step } from "../../static/js/scale/color.js";
import { FULL, alphaOf, rangeOf } from "../../static/js/scale/field.js";
import { RATES, rateAt, rateIndex, rateText } from "../../static/js/scale/rate.js";

const DECADES = { lo: -4, hi: 0 };

test("a number has four digits, a real minus, and powers outside 0.001 to 10,000", () => {
  equal(format(-0.30714), "−0.3071");
  equal(format(0.0001234567), "1.235 · 10⁻⁴");
  equal(format(0.001), "0.001000");
  equal(format(12345), "1.234 · 10⁴".replace("1.234", (12345).toExponential(3).split("e")[0]));
  equal(format(-1526.9, 3), "−1527");
  equal(format(0), "0");
  equal(format(-Infinity), "−∞");
  equal(format(null), "NaN");
  equal(format(9999.99), "1.000 · 10⁴");
});

test("bytes are told in thousands or in millions, and a few are never none", () => {
  deepEqual([12, 141_200, 999_400, 5_620_000, 64e6].map(amount), ["1 kB", "141 kB", "999 kB", "5.6 MB", "64 MB"]);
});

test("a brief number has three digits, and a power in few letters", () => {
  deepEqual([0.29012, 0.0012, 0.00012, -12345, 0, null, NaN].map((value) => brief(value)), ["0.290", "0.00120", "1.2e−4", "−1.2e4", "0", "–", "NaN"]);
  equal(brief(0.0012, 0.01), "1.2e−3");
});

test("the labels of one axis are all plain or all powers of ten", () => {
  deepEqual(axisTexts([0.01, 0.1, 1]), ["0.01", "0.1", "1"]);
  deepEqual(axisTexts([0.001, 0.01, 0.1, 1]), ["10⁻³", "10⁻²", "10⁻¹", "1"]);
  deepEqual(axisTexts([0.0005, 0.001, 0.0015]), ["5e−4", "10⁻³", "1.5e−3"]);
});

test("a socket's number carries its sign and stays short", () => {
  for (const value of [0.5, -0.5, 0.0663, -0.0021, 12.345, -123.4, 1e-7, -4.2e-12, 5e7]) {
    const text = formatShort(value);
    ok(text.startsWith(value < 0 ? "−" : "+"), text);
    ok(text.length <= 7, text);
  }
  equal(formatShort(0), "0");
});

test("a share is told in per cent, and a small one as a power of ten", () => {
  deepEqual([6.16, 0.744, 0.0123, 0.001, 0, null].map((value) => share(value)), ["620\u00a0%", "74\u00a0%", "1.2\u00a0%", "0.1\u00a0%", "0\u00a0%", "–"]);
  equal(share(49.1), "4,900\u00a0%");
  equal(share(6.21e-11), "6.2 · 10⁻¹¹");
});

test("a time has the unit that suits it", () => {
  deepEqual([3.2, 0.0803, 0.001, 0.00001824, 5e-9].map((value) => duration(value)), ["3.2\u00a0s", "80.3\u00a0ms", "1\u00a0ms", "18.2\u00a0µs", "5\u00a0ns"]);
  deepEqual([1234.5, 13_783].map((value) => duration(value)), ["20.6\u00a0min", "3.83\u00a0h"]);
  equal(duration(1e-4, 1), "100\u00a0µs");
});

test("percentages and powers of ten", () => {
  equal(percent(0.876), "88\u00a0%");
  equal(percent(null), "–");
  equal(powerOfTen(-12), "10⁻¹²");
  equal(powerOfTen(0), "1");
});

test("magnitude rises from 0 at lo to 1 at hi with the size alone", () => {
  equal(magnitude(1e-4, DECADES), 0);
  close(magnitude(-1e-2, DECADES), 0.5);
  equal(magnitude(1, DECADES), 1);
  equal(magnitude(50, DECADES), 1);
  equal(magnitude(1e-9, DECADES), 0);
});

test("zero, below the scale, above it and not finite are different marks", () => {
  const marks = [0, 1e-7, 0.1, 7, NaN].map((value) => markOf(value, DECADES));
  deepEqual(marks, [MARK.zero, MARK.below, MARK.shown, MARK.above, MARK.bad]);
  equal(new Set([...marks, MARK.unknown]).size, 6);
});

test("an edge is 0.75 to 4.5 px wide", () => {
  equal(widthOf(0), 0.75);
  equal(widthOf(1), 4.5);
  close(widthOf(1, 0.75), 3.375);
});

test("the legend spans whole decades, at least four and at most eight", () => {
  deepEqual(decadesOf([-1.2, -1.3, -1.4]), { lo: -5, hi: -1 });
  deepEqual(decadesOf(Array.from({ length: 100 }, (_, index) => -index / 5)), { lo: -8, hi: 0 });
  deepEqual(decadesOf([-0.5, -5.5]), { lo: -6, hi: 0 });
  equal(decadesOf([]), null);
});

test("magnitudes know the exponent of their array and leave out zero and NaN", () => {
  const frame = /** @type {any} */ ({ fields: { gradients: { "0.W": { data: Float32Array.of(1, 0, NaN, -2), exponent: -10 } } } });
  const found = magnitudesOf(frame);
  equal(found.length, 2);
  close(found[0], Math.log10(2 ** -10));
  close(found[1], Math.log10(2 ** -9));
});

test("there is no legend before every gradient is known", () => {
  const fields = { gradients: { "0.W": { data: Float32Array.of(0.05), exponent: 0 } } };
  const graph = /** @type {any} */ ({ parameters: [{ gradient_at: 7 }] });
  equal(legendOf(/** @type {any} */ ({ update: 0, instruction: 5, fields }), graph), null);
  deepEqual(legendOf(/** @type {any} */ ({ update: 0, instruction: 8, fields }), graph), { lo: -5, hi: -1, rescaled: 0 });
});

test("a ramp begins and ends on its stops", () => {
  const { css, rgba } = ramp(["#000000", "#808080", "#ffffff"]);
  equal(css.length, 256);
  equal(css[0], "rgb(0, 0, 0)");
  equal(css[255], "rgb(255, 255, 255)");
  equal(rgba[255], 0xffffffff);
  equal(step(0.5), 128);
  deepEqual(parse("rgb(12, 34, 56)"), [12, 34, 56]);
  deepEqual(parse("#0d746e"), [13, 116, 110]);
});

test("a field is fixed where the activation is bounded, else symmetric or from zero", () => {
  deepEqual(rangeOf("tanh", [5]), [-1, 1]);
  deepEqual(rangeOf("sigmoid", []), [0, 1]);
  deepEqual(rangeOf(null, [-1, 3]), [-3, 3]);
  deepEqual(rangeOf("relu", [0, 4]), [0, 4]);
  equal(alphaOf(1, [-1, 1]), FULL);
  close(alphaOf(0, [-1, 1]), FULL / 2);
});

test("every speed finds its place on the slider again", () => {
  RATES.forEach((rate, index) => {
    equal(rateIndex(rate), index);
    equal(rateAt(index), rate);
  });
  equal(rateText(null), "fastest");
});
