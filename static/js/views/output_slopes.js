/** How large the gradient is that a generator's turn begins with, by either of its losses: the two sizes side by side, and how many times the one is the other. */

import { element } from "./element.js";
import { PROVISIONAL } from "../scale/decades.js";
import { brief } from "../scale/number.js";
import { magnitude } from "../scale/signed.js";

const LOSSES = /** @type {const} */ ([["non_saturating", "non-saturating"], ["saturating", "saturating"]]);

export function createSlopes() {
  const root = element("div", { class: "slopes", hidden: true, title: "The mean size over what is generated, at the discriminator as it is: 1 − D(G(z)) for −ln D(G(z)), and D(G(z)) for ln(1 − D(G(z)))" });
  return {
    root,
    /** @param {import("../types.js").Store} now */
    draw({ samples, legend, session }) {
      root.hidden = !samples;
      if (!samples) return;
      const { slopes } = samples;
      const taken = session?.spec.task.generator_loss;
      root.replaceChildren(
        ...LOSSES.map(([name, text]) => {
          const size = slopes[name];
          const bar = element("i", { "aria-hidden": "true" });
          bar.style.width = `${(100 * magnitude(size ?? 0, legend ?? PROVISIONAL)).toFixed(1)}%`;
          return element("p", { "data-loss": name, "data-taken": String(name === taken) }, element("span", {}, text), element("b", {}, size === null ? "not finite" : brief(size)), element("span", { class: "slope-bar" }, bar));
        }),
        element("p", { class: "slopes-words" }, `mean |∂L/∂logit|${between(slopes.ratio)}`),
      );
    },
  };
}

/** By how much the sizes differ, in words. @param {number | null} ratio  saturating over non-saturating */
function between(ratio) {
  if (ratio === null || ratio === 0) return "";
  const times = ratio < 1 ? 1 / ratio : ratio;
  const text = brief(times);
  return text === brief(1) ? ": equally large" : `: saturating ${text} × ${ratio < 1 ? "smaller" : "as large"}`;
}
