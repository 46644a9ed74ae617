/** The numbers of a window as tables: what is multiplied, what is added up, what is passed on and what comes back. */

import { format } from "../scale/number.js";
import { h } from "./tree.js";

const MOST = 25;
const LISTED = 12;

/** The products under the window, and their sum with the other channels and the bias. @param {any} found */
export function windowTable({ window, size, sums, bias, z, relation, channel, first, tap }) {
  const others = sums.filter((/** @type {unknown} */ _, /** @type {number} */ index) => index !== channel - first).reduce((/** @type {number} */ total, /** @type {number} */ one) => total + one, 0);
  const few = window.length <= MOST;
  const rows = few ? Array.from({ length: size }, (_, row) => window.slice(row * size, (row + 1) * size)) : [];
  return h("div", { class: "window-words" },
    few ? h("table", { class: "window-numbers" },
      h("caption", {}, "x × w, and the product, under the window"),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((/** @type {any} */ one) => h("td", { class: one.tap.join() === tap.join() ? "chosen" : "" },
        h("span", {}, `${format(one.x, 3)} × ${format(one.w, 3)}`), h("b", {}, format(one.product, 3)))))))) : h("p", { class: "caption" }, `The window has ${window.length} products.`),
    h("p", { class: "adds" }, `Σ ${format(sums[channel - first])}`, sums.length > 1 ? ` + other channels ${format(others)}` : "", ` + b ${format(bias.value)} ${relation} z ${format(z)}`));
}

/** Which of the window's numbers is passed on. @param {any} found */
export function poolTable({ window, size, z, arriving, kind }) {
  const rows = Array.from({ length: size }, (_, row) => window.slice(row * size, (row + 1) * size));
  return h("div", { class: "window-words" },
    h("table", { class: "window-numbers" },
      h("caption", {}, kind === "max_pool" ? "The window's numbers; the one that wins gets the gradient" : "The window's numbers; all get the same share"),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((/** @type {any} */ one) => h("td", { class: one.share === 1 ? "chosen" : "" },
        h("b", {}, format(one.x, 3)), h("span", {}, kind === "max_pool" ? (one.share ? "wins" : "gets 0") : `× ${format(one.share, 3)}`))))))),
    h("p", { class: "adds" }, `passed on: ${format(z)}; the gradient there is ${format(arriving)}`));
}

/** How one pixel gets its gradient. @param {any} found */
export function backTable({ back, filter, pixel }) {
  const own = back.rows.filter((/** @type {any} */ row) => row.filter === filter);
  return h("div", { class: "window-words" },
    h("table", { class: "numbers" },
      h("caption", {}, `Pixel ${pixel.map((/** @type {number} */ one) => one + 1).join(", ")}: filter ${filter + 1} sends back what arrives at each window that saw it, times the weight it met there`),
      h("thead", {}, h("tr", {}, ...["window", "element", "∂L/∂z", "w", "product"].map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...own.slice(0, LISTED).map((/** @type {any} */ row) => h("tr", {},
        h("th", { scope: "row" }, row.place.map((/** @type {number} */ one) => one + 1).join(", ")), h("td", {}, row.tap.map((/** @type {number} */ one) => one + 1).join(", ")),
        h("td", {}, format(row.arriving, 3)), h("td", {}, format(row.w, 3)), h("td", {}, format(row.product, 3)))))),
    own.length > LISTED ? h("p", { class: "caption" }, `and ${own.length - LISTED} more`) : null,
    h("p", { class: "adds" }, back.filters.length > 1 ? `filters: ${back.filters.map((/** @type {number} */ one) => format(one, 3)).join(" + ").replace(/\+ −/g, "− ")} ${back.adds} ${format(back.total)}` : `Σ ${back.adds} ${format(back.total)}`));
}
