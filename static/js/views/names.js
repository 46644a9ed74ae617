/** Names of neurons as they are set: the server writes h₁,₃, whose comma would stand on the line; here the whole index is lowered. */

const INDEX = /[₀-₉]+(?:,[₀-₉]+)+/g;

/**
 * A text whose indices of several numbers are elements of their own.
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
export function named(text) {
  /** @type {(string | HTMLElement)[]} */
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(INDEX)) {
    const sub = document.createElement("sub");
    sub.textContent = [...found[0]].map((letter) => (letter === "," ? "," : String(letter.charCodeAt(0) - 0x2080))).join("");
    parts.push(text.slice(end, found.index), sub);
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)].filter((part) => part !== "");
}
