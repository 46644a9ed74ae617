/** The panels under the lab: each a card as wide as the page, opened from the top bar, one at a time. */

import { watch } from "../store.js";
import { attentionPanel } from "./attention.js";
import { branchesPanel } from "./branches.js";
import { chartsPanel } from "./charts.js";
import { codePanel } from "./code.js";
import { costPanel } from "./cost.js";
import { element, place } from "./element.js";
import { insidePanel } from "./inside.js";
import { latentPanel } from "./latent.js";
import { lessonsPanel } from "./lesson.js";
import { noisePanel } from "./noise.js";
import { tablePanel } from "./table.js";

/**
 * A panel without a label is not in the top bar: it is opened from where it belongs; one that does not fit the network is not there either. `mount` is called once, with the card's body; the panel looks at `store.panel` to know whether it is open.
 * @typedef {{name: string, label: string | null, title: string, mount: (body: HTMLElement, store: import("../types.js").StoreHandle, commands: import("../types.js").Commands) => void, fits?: (graph: import("../types.js").Graph | null) => boolean}} Panel
 */

/** In the order of the top bar. @type {Panel[]} */
export const PANELS = [lessonsPanel, branchesPanel, insidePanel, tablePanel, noisePanel, costPanel, attentionPanel, latentPanel, codePanel, chartsPanel];

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountPanels(store, commands) {
  const cards = PANELS.map(({ name, title, mount }) => {
    const body = element("div", { class: "panel-body" });
    const card = element("section", { id: name, class: "card wide", "aria-labelledby": `${name}-title`, hidden: true },
      element("header", { class: "card-head" }, element("h2", { id: `${name}-title` }, title), element("button", { type: "button", class: "link", onclick: () => commands.togglePanel(name) }, "Close")),
      body);
    place("lab").append(card);
    mount(body, store, commands);
    return card;
  });
  watch(store, ({ panel }) => [panel], ({ panel, lesson }) => {
    for (const card of cards) card.hidden = card.id !== panel;
    const told = lesson?.lesson.steps[lesson.step].panel === panel; // the lesson's words stay in sight, and say where to look
    if (panel && !told) place(panel).scrollIntoView({ block: "nearest" });
  });
}
