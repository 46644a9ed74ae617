/** The timeline under the curves: one track over the whole run and one over the operations of one update, and marks of what was changed and where branches part. */

import { MARGIN } from "../draw/curves.js";
import { lastUpdate } from "../draw/run.js";
import { flagsOf, marksOf, opsAt, positionOf, said } from "../layout/timeline.js";
import { element } from "./element.js";

/** How close two marks may stand, px. */
const APART = 16;
const SHAPES = {
  edit: "M7 2.2 12 11.8H2z",
  settings: "M7 1.5 12.5 7 7 12.5 1.5 7z",
  branch: "M3 12.5V1.5M3 9.5C3 5.5 11 8.5 11 2.5",
};
const WORDS = { edit: "values set by hand", settings: "settings changed", branch: "a branch" };

/** @param {HTMLElement} holder @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands @param {() => void} redraw */
export function createTimeline(holder, store, commands, redraw) {
  for (const [name, size] of Object.entries({ left: MARGIN.left, right: MARGIN.right, marks: MARGIN.marks, track: MARGIN.track, ticks: MARGIN.ticks, ops: MARGIN.ops })) {
    holder.style.setProperty(`--${name}`, `${size}px`);
  }
  /** Whether a thumb belongs to the hand: while it is dragged, and until the program stands where it was left. @type {Map<HTMLInputElement, () => boolean>} */
  const held = new Map();
  const track = slider("run-track", "Update that the page stands at", () => commands.scrub({ update: Math.max(earliest(), Number(track.value)), instruction: 0 }));
  const ops = slider("ops-track", "Operation of this update", () => commands.scrub(positionOf(shown.update, Number(ops.value), count())));
  const where = element("span", { class: "run-where" }, "0");
  const op = element("span", { class: "ops-where" });
  const flags = element("div", { class: "run-flags", role: "group", "aria-label": "Changes and branches on the timeline" });
  const tip = element("div", { class: "tip run-tip", role: "tooltip", id: "run-tip", hidden: true });
  holder.append(track, where, element("span", { class: "ops-label", "aria-hidden": "true" }, "ops"), ops, op, flags, tip);

  /** The update whose operations the lower track is over. */
  let shown = { update: 0, done: 0 };
  let drawn = "";

  const earliest = () => store.get().state?.earliest?.update ?? 0;
  const count = () => store.get().graph?.instructions.length ?? 1;

  /** @param {string} name @param {string} label @param {() => Promise<void>} moved */
  function slider(name, label, moved) {
    const input = element("input", { type: "range", class: name, min: 0, max: 1, step: 1, value: 0, "aria-label": label, oninput: follow });
    let pressed = false;
    let wishes = 0;
    input.addEventListener("pointerdown", () => { pressed = true; });
    for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => { pressed = false; }, true); // a hand lets go beside the track too
    held.set(input, () => pressed || wishes > 0);
    return input;

    async function follow() {
      wishes += 1;
      await moved();
      wishes -= 1;
      redraw();
    }
  }

  track.addEventListener("keydown", (event) => {
    const { state } = store.get();
    const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 1, PageDown: -1 });
    const unit = event.key.startsWith("Page") ? "epoch" : event.shiftKey ? "op" : "batch";
    if (event.key in steps) commands.step(unit, steps[event.key]);
    else if (event.key === "Home" && state?.earliest) commands.seek(state.earliest);
    else if (event.key === "End" && state?.end) commands.seek(state.end);
    else return;
    event.preventDefault();
  });
  ops.addEventListener("keydown", (event) => {
    const steps = /** @type {Record<string, [import("../types.js").Unit, number]>} */ ({
      ArrowRight: ["op", 1], ArrowUp: ["op", 1], ArrowLeft: ["op", -1], ArrowDown: ["op", -1], PageUp: ["pass", 1], PageDown: ["pass", -1],
    });
    if (event.key in steps) commands.step(...steps[event.key]);
    else if (event.key === "Home") commands.seek({ update: shown.update, instruction: 0 });
    else if (event.key === "End") commands.seek({ update: shown.update + 1, instruction: 0 });
    else return;
    event.preventDefault();
  });

  /** @param {import("../types.js").Store} now @param {number} width  of the whole picture */
  function draw({ metrics, frame, state, graph, branches }, width) {
    const at = (state?.running ? frame : state?.position) ?? { update: 0, instruction: 0 };
    const last = lastUpdate(metrics?.updates ?? [], Math.max(at.update, state?.end?.update ?? 0));
    track.max = String(last);
    if (!held.get(track)?.()) track.value = String(at.update);
    where.textContent = at.update.toLocaleString("en-GB");
    track.setAttribute("aria-valuetext", said(at));
    ops.max = String(count());
    if (!held.get(ops)?.()) {
      shown = opsAt(at, count());
      ops.value = String(shown.done);
    }
    const instruction = graph?.instructions[shown.done - 1];
    op.textContent = graph ? `op ${shown.done} of ${count()}` : "";
    ops.setAttribute("aria-valuetext", `op ${shown.done} of ${count()}${instruction ? `, ${instruction.phase}: ${instruction.done}` : ""}`);
    mark(flagsOf(marksOf(branches ?? []), (update) => MARGIN.left + (update / last) * (width - MARGIN.left - MARGIN.right), APART));
    return { ...shown, count: count() };
  }

  /** @param {import("../layout/timeline.js").Flag[]} all */
  function mark(all) {
    const key = JSON.stringify(all);
    if (key === drawn) return;
    drawn = key;
    const focused = [...flags.children].indexOf(/** @type {Element} */ (document.activeElement));
    hide();
    flags.replaceChildren(...all.map(flag));
    if (focused >= 0) /** @type {HTMLElement | undefined} */ (flags.children[Math.min(focused, flags.children.length - 1)])?.focus();
  }

  /** @param {import("../layout/timeline.js").Flag} one @param {number} index */
  function flag({ x, marks }, index) {
    const first = marks[0];
    const lines = marks.map(({ position, says }) => `${said(position)} · ${says}`);
    const several = marks.length > 1;
    const button = element("button", {
      type: "button", class: "run-flag", "data-kind": several ? "several" : first.kind, tabindex: index ? -1 : 0,
      "aria-label": several ? `${marks.length} marks: ${lines.join("; ")}` : `${lines[0]} (${WORDS[first.kind]})`,
      onclick: () => commands.seek(first.position),
      onpointerenter: () => tell(button, lines), onpointerleave: hide, onfocus: () => tell(button, lines), onblur: hide,
    }, several ? String(marks.length) : shape(SHAPES[first.kind]));
    button.style.left = `${x.toFixed(1)}px`;
    button.addEventListener("keydown", (event) => {
      const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: flags.children.length - 1 }[event.key];
      if (event.key === "Escape") hide();
      if (to === undefined) return;
      event.preventDefault();
      const next = /** @type {HTMLElement | undefined} */ (flags.children[to]);
      if (!next) return;
      button.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
    return button;
  }

  /** @param {HTMLElement} by @param {string[]} lines */
  function tell(by, lines) {
    const most = 5;
    tip.replaceChildren(...lines.slice(0, most).map((line) => element("span", {}, line)), ...(lines.length > most ? [element("span", { class: "muted" }, `and ${lines.length - most} more`)] : []));
    tip.hidden = false;
    const left = Math.min(by.offsetLeft, holder.clientWidth - tip.offsetWidth);
    tip.style.left = `${Math.max(0, left)}px`;
  }

  function hide() {
    tip.hidden = true;
  }

  return { draw };
}

/** @param {string} d */
function shape(d) {
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  root.setAttribute("viewBox", "0 0 14 14");
  root.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", d);
  root.append(path);
  return root;
}
