/** What can be asked of a pinned weight beside the chain rule: one entry each, one tab each, one answer of `explain/<name>` each. */

import { h } from "./tree.js";
import { examplesSection } from "./inspector_examples.js";
import { moveSection } from "./inspector_move.js";
import { pathsSection } from "./inspector_paths.js";
import { proofSection } from "./inspector_proof.js";
import { updateSection } from "./inspector_update.js";
import { usesSection } from "./inspector_uses.js";

/** @typedef {import("./inspector.js").Seen} Seen */
/** @typedef {{name: string, label: string, title: string, view: (seen: Seen, found: any, detail: any) => (Node | null)[]}} Section */

/** In the order of the tabs, after the chain rule. @type {Section[]} */
export const SECTIONS = [pathsSection, usesSection, examplesSection, proofSection, moveSection, updateSection];

/** The tabs. Buttons, as everywhere, so that the arrow keys stay with the transport. @param {Seen} seen */
export function tabs({ section, commands }) {
  if (!SECTIONS.length) return null;
  const all = [{ name: "chain", label: "chain", title: "The chain rule from the loss home, one factor at a time" }, ...SECTIONS];
  return h("div", { class: "segments sections", role: "group", "aria-label": "What to ask of this weight" },
    ...all.map(({ name, label, title }) => h("button", { type: "button", "data-text": label, title, "aria-pressed": String(name === section), onclick: () => commands.setSection(name) }, label)));
}

/** What the chosen section says, or null where that is the chain rule. @param {Seen} seen @param {any} found @returns {(Node | null)[] | null} */
export function sectionView(seen, found) {
  const chosen = SECTIONS.find(({ name }) => name === seen.section);
  if (!chosen) return null;
  const { detail } = seen;
  if (detail?.section !== chosen.name || detail.target !== found.target) return [h("p", { class: "muted" }, "Working it out…")];
  return detail.refused ? [h("p", { class: "refused" }, detail.refused)] : chosen.view(seen, found, detail);
}
