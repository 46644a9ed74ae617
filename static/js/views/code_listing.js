/** A text that can be copied, taken away and scrolled. */

import { h } from "./tree.js";

/**
 * A text in a region of its own that can be scrolled by keyboard, with its actions above it.
 * @param {string} title @param {string} text @param {string} name  as a file
 * @param {import("../types.js").Commands} commands @param {(HTMLElement | string | false | null | undefined)[]} [more]
 */
export function listing(title, text, name, commands, more = []) {
  return [
    h("div", { class: "code-head" },
      h("h3", {}, title),
      h("button", { type: "button", class: "link", onclick: () => commands.copyText(text, name) }, "Copy"),
      h("button", { type: "button", class: "link", onclick: () => commands.downloadText(text, name) }, "Download"),
      ...more.map((each) => each || null)),
    h("pre", { class: "code-text", tabindex: 0, role: "region", "aria-label": title, onkeydown: scrolls }, h("code", {}, ...text.split("\n").flatMap(line))),
  ];
}

/** Here the keys that step and play elsewhere scroll. @param {KeyboardEvent} event */
function scrolls(event) {
  if (["ArrowLeft", "ArrowRight", " "].includes(event.key)) event.stopPropagation();
}

/** One line, its comment in a quieter tone. @param {string} text @param {number} number */
function line(text, number) {
  const start = number ? "\n" : "";
  const at = /(?:^|\s\s)# /.exec(text)?.index;
  return at === undefined ? [start + text] : [start + text.slice(0, at), h("span", { class: "muted" }, text.slice(at))];
}
