/** Promise and delivery of the last update in one line; a click lays its step open. */

import { format } from "../scale/number.js";
import { watch } from "../store.js";
import { element } from "./element.js";

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function deliveryLine(store, commands) {
  const number = () => element("b", { class: "delivery-number" }, "?");
  const [promised, delivered] = [number(), number()];
  const verdict = element("b", { class: "delivery-verdict" });
  const line = element("button", { type: "button", class: "delivery", onclick: () => commands.pin("step") },
    element("span", {}, "promised"), promised, element("span", {}, "delivered"), delivered, verdict);

  watch(store, ({ delivery, pinned }) => [delivery, pinned], ({ delivery: found, pinned }) => {
    const [known, done] = [found?.when === "done" || found?.when === "ahead", found?.when === "done"];
    write(promised, known ? found.promised : undefined);
    write(delivered, done ? found.delivered : undefined);
    verdict.textContent = done ? found.verdict : "";
    verdict.dataset.verdict = done ? found.verdict : "";
    line.setAttribute("aria-label", `${found?.sentence || "What an update promises and delivers."} Show the loss along the step.`);
    line.title = found?.sentence ?? "";
    line.setAttribute("aria-pressed", String(pinned?.target === "step"));
  });
  return line;
}

/** @param {HTMLElement} box @param {number | null | undefined} value  undefined while unknown */
function write(box, value) {
  box.textContent = value === undefined ? "?" : value === null ? "not finite" : (value > 0 ? "+" : "") + format(value, 3);
  box.classList.toggle("unknown", value === undefined);
}
