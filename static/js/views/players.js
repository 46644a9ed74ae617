/** Whose columns are whose in a game, who moves in the present turn, and in a sentence what stands still. */

import { element } from "./element.js";
import { turnOf } from "../layout/game.js";

/** When each player has had its turn. */
const REST = "Each player has had its turn: its edges show the gradient of its own loss.";
const ALONE = "has no gradient: it is not trained, and plays on as it is.";

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store */
export function createPlayers(root, store) {
  const [fact, more] = [element("span"), element("span", { class: "players-more" })];
  const says = element("p", { class: "players-says" }, fact, more);
  /** @type {HTMLElement[]} */
  let labels = [];
  return {
    /** @param {import("../layout/network.js").NetworkLayout} layout */
    place({ stretches, bottom }) {
      labels.forEach((label) => label.remove());
      labels = stretches.map(({ name, left, right }) => {
        const label = element("p", { class: "player", "data-player": name }, element("b", {}, name), element("span"));
        label.style.left = `${left.toFixed(1)}px`;
        label.style.width = `${(right - left).toFixed(1)}px`;
        return label;
      });
      says.style.top = `${bottom}px`;
      says.hidden = !labels.length;
      root.append(...labels, says);
    },
    draw() {
      const { graph, frame, lens, scope } = store.get();
      const turn = turnOf(graph, frame);
      const turns = graph?.task?.turns;
      if (!turn || !turns) return;
      for (const label of labels) {
        const { player: name } = label.dataset;
        const learns = turns.some((one) => one.name === name && one.learns);
        const moves = learns && (!turn.on || turn.name === name);
        label.dataset.moves = moves ? "yes" : "no";
        write(label.lastElementChild, !learns ? "not trained" : !turn.on ? "" : moves ? "learns" : "stands still");
      }
      const idle = turns.find(({ learns }) => !learns)?.name;
      const through = turn.on && lens !== "weights" && scope === "example" && passes(turn.name);
      write(more, through ? " Edges show what they pass on, w · ∂L/∂z." : "");
      write(fact, turn.on || frame?.update === 0 ? turn.says : idle ? `The ${idle} ${ALONE}` : REST);
    },
  };
}

/** Whether a player's gradient goes through the other's weights. @param {string} name */
const passes = (name) => name === "generator";

/** @param {Element | null} root @param {string} text */
function write(root, text) {
  if (root && root.textContent !== text) root.textContent = text;
}
