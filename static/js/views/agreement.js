/** Every parameter's gradients against measured slopes: a list that opens under the badge, the wrong ones first. */

import { watch } from "../store.js";
import { format } from "../scale/number.js";
import { h, show } from "./tree.js";

/**
 * @param {HTMLElement} root @param {HTMLElement} badge  holds the button that opens the list
 * @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands
 */
export function mountAgreement(root, badge, store, commands) {
  /** @param {boolean} open */
  function toggle(open) {
    root.hidden = !open;
    draw(store.get());
    if (open) root.scrollIntoView({ block: "nearest" });
  }

  /** @param {import("../types.js").Store} now */
  function draw({ checks }) {
    badge.querySelector("button")?.setAttribute("aria-expanded", String(!root.hidden));
    if (!root.hidden) show(root, ...content(checks, () => toggle(false), (/** @type {string} */ target) => commands.pin(target)));
  }

  badge.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("button")) toggle(root.hidden === true);
  });
  watch(store, ({ checks }) => [checks], draw);
}

/** @param {any} checks @param {() => void} close @param {(target: string) => void} pin */
function content(checks, close, pin) {
  const tensors = [...(checks?.tensors ?? [])].sort((a, b) => Number(b.wrong > 0) - Number(a.wrong > 0));
  return [
    h("header", { class: "card-head" },
      h("h2", { class: checks?.ok === false ? "bad" : null }, checks ? `${checks.sentence}.` : "Nothing is checked yet."),
      h("button", { type: "button", class: "link", onclick: close }, "Close")),
    h("p", { class: "caption" }, checks?.estimate ? "What the estimate left in its buffers, against slopes measured one by one (central differences): no gradient is right or wrong here, each is off by chance." : "What the backward pass left in its buffers, against slopes measured by forward passes alone (central differences). The largest gap of a parameter is given against its largest slope."),
    tensors.length ? table(tensors, pin, Boolean(checks.estimate)) : null,
    checks?.steps ? stepLine(checks.steps, Boolean(checks.estimate)) : null,
  ];
}

/** What the last update did with the gradients. @param {{ok: boolean, wrong: {name: string, says: string}[]}} steps @param {boolean} guessed */
function stepLine({ ok, wrong }, guessed) {
  const asked = `what the optimiser asks for at the ${guessed ? "estimated" : "true"} gradient`;
  if (ok) return h("p", { class: "caption" }, `The step of the last update is ${asked}.`);
  return h("p", { class: "caption bad" }, `The step of the last update, against ${asked}: ${wrong.map(({ name, says }) => `${name} ${says}`).join(", ")}.`);
}

/** @param {any[]} tensors @param {(target: string) => void} pin @param {boolean} guessed */
function table(tensors, pin, guessed) {
  const heads = ["parameter", "verdict", "checked", "largest gap", "at", "gradient", "measured"];
  return h("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": "Agreement of every parameter" },
    h("table", { class: "numbers agreements" },
      h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...tensors.map((tensor) => row(tensor, pin, guessed)))));
}

/** @param {any} tensor @param {(target: string) => void} pin @param {boolean} guessed */
function row({ name, size, checked, wrong, relative_error, worst, sentence }, pin, guessed) {
  return h("tr", { "data-key": name, "data-ok": String(!wrong) },
    h("th", { scope: "row" }, name),
    h("td", { class: "verdict" }, h("span", { "aria-hidden": "true" }, guessed ? "≈ " : wrong ? "✗ " : "✓ "), sentence),
    h("td", {}, `${checked.toLocaleString("en-GB")} of ${size.toLocaleString("en-GB")}`),
    h("td", {}, relative_error === null ? "not finite" : format(relative_error, 2)),
    h("td", {}, h("button", { type: "button", class: "link", onclick: () => pin(`parameter:${worst.name}`) }, worst.name)),
    h("td", {}, worst.gradient === null ? "not finite" : format(worst.gradient, 6)),
    h("td", {}, worst.slope === null ? "not finite" : format(worst.slope, 6)));
}
