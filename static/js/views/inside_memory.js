/** RNN, GRU and LSTM side by side: how much of the last step's gradient is left at each earlier one. */

import { decadesOf, logScale, marks } from "../scale/log.js";
import { format, powerOfTen } from "../scale/number.js";
import { h, svg } from "./tree.js";

const UPDATES = [0, 20, 100, 300];
const [LEFT, TOP, FOOT, RIGHT] = [46, 10, 36, 92];

/** @typedef {{kind: string, title: string, h: (number | null)[], c: (number | null)[] | null, loss: number | null, parameters: number, diverged: boolean}} Cell */

/** @param {import("./inside.js").Looking} looking @param {any} found @returns {(Node | null)[]} */
export function memoryView({ now, commands, width }, found) {
  const { cells, steps, units, updates, data, seed, examples, own, sentence } = found;
  const asked = now.inside.updates ?? updates;
  const waiting = asked !== updates;
  return [
    h("p", { class: "inside-sentence" }, sentence),
    h("div", { class: "inside-choices" },
      h("div", { class: "segments", role: "group", "aria-label": "Updates that each is trained for" },
        ...UPDATES.map((count) => h("button", { type: "button", "data-text": String(count), "aria-pressed": String(count === asked), onclick: () => commands.choose({ updates: count }) }, String(count)))),
      h("span", { class: "caption" }, waiting ? "updates: being trained…" : "updates of each before the gradient is taken")),
    h("div", { class: "inside-columns" },
      h("figure", { class: "inside-figure wide" }, chart(cells, steps, Math.min(760, width)),
        h("figcaption", { class: "caption" }, `‖∂L/∂h_t‖, and dotted the LSTM's ‖∂L/∂c_t‖, where L is the loss of the last step alone: the root mean square over ${examples} examples. The axis of sizes is logarithmic.`)),
      h("div", {},
        h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Every number of the chart" }, h("table", { class: "numbers" },
          h("caption", {}, `${own ? "Your network with the recurrent layer's kind exchanged" : "A small network"}: ${data.replace(/_/g, " ")}, seed ${seed}, ${units} units.`),
          h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "t"), ...cells.map((/** @type {Cell} */ { title }) => h("th", { scope: "col" }, title)))),
          h("tbody", {},
            ...Array.from({ length: steps }, (_, t) => h("tr", {}, h("th", { scope: "row" }, String(t + 1)), ...cells.map((/** @type {Cell} */ cell) => h("td", {}, format(cell.h[t], 3))))),
            h("tr", {}, h("th", { scope: "row" }, "loss"), ...cells.map((/** @type {Cell} */ { loss }) => h("td", {}, format(loss, 3)))),
            h("tr", {}, h("th", { scope: "row" }, "parameters"), ...cells.map((/** @type {Cell} */ { parameters }) => h("td", {}, parameters.toLocaleString("en-GB"))))))))),
  ];
}

/** @param {Cell[]} cells @param {number} steps @param {number} width */
function chart(cells, steps, width) {
  const height = 270;
  const [left, right, bottom] = [LEFT, width - RIGHT, height - FOOT];
  const lines = cells.flatMap(({ title, kind, h: sizes, c }) => [{ name: kind, title, sizes }, ...(c ? [{ name: `${kind} cell`, title: `${title} c`, sizes: c }] : [])]);
  const decades = decadesOf(lines.map(({ sizes }) => sizes), 1);
  const up = logScale(decades, bottom, TOP);
  const x = (/** @type {number} */ t) => left + ((right - left) * t) / Math.max(1, steps - 1);
  const path = (/** @type {(number | null)[]} */ sizes) => sizes.map((value, t) => (value ? `${x(t).toFixed(1)},${up(value).toFixed(1)}` : "")).filter(Boolean).join(" ");
  const every = Math.ceil(steps / Math.max(2, (right - left) / 34));
  let free = -Infinity;
  const ends = lines.map((line) => ({ ...line, y: up(line.sizes[steps - 1] || 10 ** decades.lo) }));
  const starts = [...ends].sort((a, b) => a.y - b.y).map((line) => ({ ...line, at: (free = Math.max(free + 15, Math.min(line.y, bottom - 45))) }));
  return svg("svg", { class: "memory-chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `${cells.map(({ title, h: sizes }) => `${title}: ${format(sizes[0], 2)} at step 1, ${format(sizes[steps - 1], 2)} at step ${steps}`).join("; ")}. The table beside it has every number.` },
    ...marks(decades.lo, decades.hi, 7).map((value) => svg("g", { class: "grid" },
      svg("line", { x1: left, x2: right, y1: up(value), y2: up(value) }),
      svg("text", { x: left - 6, y: up(value) + 4, "text-anchor": "end" }, Number.isInteger(Math.log10(value)) ? powerOfTen(Math.log10(value)) : String(value)))),
    ...Array.from({ length: steps }, (_, t) => (t % every ? null : svg("text", { x: x(t), y: bottom + 16, "text-anchor": "middle" }, String(t + 1)))),
    svg("text", { x: (left + right) / 2, y: bottom + 32, "text-anchor": "middle" }, "time step t"),
    ...lines.map(({ name, sizes }) => svg("polyline", { class: `line ${name}`, points: path(sizes) })),
    ...starts.map(({ name, title, at }) => svg("text", { class: `end ${name}`, x: right + 8, y: at + 4 }, title)));
}
