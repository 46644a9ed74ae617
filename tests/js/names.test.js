import { deepEqual, test } from "./harness.js";
import { named } from "../../static/js/views/names.js";

/** @param {string} text */
const shown = (text) => named(text).map((part) => (typeof part === "string" ? part : `<${part.localName}>${part.textContent}`));

test("an index of several numbers is one lowered element, its comma included", () => {
  deepEqual(shown("h₁,₃"), ["h", "<sub>1,3"]);
  deepEqual(shown("Weight x₁ → h₁₂,₃ · 0.W[0,2]"), ["Weight x₁ → h", "<sub>12,3", " · 0.W[0,2]"]);
});

test("an index of one number, and a text without any, stay as they are", () => {
  deepEqual(shown("carry back to h₁, through Wᵀ"), ["carry back to h₁, through Wᵀ"]);
  deepEqual(shown(""), []);
});
