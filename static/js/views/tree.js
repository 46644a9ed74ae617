/** Views that are redrawn as a whole: build the tree as it should be, then make the one on the page like it. Focus, half-typed text and open disclosures stay. */

const SVG = "http://www.w3.org/2000/svg";
const HANDLERS = /** @type {const} */ (["onclick", "onchange", "oninput", "onkeydown", "onblur", "onfocus", "ontoggle", "onsubmit", "onpointerdown", "onpointermove", "onpointerup", "onpointercancel"]);

/** @typedef {Node | string | number | null | undefined | false} Leaf */
/** @typedef {Leaf | Leaf[]} Child */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes]  `on…` is a handler, `style` an object, false and null leave an attribute out
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/**
 * Make what an element holds like these children, changing as little as possible.
 * @param {Element} root
 * @param {...Child} children
 */
export function show(root, ...children) {
  const fresh = /** @type {Element} */ (root.cloneNode(false));
  fill(fresh, {}, children);
  within(root, fresh);
}

/**
 * @param {Node} old
 * @param {Node} fresh  is used up
 */
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || key(old) !== key(fresh)) {
    old.parentNode?.replaceChild(fresh, old);
    return;
  }
  if (!(old instanceof Element) || !(fresh instanceof Element)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  attributes(old, fresh);
  if (!old.hasAttribute("data-own")) within(old, fresh);
  state(old, fresh);
}

/** @param {Element} old @param {Element} fresh */
function within(old, fresh) {
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  after.forEach((child, index) => {
    if (index < before.length) morph(before[index], child);
    else old.appendChild(child);
  });
  for (const left of before.slice(after.length)) left.remove();
}

/** @param {Element} old @param {Element} fresh */
function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (name !== "style" && name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (name !== "style" && name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  const [was, is] = [/** @type {any} */ (old).style, /** @type {any} */ (fresh).style];
  if (was && was.cssText !== is.cssText) was.cssText = is.cssText;
  for (const name of HANDLERS) /** @type {any} */ (old)[name] = /** @type {any} */ (fresh)[name];
}

/** What a reader may have changed: never under their hands. @param {Element} old @param {Element} fresh */
function state(old, fresh) {
  const busy = old === document.activeElement;
  if (old instanceof HTMLSelectElement && fresh instanceof HTMLSelectElement) {
    const chosen = fresh.querySelector("option[selected]");
    if (chosen) old.value = /** @type {HTMLOptionElement} */ (chosen).value;
  } else if (old instanceof HTMLInputElement && fresh instanceof HTMLInputElement) {
    if (old.type === "checkbox" || old.type === "radio") old.checked = fresh.hasAttribute("checked");
    else if (!busy && old.type !== "file" && old.value !== fresh.value) old.value = fresh.value;
  } else if (old instanceof HTMLTextAreaElement && fresh instanceof HTMLTextAreaElement) {
    if (!busy && !old.hasAttribute("data-own") && old.value !== fresh.value) old.value = fresh.value;
  }
}

/** @param {Node} node */
const key = (node) => (node instanceof Element ? node.getAttribute("data-key") : null);

/**
 * @template {Element} E
 * @param {E} made
 * @param {Record<string, any>} named
 * @param {Child[]} children
 * @returns {E}
 */
function fill(made, named, children) {
  for (const [name, value] of Object.entries(named)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) /** @type {any} */ (made)[name] = value;
    else if (name === "style") {
      for (const [property, text] of Object.entries(value)) /** @type {any} */ (made).style.setProperty(property, text);
    } else made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child === false || child === null || child === undefined) continue;
    made.append(child instanceof Node ? child : String(child));
  }
  return made;
}
