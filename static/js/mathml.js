/** Formulas from the server: parsed apart from the page, and taken over only where every part is mathematics. */

const NAMESPACE = "http://www.w3.org/1998/Math/MathML";
const TAGS = new Set([
  "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msub", "msup", "msubsup", "mfrac", "msqrt", "mroot", "mover", "munder", "munderover",
  "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose",
]);
const ATTRIBUTES = new Set([
  "display", "displaystyle", "mathvariant", "stretchy", "fence", "separator", "form", "lspace", "rspace", "width", "height", "depth", "accent", "movablelimits",
  "scriptlevel", "linethickness", "columnalign", "rowspacing", "columnspacing", "minsize", "maxsize", "symmetric", "largeop",
]);

/** @type {Map<string, Element | null>} */
const known = new Map();
const MOST = 2000;

/**
 * @param {string | null | undefined} markup  one `<math>` element
 * @returns {Element | null} a tree of its own; null where it is not mathematics and nothing else
 */
export function mathOf(markup) {
  if (!markup) return null;
  if (!known.has(markup)) {
    if (known.size > MOST) known.clear();
    known.set(markup, parse(markup));
  }
  return /** @type {Element | null} */ (known.get(markup)?.cloneNode(true) ?? null);
}

/** @param {string} markup */
function parse(markup) {
  const parsed = new DOMParser().parseFromString(markup, "application/xml");
  const root = parsed.documentElement;
  if (root.localName !== "math" || ![root, ...root.querySelectorAll("*")].every(accepted)) return null;
  return document.importNode(root, true);
}

/** @param {Element} part */
const accepted = (part) =>
  part.namespaceURI === NAMESPACE && TAGS.has(part.localName) && [...part.attributes].every(({ name }) => name === "xmlns" || ATTRIBUTES.has(name));
