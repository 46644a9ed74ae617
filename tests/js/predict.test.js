import { equal, test } from "./harness.js";
import { score } from "../../static/js/views/predict.js";

test("the score counts what was answered, and says what was carried forward", () => {
  equal(score([]), "");
  equal(score(["shown", "unmarked"]), "");
  equal(score(["right", "wrong", "shown", "right"]), "2 of 3");
  equal(score(["right", "right", "right", "right", "right", "right", "carried", "wrong", "wrong"]), "7 of 9, 1 carried forward");
});
