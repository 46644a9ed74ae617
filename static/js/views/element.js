/** Making elements without writing HTML: a tag, its attributes, its children. */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes]  `on…` adds a listener; false and null leave an attribute out
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name === "text") made.textContent = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => /** @type {Node | string} */ (child)));
  return made;
}

/** @param {string} id @returns {HTMLElement} */
export function place(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found;
}

const SHAPES = {
  play: "M3 1.5v11l9.5-5.5z",
  pause: "M2.5 1.5h3.2v11H2.5zM8.3 1.5h3.2v11H8.3z",
  back: "M10.5 2v10L3.5 7z",
  on: "M3.5 2v10l7-5z",
};

/** @param {keyof typeof SHAPES} name @returns {SVGSVGElement} */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 14 14");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name]);
  path.setAttribute("stroke", "currentColor");
  path.setAttribute("stroke-linejoin", "round");
  path.setAttribute("stroke-width", name === "pause" ? "0" : "1.6");
  svg.append(path);
  return svg;
}

/**
 * A row of choices, one of which is pressed. Buttons, not radios, so that the arrow keys stay with the transport.
 * @param {string} label
 * @param {{value: string, text: string, title?: string}[]} choices
 * @param {(value: string) => void} choose
 */
export function segments(label, choices, choose) {
  const buttons = choices.map(({ value, text, title }) =>
    element("button", { type: "button", "data-value": value, "data-text": text, title, "aria-pressed": "false", onclick: () => choose(value) }, text));
  const root = element("div", { class: "segments", role: "group", "aria-label": label }, ...buttons);
  return {
    root,
    /** @param {string} value */
    show(value) {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.value === value));
    },
  };
}

/** Whether the stage has room for everything that moves the program. */
export const roomy = matchMedia("(min-width: 1400px)");

/** Whether the page is in its narrow form. */
export const narrow = matchMedia("(max-width: 767px)");
