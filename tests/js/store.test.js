import { deepEqual, equal, ok, test } from "./harness.js";
import { createStore, watch } from "../../static/js/store.js";
import { packLink, unpackLink } from "../../static/js/link.js";
import { largestWeight } from "../../static/js/commands/focus.js";

test("a view is drawn at once, and again only when its slice is another one", () => {
  const store = createStore();
  /** @type {string[]} */
  const drawn = [];
  watch(store, ({ lens }) => [lens], ({ lens }) => drawn.push(lens));
  store.set({ predicting: true });
  store.set({ lens: "weights" });
  store.set({ lens: "weights" });
  deepEqual(drawn, ["gradients", "weights"]);
});

test("who no longer listens is not told", () => {
  const store = createStore();
  let calls = 0;
  const stop = store.subscribe(() => { calls += 1; });
  store.set({ predicting: true });
  stop();
  store.set({ predicting: false });
  equal(calls, 1);
});

test("what is packed into a link comes out of it", async () => {
  const whole = { spec: { seed: 7, layers: [{ kind: "linear", units: 4 }] }, lens: "weights", legend: { lo: -6, hi: 0, rescaled: 1 }, name: "∂ moons" };
  const fragment = await packLink(whole);
  ok(/^lab=[\w-]+$/.test(fragment), fragment);
  deepEqual(await unpackLink(`#${fragment}`), whole);
  equal(await unpackLink("#other"), null);
});

test("the weight most to blame has the largest size, and is no bias", () => {
  equal(largestWeight({ "0.W": [[0.1, -0.7], [null, 0.2]], "0.b": [9, 9], "2.W": [[0.5]] }), "parameter:0.W[0,1]");
  equal(largestWeight({}), null);
});
