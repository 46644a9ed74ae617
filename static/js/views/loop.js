/** The program of one update, as a loop of buttons over the network's own columns. */

import { element, narrow } from "./element.js";
import { pictured } from "./scene.js";
import { watch } from "../store.js";
import { placeColumns } from "../layout/columns.js";
import { isEstimate, layoutLoop, stateOf } from "../layout/loop.js";

const WORDS = { done: "done", now: "the program stands here", "to-come": "to come" };

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountLoop(root, store, commands) {
  /** @type {{cell: import("../layout/loop.js").Cell, button: HTMLButtonElement}[]} */
  let cells = [];
  const pointer = element("i", { class: "loop-pointer", "aria-hidden": "true" });
  const on = element("span", { class: "loop-word", "aria-hidden": "true" }, "forward →");
  const back = element("span", { class: "loop-word back", "aria-hidden": "true" }, "← backward");

  function build() {
    const { graph, data } = store.get();
    if (!graph || !root.clientWidth) return;
    const places = placeColumns(graph, root.clientWidth, narrow.matches, { image: Boolean(pictured(graph, data)) });
    cells = layoutLoop(graph, places).map((cell) => {
      const button = element("button", { type: "button", class: "cell", "data-row": cell.row, "data-first": cell.first, onclick: () => seek(cell) }, element("span", {}, cell.text));
      button.style.left = `${cell.x.toFixed(1)}px`;
      button.style.width = `${cell.width.toFixed(1)}px`;
      return { cell, button };
    });
    const start = places.columns[0].right;
    const game = graph.task?.kind === "gan";
    root.toggleAttribute("data-game", game);
    on.textContent = game ? "discriminator →" : "forward →";
    back.textContent = game ? "generator →" : graph.instructions.some(isEstimate) ? "← estimate" : "← backward";
    on.style.left = back.style.left = `${start + 2}px`;
    root.replaceChildren(on, ...cells.map(({ button }) => button), back, pointer);
    roving();
    draw();
  }

  /** One stop for Tab, arrows within: up and down are as good as left and right here. */
  function roving() {
    cells.forEach(({ button }, index) => {
      button.tabIndex = index === 0 ? 0 : -1;
      button.addEventListener("keydown", (event) => {
        const to = { ArrowRight: index + 1, ArrowLeft: index - 1, ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: cells.length - 1 }[event.key];
        const next = to === undefined ? undefined : cells[to];
        if (to === undefined) return;
        event.preventDefault();
        if (!next) return;
        button.tabIndex = -1;
        next.button.tabIndex = 0;
        next.button.focus();
      });
    });
  }

  /** @param {import("../layout/loop.js").Cell} cell */
  function seek(cell) {
    const { frame, state, graph } = store.get();
    if (!frame || !graph) return;
    const ended = frame.instruction === 0;
    const update = ended && frame.update > 0 && state?.can_go_back ? frame.update - 1 : frame.update;
    const now = ended ? graph.instructions.length - 1 : frame.instruction - 1;
    const inside = cell.members.indexOf(now);
    const goal = inside >= 0 && cell.members.length > 1 ? cell.members[(inside + 1) % cell.members.length] : cell.row === "both" && cell.members.length === 2 ? cell.first : cell.last;
    const end = goal + 1 === graph.instructions.length;
    const { pinned } = store.get();
    const step = graph.instructions[goal].phase === "update";
    if (!pinned || pinned.target.startsWith("op:") || pinned.target === "step") commands.pin(step ? "step" : `op:${goal}`); // a pinned weight or neuron stays in sight
    commands.seek(end ? { update: update + 1, instruction: 0 } : { update, instruction: goal + 1 });
  }

  function draw() {
    const { frame, graph } = store.get();
    const count = graph?.instructions.length ?? 0;
    let here = null;
    for (const { cell, button } of cells) {
      const state = stateOf(cell, frame, count);
      if (button.dataset.state !== state) {
        button.dataset.state = state;
        button.setAttribute("aria-label", `${cell.row === "both" ? "" : `${cell.where ?? cell.row}, `}${cell.name}: ${WORDS[state]}`);
        if (state === "now") button.setAttribute("aria-current", "step");
        else button.removeAttribute("aria-current");
      }
      if (state === "now") here = cell;
    }
    pointer.hidden = !here;
    if (here) pointer.style.transform = `translateX(${(here.x + here.width / 2 - 6).toFixed(1)}px)`;
  }

  new ResizeObserver(build).observe(root);
  watch(store, ({ graph, data }) => [graph, data], build);
  watch(store, ({ frame }) => [frame?.update, frame?.instruction, frame?.revision], draw);
}
