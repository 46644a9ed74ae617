/** The independent check of one gradient: its mark, and the verdict in words. */

import { h } from "./tree.js";

const MARKS = { ok: "✓", bad: "✗", open: "?" };

/** @param {any} found  the answer of a check, or null while there is none */
export function check(found) {
  const tone = /** @type {"ok" | "bad" | "open"} */ (!found || found.agrees === null ? "open" : found.agrees ? "ok" : "bad");
  const sentence = found?.sentence ?? "Checked by two forward passes as soon as this gradient is computed.";
  const [number, ...rest] = sentence.split(" by ");
  return h("p", { class: `check ${tone}` },
    h("span", { class: "check-mark", "aria-hidden": "true" }, MARKS[tone]),
    h("span", {}, found && rest.length && !found.corner ? [h("b", {}, number), ` by ${rest.join(" by ")}`] : sentence));
}
