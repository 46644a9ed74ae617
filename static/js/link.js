/** The whole state of the page in the address: JSON, deflated, in the letters an address may hold. */

/**
 * @param {unknown} value
 * @returns {Promise<string>} the fragment, without its #
 */
export async function packLink(value) {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `lab=${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** What a link may leave out of the page. */
export const PARTS = /** @type {const} */ (["setup", "menu", "inspector", "output", "run"]);

/**
 * How a link wants the page to look, beside its network: `view=projector` for large type, `hide=setup,menu` for a page without these parts.
 * @param {string} fragment  with or without its #
 * @returns {import("./types.js").Manner}
 */
export function mannerOf(fragment) {
  const asked = new URLSearchParams(fragment.replace(/^#/, ""));
  const hidden = (asked.get("hide") ?? "").split(",");
  return { projector: asked.get("view") === "projector", hide: PARTS.filter((part) => hidden.includes(part)) };
}

/** The end of a fragment that asks for this look. @param {import("./types.js").Manner} manner */
export function mannerEnd({ projector, hide }) {
  return `${projector ? "&view=projector" : ""}${hide.length ? `&hide=${hide.join(",")}` : ""}`;
}

/**
 * @param {string} fragment  with or without its #
 * @returns {Promise<any>} what was packed, or null where there is none
 */
export async function unpackLink(fragment) {
  const found = /(?:^#?|&)lab=([\w-]+)/.exec(fragment);
  if (!found) return null;
  const text = atob(found[1].replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}
