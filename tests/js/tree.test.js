import { equal, test } from "./harness.js";
import { h, show } from "/static/js/views/tree.js";

test("redrawing keeps elements, focus and what is being typed", () => {
  const root = document.createElement("div");
  document.body.append(root);
  const draw = (/** @type {string} */ word, /** @type {string} */ value) => show(root, h("p", { class: word }, word), h("input", { value }));
  draw("one", "1");
  const [paragraph, input] = [...root.children];
  /** @type {HTMLInputElement} */ (input).focus();
  /** @type {HTMLInputElement} */ (input).value = "half";
  draw("two", "2");
  equal(root.children[0], paragraph);
  equal(paragraph.textContent, "two");
  equal(document.activeElement, input);
  equal(/** @type {HTMLInputElement} */ (input).value, "half");
  /** @type {HTMLInputElement} */ (input).blur();
  draw("two", "3");
  equal(/** @type {HTMLInputElement} */ (input).value, "3");
  root.remove();
});

test("a field of several lines follows what it is given, and keeps what is being typed", () => {
  const root = document.createElement("div");
  document.body.append(root);
  const draw = (/** @type {string} */ text) => show(root, h("textarea", {}, text));
  draw("one\ntwo");
  const field = /** @type {HTMLTextAreaElement} */ (root.firstElementChild);
  equal(field.value, "one\ntwo");
  field.focus();
  field.value = "half";
  draw("three");
  equal(field.value, "half");
  field.blur();
  draw("four\nfive");
  equal(field.value, "four\nfive");
  root.remove();
});

test("the newest handler answers, and another key is another element", () => {
  const root = document.createElement("div");
  let said = "";
  const draw = (/** @type {string} */ word, /** @type {string} */ key) => show(root, h("button", { "data-key": key, onclick: () => { said = word; } }, word));
  draw("first", "a");
  const button = /** @type {HTMLButtonElement} */ (root.firstElementChild);
  draw("second", "a");
  button.click();
  equal(said, "second");
  draw("third", "b");
  equal(root.firstElementChild === button, false);
});

test("an open disclosure stays open", () => {
  const root = document.createElement("div");
  const draw = (/** @type {string} */ word) => show(root, h("details", {}, h("summary", {}, word)));
  draw("a");
  /** @type {HTMLDetailsElement} */ (root.firstElementChild).open = true;
  draw("b");
  equal(/** @type {HTMLDetailsElement} */ (root.firstElementChild).open, true);
});
