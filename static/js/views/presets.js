/** Ready-made networks, as a list that opens in place. */

import { h, show } from "./tree.js";
import { place } from "./element.js";
import { watch } from "../store.js";

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountPresets(store, commands) {
  const root = place("presets");
  const list = h("ul", { id: "presets-list", class: "presets", hidden: true });
  place("setup").before(list);
  let open = false;

  function draw() {
    const { presets, session } = store.get();
    const toggle = () => {
      open = !open;
      draw();
    };
    show(root, h("button", { type: "button", class: "link", "aria-expanded": String(open), "aria-controls": "presets-list", onclick: toggle }, `Presets ${open ? "▴" : "▾"}`));
    list.hidden = !open;
    show(list, ...(presets ?? []).map((preset) => h("li", {},
      h("button", { type: "button", class: "preset", "aria-current": same(preset.spec, session?.spec) ? "true" : null, onclick: () => pick(preset) },
        h("b", {}, preset.title), h("span", { class: "caption" }, preset.description)),
      preset.laboratory ? h("a", { class: "link preset-remedies", href: `/laboratory#case=${preset.laboratory}` }, "Its remedies, in the laboratory") : null)),
      h("li", {}, h("a", { class: "preset", href: "/laboratory" }, h("b", {}, "Pathology laboratory"), h("span", { class: "caption" }, "Up to 50 layers that do not learn, and every remedy beside them: a page of its own."))));
  }

  /** @param {import("../types.js").Preset} preset */
  function pick(preset) {
    open = false;
    draw();
    /** @type {HTMLElement | null} */ (root.querySelector("button"))?.focus();
    commands.rebuild(preset.spec, { opens: preset.opens });
  }

  watch(store, ({ presets, session }) => [presets, session], draw);
}

/** Whether two pieces of JSON say the same. @param {any} a @param {any} b */
export const same = (a, b) => Boolean(b) && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** @param {any} value @returns {any} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}
