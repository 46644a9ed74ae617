/** Play, back, on, the unit, and how fast: what moves the program. */

import { element, icon, place, roomy, segments } from "./element.js";
import { watch } from "../store.js";
import { RATES, rateAt, rateIndex, rateText } from "../scale/rate.js";

export const UNITS = /** @type {const} */ (["op", "layer", "pass", "batch", "epoch"]);

const TITLES = {
  op: "One instruction at a time (key 1)",
  layer: "One layer at a time (key 2)",
  pass: "To the end of the forward pass, the loss, the backward pass, the update (key 3)",
  batch: "One update at a time (key 4)",
  epoch: "Once through the data (key 5)",
};

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountTransport(root, store, commands) {
  const word = element("span", { class: "play-word" }, "Play");
  const face = element("span", { class: "play-face" }, icon("play"));
  const play = element("button", { type: "button", class: "button primary play", onclick: () => commands.toggle() }, face, word);
  const back = element("button", { type: "button", class: "button icon", onclick: () => commands.back() }, icon("back"));
  const on = element("button", { type: "button", class: "button icon", onclick: () => commands.on() }, icon("on"));
  const units = segments("One step is one", UNITS.map((value) => ({ value, text: value, title: TITLES[value] })), (unit) => commands.setUnit(unit));
  const slider = element("input", { type: "range", min: 0, max: RATES.length - 1, step: 1, class: "speed-slider", "aria-label": "Speed, units a second" });
  const text = element("span", { class: "speed-text" });
  slider.addEventListener("input", () => commands.setRate(rateAt(Number(slider.value))));
  const speed = element("div", { class: "speed" }, slider, text);
  root.append(play, element("div", { class: "steps" }, back, on), units.root);
  /** Where the transport is short of room, the speed stands with the run. */
  const settle = () => (roomy.matches ? root.append(speed) : place("run-title").after(speed));
  settle();
  roomy.addEventListener("change", settle);

  const above = place("top-play");
  let away = false;
  above.addEventListener("click", () => commands.toggle());
  new IntersectionObserver(([{ isIntersecting }]) => {
    away = !isIntersecting;
    stop(store.get());
  }).observe(play);

  /** The way to stop while the transport is scrolled away. @param {import("../types.js").Store} now */
  function stop({ state, session }) {
    const running = Boolean(state?.running);
    above.hidden = !away || !session;
    above.replaceChildren(icon(running ? "pause" : "play"));
    above.setAttribute("aria-label", running ? "Stop training" : "Train on");
  }
  watch(store, ({ state, session }) => [state?.running, session], stop);

  watch(store, ({ state, unit, rate, session }) => [state?.running, state?.can_go_back, unit, rate, session], ({ state, unit, rate, session }) => {
    const running = Boolean(state?.running);
    word.textContent = running ? "Pause" : "Play";
    face.replaceChildren(icon(running ? "pause" : "play"));
    play.setAttribute("aria-label", running ? "Pause" : "Play");
    play.disabled = !session;
    back.setAttribute("aria-label", `Back one ${unit}`);
    back.title = `Back one ${unit} (←)`;
    back.disabled = !session || !(running || state?.can_go_back);
    on.setAttribute("aria-label", `On one ${unit}`);
    on.title = `On one ${unit} (→)`;
    on.disabled = !session;
    units.show(unit);
    slider.value = String(rateIndex(rate));
    text.textContent = rateText(rate);
    slider.setAttribute("aria-valuetext", rate === null ? "as fast as possible" : `${rate} a second`);
  });
}
