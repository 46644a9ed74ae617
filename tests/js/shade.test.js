import { equal, test } from "./harness.js";
import { shade } from "/static/js/scale/shade.js";

const decades = { lo: -3, hi: 0 };

test("sign chooses the side and size the stop", () => {
  equal(shade(1, decades), "color-mix(in srgb, var(--positive-3) 100%, var(--positive-2))");
  equal(shade(-0.01, decades), "color-mix(in srgb, var(--negative-2) 0%, var(--negative-1))");
  equal(shade(1e-9, decades), "color-mix(in srgb, var(--positive-1) 0%, var(--positive-0))");
});

test("zero and what is not finite are marks of their own", () => {
  equal(shade(0, decades), "var(--outline)");
  equal(shade(null, decades), "var(--bad)");
  equal(shade(Infinity, decades), "var(--bad)");
});
