/** The panel of branches: which there are, begun and gone over to here, and two of them side by side. */

import { lastUpdate } from "../draw/run.js";
import { said } from "../layout/timeline.js";
import { watch } from "../store.js";
import { createComparison } from "./branches_compare.js";
import { element } from "./element.js";
import { h, show } from "./tree.js";

/** @type {import("./panel.js").Panel} */
export const branchesPanel = { name: "branches", label: "Branches", title: "Branches", mount: mountBranches };

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
function mountBranches(root, store, commands) {
  const name = element("input", { class: "field", id: "branch-name", maxlength: 40, placeholder: "a name, if you like", autocomplete: "off" });
  const begin = element("form", { class: "branch-begin", onsubmit: start },
    element("label", { for: "branch-name", class: "unseen" }, "Name of the new branch"), name,
    element("button", { type: "submit", class: "button" }, "Branch here"));
  const list = element("div", { class: "branch-list" });
  const words = element("p", { class: "branch-words" });
  const comparison = createComparison();
  root.append(begin, list, words, comparison.root);

  /** @param {Event} event */
  async function start(event) {
    event.preventDefault();
    await commands.branch(name.value.trim());
    name.value = "";
  }

  /** @param {import("../types.js").Store} now */
  function draw(now) {
    const { panel, branches, rival, limits, state } = now;
    if (panel !== "branches" || !branches) return;
    show(list, h("table", { class: "branch-table" },
      h("thead", {}, h("tr", {}, ...["branch", "from", "to", "instead of what is shown"].map((head) => h("th", { scope: "col" }, head)), h("td"))),
      h("tbody", {}, ...branches.map((branch) => row(branch, branches, rival, now)))));
    const limit = limits?.find((/** @type {any} */ each) => each.name === "branches");
    const other = branches.find(({ id, current: shown }) => id === rival?.id && !shown);
    const current = branches.find((branch) => branch.current);
    words.textContent = other && current ? difference(other, current)
      : `There is one course of events so far. Go back and change something, or begin a branch here: what had followed is kept${limit ? ` (${limit.says})` : ""}.`;
    comparison.draw(now, current, other, lastUpdate([], Math.max(current?.end.update ?? 0, other?.end.update ?? 0, state?.end?.update ?? 0)));
  }

  /** @param {any} branch @param {any[]} branches @param {any} rival @param {import("../types.js").Store} now */
  function row(branch, branches, rival, { state }) {
    const { id, current, parent, forked, differences } = branch;
    const end = current ? state?.end ?? branch.end : branch.end;
    const from = branches.find((each) => each.id === parent);
    const begun = forked ? `${said(forked)}${from ? ` of ${from.name}` : ""}` : "the beginning";
    return h("tr", { "data-key": id, "aria-current": current ? "true" : null },
      h("td", {}, h("input", { class: "field", maxlength: 40, value: branch.name, "aria-label": `Name of branch ${id}`, onchange: (/** @type {any} */ event) => rename(id, event.target) })),
      h("td", {}, begun),
      h("td", {}, said(end)),
      h("td", {}, current ? h("b", {}, "shown") : differences.length ? differences.join("; ") : "the same settings"),
      h("td", { class: "branch-acts" }, ...(current ? [] : [
        h("button", { type: "button", class: "link", "aria-pressed": String(rival?.id === id), onclick: () => commands.compareWith(id) }, "Compare"),
        h("button", { type: "button", class: "link", onclick: () => commands.switchTo(id) }, "Go there"),
        h("button", { type: "button", class: "link", onclick: () => commands.deleteBranch(id) }, "Delete"),
      ].map((button) => {
        button.setAttribute("aria-label", `${button.textContent}: ${branch.name}`);
        return button;
      }))));
  }

  /** @param {number} id @param {HTMLInputElement} field */
  function rename(id, field) {
    const wanted = field.value.trim();
    if (wanted) commands.renameBranch(id, wanted);
  }

  watch(store, ({ panel, branches, rival, metrics, surface, frame, state, data, limits }) => [panel, branches, rival, metrics, surface, frame?.update, state?.end, data, limits], draw);
  new ResizeObserver(() => draw(store.get())).observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(store.get()));
}

/** What the other branch has instead, and what was done in each since they parted. @param {any} other @param {any} current */
function difference(other, current) {
  const settings = other.differences.length ? `${capital(other.name)} has ${other.differences.join("; ")}.` : `${capital(other.name)} and ${current.name} have the same settings.`;
  const since = [current, other].flatMap((branch) => {
    const later = branch.changes.filter((/** @type {any} */ { position }) => position.update > other.parted.update || (position.update === other.parted.update && position.instruction >= other.parted.instruction));
    return later.length ? [`In ${branch.name}: ${later.slice(-4).map((/** @type {any} */ { position, says }) => `${says} (${said(position)})`).join(", ")}.`] : [];
  });
  return [settings, ...since].join(" ");
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
