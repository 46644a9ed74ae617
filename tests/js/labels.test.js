import { deepEqual, equal, test } from "./harness.js";
import { classOf, rightSteps, shortened } from "../../static/js/scale/labels.js";

test("a class goes by its name, a sequence by the name of each step", () => {
  equal(classOf(1, ["a", "b"]), "b");
  equal(classOf("7", null), "7");
  equal(classOf([0, 1, 0], ["a", "b"]), "a b a");
});

test("the steps guessed right are counted", () => {
  deepEqual(rightSteps([0, 1, 2], [0, 2, 2]), { right: 2, of: 3 });
  equal(rightSteps(1, 1), null);
});

test("a layer's name that is too long keeps its number", () => {
  equal(shortened("linear 12", 15), "linear 12");
  equal(shortened("transformer block 2", 15), "transformer… 2");
  equal(shortened("positional encoding 1", 15), "positional e… 1");
  equal(shortened("a long name without one", 8), "a long…");
});
