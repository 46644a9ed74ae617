/** Neurons as real buttons over the canvas: one stop for Tab, arrows between them, their name, value and arriving gradient. */

import { element } from "./element.js";
import { isBlock, ordered, spotAt, spotOf, spots } from "../layout/blocks.js";
import { isKnown, numberAt } from "../scale/known.js";
import { format, formatShort } from "../scale/number.js";
import { MARK, magnitude, markOf } from "../scale/signed.js";
import { step } from "../scale/color.js";
import { PROVISIONAL } from "../scale/decades.js";
import { named } from "./names.js";
import { arrivingAt, lit, valueKnown } from "./scene.js";

/** The room in which the names of a block's pictures stand, px. */
const BESIDE = 62;
/** A neuron's name begins at least so far above the line that comes in, px. */
const ABOVE = 19;
/** Lower inputs have no room for a name of two lines, px. */
const TWO_LINES = 28;
/** A block's name takes so much, and each letter after it so much, px. */
const NAMED = 20;
const LETTER = 5.8;

/** @typedef {{column: number, unit: number, button: HTMLButtonElement, value: HTMLElement, arriving: HTMLElement | null, many: number}} Neuron */

/**
 * @param {HTMLElement} root
 * @param {import("../types.js").StoreHandle} store
 * @param {{pin: (column: number, unit: number) => void, hover: (column: number, unit: number, on: boolean) => void}} act
 */
export function createNeurons(root, store, act) {
  /** @type {Neuron[]} */
  let neurons = [];

  /** @param {import("../types.js").Graph} graph @param {import("../layout/network.js").NetworkLayout} layout */
  function build(graph, layout) {
    const focused = document.activeElement instanceof HTMLElement && root.contains(document.activeElement) ? document.activeElement.dataset.place : null;
    neurons = layout.columns.flatMap(({ kind, left, right, top, height, units }, column) => {
      if (kind !== "tiles") return [make(graph, layout, column, 0, { x: (left + right) / 2, y: top + height / 2, width: right - left, height }, kind === "block" ? spots(graph.columns[column]) : units)];
      return layout.neurons.filter((one) => one.column === column).map((one) => make(graph, layout, column, one.unit, one, 0));
    });
    root.replaceChildren(...neurons.map(({ button }) => button));
    neurons.forEach(({ button }, index) => { button.tabIndex = index === 0 ? 0 : -1; });
    neurons.find(({ button }) => button.dataset.place === focused)?.button.focus();
  }

  /**
   * @param {import("../types.js").Graph} graph @param {import("../layout/network.js").NetworkLayout} layout
   * @param {number} column @param {number} unit @param {{x: number, y: number, width: number, height: number}} box @param {number} many
   * @returns {Neuron}
   */
  function make(graph, layout, column, unit, { x, y, width, height }, many) {
    const { kind } = layout.columns[column];
    const name = element("span", { class: "neuron-name" }, ...named(many ? graph.columns[column].text : graph.columns[column].texts[unit]), kind === "block" && !layout.places.compact ? titled(graph, layout, column) : null);
    if (kind === "tiles") setBeside(name, column, { left: x - width / 2, top: y - height / 2, height });
    const value = element("span", { class: "socket value" });
    const arriving = column > 0 ? element("span", { class: "socket arriving" }) : null;
    const button = element("button", { type: "button", class: "neuron", "data-place": `${column} ${unit}`, "data-kind": kind === "block" ? "block" : many ? "many" : "tile" },
      layout.names || many ? name : null,
      ...(kind === "block" && layout.names ? labelsOf(graph, layout, column) : []),
      layout.sockets && !many && element("span", { class: "sockets" }, value, arriving));
    button.style.left = `${x - width / 2}px`;
    button.style.top = `${y - height / 2}px`;
    button.style.width = `${width}px`;
    button.style.height = `${height}px`;
    const made = { column, unit, button, value, arriving, many };
    button.addEventListener("click", () => act.pin(column, made.unit));
    button.addEventListener("pointerenter", () => act.hover(column, made.unit, true));
    button.addEventListener("pointerleave", () => act.hover(column, made.unit, false));
    button.addEventListener("focus", () => { tell(made); act.hover(column, made.unit, true); });
    button.addEventListener("blur", () => act.hover(column, made.unit, false));
    button.addEventListener("keydown", (event) => walk(event, made));
    if (many) button.addEventListener("pointermove", (event) => {
      const box = button.getBoundingClientRect();
      const { units, pictures = [], left, top } = layout.columns[column];
      if (kind === "block") {
        const spot = spotAt(graph.columns[column], pictures, { x: event.clientX - box.left + left, y: event.clientY - box.top + top });
        if (spot >= 0 && spot !== made.unit) { made.unit = spot; act.hover(column, spot, true); }
        return;
      }
      const image = layout.columns[column].kind === "image" ? Math.round(Math.sqrt(units)) : 1;
      const row = Math.floor(((event.clientY - box.top) / box.height) * (units / image));
      const across = Math.floor(((event.clientX - box.left) / box.width) * image);
      const at = Math.max(0, Math.min(units - 1, row * image + Math.min(image - 1, across)));
      if (at !== made.unit) { made.unit = at; act.hover(column, at, true); }
    });
    return made;
  }

  /** @param {KeyboardEvent} event @param {Neuron} from */
  function walk(event, from) {
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const rise = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (side === undefined && rise === undefined && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    if (rise !== undefined && from.many) {
      from.unit = Math.max(0, Math.min(from.many - 1, from.unit + rise));
      tell(from);
      act.hover(from.column, from.unit, true);
      return;
    }
    const index = neurons.indexOf(from);
    const to = side !== undefined ? beside(from, side) : rise !== undefined ? (neurons[index + rise]?.column === from.column ? neurons[index + rise] : undefined) : neurons[event.key === "Home" ? 0 : neurons.length - 1];
    if (!to) return;
    from.button.tabIndex = -1;
    to.button.tabIndex = 0;
    to.button.focus();
  }

  /** The nearest neuron of the next column. @param {Neuron} from @param {number} side */
  function beside(from, side) {
    const middle = (/** @type {Neuron} */ { button }) => parseFloat(button.style.top) + parseFloat(button.style.height) / 2;
    return neurons.filter(({ column }) => column === from.column + side).sort((a, b) => Math.abs(middle(a) - middle(from)) - Math.abs(middle(b) - middle(from)))[0];
  }

  /** The neuron in words, for those who do not see it. @param {Neuron} neuron */
  function tell({ column, unit, button }) {
    const now = store.get();
    if (now.graph) button.setAttribute("aria-label", inWords(now, column, unit).join(", "));
  }

  /** @param {import("./palette.js").Palette} palette */
  function draw(palette) {
    const now = store.get();
    const { graph, frame, state, legend } = now;
    if (!graph) return;
    const { pinned, hovered } = lit(now);
    const ringed = new Set([...pinned.neurons, ...hovered.neurons].map(({ column, unit }) => `${column} ${unit}`));
    for (const neuron of neurons) {
      const { column, unit, button, value, arriving } = neuron;
      const known = Boolean(frame && valueKnown(graph, frame, column));
      put(button, "known", known ? "yes" : "no");
      put(button, "lit", ringed.has(button.dataset.kind !== "tile" ? "" : `${column} ${unit}`) ? "yes" : "no");
      if (value.isConnected) {
        socket(value, known && frame ? numberAt(frame.fields.values[graph.columns[column].post], unit) : null);
        const numbers = arrivingAt(now, column);
        if (arriving) {
          const number = numbers ? numberAt(numbers, unit) : null;
          socket(arriving, number);
          const mark = number === null ? MARK.unknown : markOf(number, legend ?? PROVISIONAL);
          const ink = number !== null && number < 0 ? palette.ink.negative : palette.ink.positive;
          arriving.style.borderLeftColor = mark === MARK.unknown || mark === MARK.zero ? "" : mark === MARK.bad ? palette.css.bad : ink[step(magnitude(number ?? 0, legend ?? PROVISIONAL))];
        }
      } else if (!known && button.dataset.kind === "tile") put(button, "blank", "?");
      if (!state?.running) tell(neuron);
      else if (!button.hasAttribute("aria-label")) tell(neuron);
    }
  }

  return { build, draw };
}

/** What the pictures of a sequence show, beside the first of each kind. @param {import("../types.js").Graph} graph @param {import("../layout/network.js").NetworkLayout} layout @param {number} column */
function labelsOf(graph, layout, column) {
  const { pictures = [], top, left } = layout.columns[column];
  const letter = graph.columns[column].kind === "sequence" ? "h" : "a";
  const texts = { value: letter, gradient: `∂L/∂${letter}`, size: "‖∂L/∂h‖", cell: "‖∂L/∂c‖" };
  if (graph.columns[column].kind === "images" || left - (layout.columns[column - 1]?.right ?? 0) < BESIDE) return [];
  return pictures.map(({ what, box }) => {
    const made = element("span", { class: "picture-name" }, texts[what]);
    made.style.top = `${box.y - top + box.height / 2 - 8}px`;
    return made;
  });
}

/** A neuron's name stands beside it: an input's in all the room that there is, every other above the line that comes in. @param {HTMLElement} name @param {number} column @param {{left: number, top: number, height: number}} box */
function setBeside(name, column, { left, top, height }) {
  if (column === 0) {
    name.style.maxWidth = `${left - 6}px`;
    name.classList.toggle("line", height < TWO_LINES);
  }
  name.style.top = `${column === 0 ? Math.min(0, height / 2 - 7) : Math.max(Math.min(-4, height / 2 - ABOVE), -top - 3)}px`;
}

/** What stands behind a block's name: its layer and its shape, or as much of that as there is room for. @param {import("../types.js").Graph} graph @param {import("../layout/network.js").NetworkLayout} layout @param {number} column */
function titled(graph, layout, column) {
  const { left, label } = layout.columns[column];
  const after = layout.links.find(({ source }) => source === column)?.box?.x ?? layout.columns[column + 1]?.left ?? layout.loss.x - layout.loss.radius;
  const title = titleOf(graph, column);
  return [` ${title}, ${label}`, ` ${title}`, `, ${label}`].find((text) => NAMED + text.length * LETTER < after - left) ?? null;
}

/** The layer that a block is, as the program calls it. @param {import("../types.js").Graph} graph @param {number} column */
const titleOf = ({ columns, instructions }, column) => instructions.find(({ layer }) => layer === columns[column].layers[0])?.group ?? "";

/** One number of a block in words. @param {import("../types.js").Store} now @param {number} column @param {number} spot */
function spotInWords({ graph, frame }, column, spot) {
  if (!graph) return [];
  const own = graph.columns[column];
  const { node, at, index } = spotOf(own, spot);
  const made = graph.nodes.find(({ id }) => id === node);
  const said = (/** @type {"values" | "cotangents"} */ field, /** @type {number | null | undefined} */ when) => (isKnown(frame, when ?? null) ? format(numberAt(frame?.fields[field][node], at)) : "not computed yet");
  const step = own.moments?.length ? [`time step ${Math.floor(spot / Number(own.hidden)) + 1} of ${ordered(own.moments).length}, unit ${at + 1}`] : [];
  const place = own.kind === "images" ? [`channel ${index[0] + 1}, row ${index[1] + 1}, column ${index[2] + 1}`] : step.length ? step : [index.map((one) => one + 1).join(", ")];
  return [titleOf(graph, column), ...place, `value ${said("values", made?.value_at)}`, `gradient arriving ${said("cotangents", made?.cotangent_at)}`];
}

/** What a neuron's numbers are, in words. @param {import("../types.js").Store} now @param {number} column @param {number} unit */
export function inWords(now, column, unit) {
  const { graph, frame } = now;
  if (!graph) return [];
  if (isBlock(graph.columns[column])) return spotInWords(now, column, unit);
  const { texts, text, post, activation } = graph.columns[column];
  const known = frame && valueKnown(graph, frame, column);
  const value = known ? format(numberAt(frame.fields.values[post], unit)) : "not computed yet";
  const numbers = arrivingAt(now, column);
  const cotangent = column === 0 ? [] : [`gradient arriving ${numbers ? format(numberAt(numbers, unit)) : "not computed yet"}`];
  const { data } = now;
  const last = column === graph.columns.length - 1;
  const meant = last && data?.task === "classes" && graph.columns[column].units > 1 ? [`stands for ${data.class_names?.[unit] ?? unit}`] : [];
  return [texts[unit] ?? text, ...meant, `${column === 0 ? "input" : activation ?? "value"} ${value}`, ...cotangent];
}

/** @param {HTMLElement} place @param {number | null} value */
function socket(place, value) {
  put(place, "known", value === null ? "no" : Number.isFinite(value) ? "yes" : "bad");
  const text = value === null ? "?" : formatShort(value);
  if (place.textContent !== text) place.textContent = text;
}

/** @param {HTMLElement} place @param {string} name @param {string} value */
function put(place, name, value) {
  if (place.dataset[name] !== value) place.dataset[name] = value;
}
