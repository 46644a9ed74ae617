/** The keys: a list that opens in the page, and the one listener behind it. Single letters can be switched off. */

import { element, narrow, place } from "./element.js";
import { UNITS } from "./transport.js";

const KEYS = [
  ["Space", "play or pause"], ["→", "on by one unit"], ["←", "back by one unit"], ["1 – 5", "unit: op, layer, pass, batch, epoch"],
  ["g, w", "gradients or weights"], ["e, b", "this example or batch mean"], ["f", "follow the worst mistake back"], ["p", "predict the next number first"],
  ["Tab, then arrows", "walk over the neurons; Enter pins"], ["Tab to the run's track, then arrows", "an update on or back; with Shift an operation; Page keys an epoch; Home and End"], ["Esc", "close, unpin"], ["?", "this list"],
];
const STORED = "backprop-lab.letters";

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountShortcuts(root, store, commands) {
  const button = place("shortcuts-toggle");
  const letters = element("input", { type: "checkbox", id: "letters", checked: remembered() });
  letters.addEventListener("change", () => remember(letters.checked));
  root.append(
    element("dl", { class: "keys" }, ...KEYS.flatMap(([key, does]) => [element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, does))])),
    element("label", { class: "letters", for: "letters" }, letters, " Letters, digits and ? work as keys"));
  const toggle = (/** @type {boolean} */ open) => {
    root.hidden = !open;
    if (open) root.scrollIntoView({ block: "nearest" });
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => toggle(root.hidden === true));

  const more = place("more");
  const actions = place("actions");
  const unfold = (/** @type {boolean} */ open) => {
    actions.toggleAttribute("data-open", open);
    more.setAttribute("aria-expanded", String(open));
  };
  more.addEventListener("click", () => unfold(!actions.hasAttribute("data-open")));
  actions.addEventListener("click", ({ target }) => {
    if (!actions.hasAttribute("data-open") || !(/** @type {Element} */ (target).closest("button, a"))) return;
    if (actions.contains(document.activeElement)) more.focus({ preventScroll: true });
    unfold(false);
  });
  /** Where the bar is short of room, the list of keys is opened from the menu. */
  const settle = () => (narrow.matches ? actions.prepend(button) : more.before(button));
  settle();
  narrow.addEventListener("change", settle);

  /** @type {Record<string, () => void>} */
  const letter = {
    g: () => commands.setLens("gradients"), w: () => commands.setLens("weights"),
    e: () => commands.setScope("example"), b: () => commands.setScope("batch"),
    f: () => commands.followBack(), p: () => commands.setPredicting(!store.get().predicting), "?": () => toggle(root.hidden === true),
    ...Object.fromEntries(UNITS.map((unit, index) => [String(index + 1), () => commands.setUnit(unit)])),
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !store.get().session) return;
    const target = /** @type {Element} */ (event.target);
    if (target.closest("input:not([type=checkbox]):not([type=range]), textarea, select, [contenteditable]")) return;
    const act = plain(event.key, target) ?? (letters.checked ? letter[event.key] : undefined);
    if (!act) return;
    event.preventDefault();
    act();
  });

  /** @param {string} key @param {Element} target @returns {(() => void) | undefined} */
  function plain(key, target) {
    const range = target.matches("input[type=range]");
    if (key === " " && !target.closest("button, a, summary, input")) return () => commands.toggle();
    if (key === "ArrowRight" && !range) return () => commands.on();
    if (key === "ArrowLeft" && !range) return () => commands.back();
    if (key === "Escape") return () => (root.hidden ? commands.unpin() : toggle(false));
    return undefined;
  }
}

function remembered() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

/** @param {boolean} on */
function remember(on) {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch { /* private windows may refuse; the choice then lasts as long as the page */ }
}
