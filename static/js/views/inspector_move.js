/** A weight moved: the true loss along it, the straight line that backpropagation promises, and a point to drag. */

import { h, svg } from "./tree.js";
import { BOX, along, nearest, numberAt } from "../layout/along.js";
import { format } from "../scale/number.js";

/** @typedef {import("./inspector.js").Seen} Seen */
/** @typedef {import("../layout/along.js").Place & {sentence: string}} Place */

/** @type {import("./inspector_sections.js").Section} */
export const moveSection = { name: "move", label: "move", title: "The true loss along this weight, and where its slope promises it to go", view: moveView };

const STRIDES = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -1000, End: 1000 });

/** @param {Seen} seen @param {any} found @param {any} detail @returns {(Node | null)[]} */
function moveView(seen, found, detail) {
  const { points } = detail;
  /** @type {Place} */
  const here = placeOf(seen, detail);
  const moved = here.at !== detail.at;
  return [
    h("p", { class: "proof-sentence" }, `The loss of ${detail.example === null ? "the batch" : `example ${detail.example}`} at ${points.length} places of this number, a forward pass each. Drag the point.`),
    stage(seen, found, detail, here),
    readout(detail, here),
    h("p", { class: "regime one-line", role: "status" }, moved ? here.sentence : "Here the line touches the curve; further on it need not."),
    controls(seen, found, detail, here),
    h("div", { class: "letting-go" }, h("span", {}, "letting go"), h("div", { class: "segments", role: "group", "aria-label": "Letting go of the point" },
      ...[["puts it back", 0], ["keeps it", 1]].map(([text, keep]) => h("button", { type: "button", "data-text": text, "aria-pressed": String((seen.held.keep ?? 0) === keep), onclick: () => seen.commands.hold("keep", keep) }, text)))),
  ];
}

/** The place that is looked at: the one asked for, the nearest that is measured, or where the number stands. @param {Seen} seen @param {any} detail @returns {Place} */
function placeOf({ held }, { points, chosen, at }) {
  if (held.at === undefined) return points[nearest(points, at)];
  return chosen && chosen.at === held.at ? chosen : points[nearest(points, held.at)];
}

/** @param {Seen} seen @param {any} found @param {any} detail @param {Place} here */
function stage(seen, found, detail, here) {
  const { points } = detail;
  const { commands } = seen;
  const under = (/** @type {any} */ event) => {
    const box = event.currentTarget.getBoundingClientRect();
    commands.hold("at", points[nearest(points, numberAt(points, ((event.clientX - box.left) / box.width) * BOX.width))].at);
  };
  const letGo = (/** @type {any} */ event) => {
    if (!event.currentTarget.hasPointerCapture?.(event.pointerId)) return;
    event.currentTarget.releasePointerCapture(event.pointerId);
    if (seen.held.keep && event.type === "pointerup") commands.keep(found.name);
    else commands.putBack();
  };
  return h("div", {
    class: "along", role: "slider", tabindex: 0, "aria-label": `${found.name} on its loss curve; Enter keeps, Escape puts back`,
    "aria-valuemin": points[0].at, "aria-valuemax": points[points.length - 1].at, "aria-valuenow": here.at, "aria-valuetext": `${format(here.at)}, loss ${format(here.loss)}`,
    onpointerdown: (/** @type {any} */ event) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      under(event);
    },
    onpointermove: (/** @type {any} */ event) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) under(event);
    },
    onpointerup: letGo, onpointercancel: letGo,
    onkeydown: (/** @type {any} */ event) => {
      const act = STRIDES[event.key] ? () => stride(seen, detail, here, STRIDES[event.key]) : event.key === "Enter" ? () => commands.keep(found.name) : event.key === "Escape" ? commands.putBack : null;
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    },
  }, drawing(detail, here));
}

/** @param {any} detail @param {Place} here */
function drawing({ points, at, now, loss, gradient }, here) {
  const { x, y, low, high, first, last, curve, tangent } = along(points, at, loss ?? NaN, gradient);
  const text = (/** @type {number} */ px, /** @type {number} */ py, /** @type {string} */ anchor, /** @type {string} */ words) => svg("text", { x: px, y: py, "text-anchor": anchor }, words);
  const inside = (/** @type {number} */ value) => value >= first && value <= last;
  return svg("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, "aria-hidden": "true" },
    ...[low, high].flatMap((value) => [svg("line", { class: "grid", x1: BOX.left, x2: BOX.right, y1: y(value), y2: y(value) }), text(BOX.left - 4, y(value) + 4, "end", short(value))]),
    text(BOX.left, BOX.height - 6, "start", short(first)), text((BOX.left + BOX.right) / 2, BOX.height - 6, "middle", short(at)), text(BOX.right, BOX.height - 6, "end", short(last)),
    now !== null && now !== at && inside(now) ? [svg("line", { class: "now", x1: x(now), x2: x(now), y1: BOX.top, y2: BOX.bottom })] : [],
    svg("path", { class: "curve", d: curve }),
    tangent && svg("line", { class: "tangent", ...tangent }),
    loss === null ? null : svg("circle", { class: "start", cx: x(at), cy: y(loss), r: 4 }),
    here.loss === null || !inside(here.at) ? null : [
      here.promised === null || here.at === at ? null : svg("line", { class: "miss", x1: x(here.at), x2: x(here.at), y1: y(here.loss), y2: clamp(y(here.promised)) }),
      svg("circle", { class: "point", cx: x(here.at), cy: y(here.loss), r: 7 }),
    ]);
}

/** @param {number} value */
const clamp = (value) => Math.min(BOX.bottom, Math.max(BOX.top, value));

/** @param {any} detail @param {Place} here */
function readout({ loss, now, at }, here) {
  const row = (/** @type {string} */ name, /** @type {number | null} */ value) => h("div", {}, h("dt", {}, name), h("dd", {}, value === null ? "?" : format(value, 6)));
  return h("dl", { class: "difference" },
    row("loss there", here.loss),
    row("promised by the tangent", here.promised),
    h("div", { class: "line" }, h("dt", {}, "loss where it stands"), h("dd", {}, loss === null ? "not finite" : format(loss, 6))),
    now !== null && now !== at ? h("div", {}, h("dt", {}, "the update moved it on to"), h("dd", {}, format(now, 6))) : null);
}

/** @param {Seen} seen @param {any} found @param {any} detail @param {Place} here */
function controls(seen, found, detail, here) {
  const { commands } = seen;
  const still = here.at === detail.at;
  return h("div", { class: "move-controls" },
    h("button", { type: "button", class: "button icon", "aria-label": "Lower", onclick: () => stride(seen, detail, here, -1) }, "−"),
    h("input", {
      class: "field value", type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": "Place: a number, then Enter", value: format(here.at), title: String(here.at),
      onkeydown: (/** @type {any} */ event) => {
        event.stopPropagation();
        if (event.key !== "Enter") return;
        const text = event.target.value.trim().replace("−", "-").replace(",", ".");
        const wrong = text === "" || !(Math.abs(Number(text)) <= detail.farthest);
        event.target.setAttribute("aria-invalid", String(wrong));
        event.target.title = `A number from ${format(-detail.farthest)} to ${format(detail.farthest)}`;
        if (wrong) return;
        event.target.blur();
        commands.measure("at", Number(text));
      },
    }),
    h("button", { type: "button", class: "button icon", "aria-label": "Raise", onclick: () => stride(seen, detail, here, 1) }, "+"),
    h("button", { type: "button", class: "button", disabled: still, onclick: () => commands.keep(found.name) }, "Keep"),
    h("button", { type: "button", class: "button", disabled: still, onclick: () => commands.putBack() }, "Put back"));
}

/** On by so many measured places. @param {Seen} seen @param {any} detail @param {Place} here @param {number} by */
function stride({ commands }, { points }, here, by) {
  const place = nearest(points, here.at) + by;
  commands.hold("at", points[Math.min(points.length - 1, Math.max(0, place))].at);
}

/** @param {number} value */
const short = (value) => format(value, Math.abs(value) >= 100 ? 3 : 2);
