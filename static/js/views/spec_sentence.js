/** The spec as one sentence, which opens the setup in place and pushes the rest down. */

import { h, show } from "./tree.js";
import { narrow, place } from "./element.js";
import { entryFor } from "./setup_rules.js";
import { watch } from "../store.js";

const MANY = 8;

/** @param {import("../types.js").StoreHandle} store */
export function mountSpecSentence(store) {
  const root = place("spec-sentence");
  const card = place("setup-card");

  function draw() {
    const { session, catalog } = store.get();
    if (!session) return show(root, "Building the network…");
    const open = card.hasAttribute("data-open");
    const [first, ...rest] = phrases(session.spec, catalog ?? []);
    show(root, h("p", { class: "sentence" }, h("b", {}, first), rest.join(""), " ",
      h("button", { type: "button", class: "link", "aria-expanded": String(open), "aria-controls": "setup-card", onclick: toggle }, open ? "close" : "change")));
  }

  /** On the narrow page the set-up comes last, for the eye and for Tab alike. */
  function settle() {
    if (narrow.matches) place("run").after(root, card);
    else {
      place("lab").prepend(root);
      place("stage").before(card);
    }
  }

  function toggle() {
    const open = card.toggleAttribute("data-open");
    draw();
    if (open && narrow.matches) root.scrollIntoView(); // what opens there is below the edge
  }

  settle();
  narrow.addEventListener("change", settle);
  watch(store, ({ session, catalog }) => [session, catalog], draw);
}

/**
 * @param {import("../types.js").Spec} spec @param {import("./forms.js").Entry[]} catalog
 * @returns {string[]} the data, then everything else
 */
function phrases(spec, catalog) {
  const title = (/** @type {string} */ family, /** @type {any} */ part) => entryFor(catalog, family, part.kind)?.title ?? part.kind.replaceAll("_", " ");
  const written = spec.task.kind === "expression";
  const layers = written ? [spec.task.formula.replaceAll("\n", "; ")] : spec.layers.map((layer) => `${title("layers", layer)}${typeof layer.units === "number" ? ` ${layer.units}` : ""}`);
  const game = spec.task.kind === "gan";
  const shown = layers.length > MANY ? [...layers.slice(0, 3), `… (${layers.length} layers)`, ...layers.slice(-1)] : layers;
  const rate = spec.optimizer.learning_rate;
  const learned = [
    game && `generator of ${spec.task.generator.length} layers, ${spec.task.generator_loss.replace("_", "-")} loss`,
    !written && !game && title("losses", spec.loss),
    `${title("optimizers", spec.optimizer)}${typeof rate === "number" ? `, η ${rate}` : rate ? `, ${title("schedules", rate)} η` : ""}`,
    `batch ${spec.batch_size}`,
    spec.clip && `clip ${spec.clip.limit ?? ""}`.trim(),
    spec.l1 && `L1 ${spec.l1}`,
    spec.l2 && `L2 ${spec.l2}`,
    spec.gradient.kind !== "backpropagation" && `gradient by ${title("gradients", spec.gradient)}`,
    spec.bug && `bug: ${title("bugs", spec.bug)}`,
    `seed ${spec.seed}`,
  ].filter(Boolean);
  return [title("datasets", spec.data), ...shown.map((layer) => ` → ${layer}`), ...learned.map((part) => ` · ${part}`)];
}
