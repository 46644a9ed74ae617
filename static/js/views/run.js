/** The run card: the curves on a canvas, the track below them, and the same as interactive charts on demand. */

import { MARGIN, drawRun, lastUpdate } from "../draw/run.js";
import { watch } from "../store.js";
import { brief } from "../scale/number.js";
import { mountCharts } from "./charts.js";
import { element, place } from "./element.js";

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountRun(store, commands) {
  const root = place("run");
  const canvas = element("canvas", { class: "run-canvas", role: "img", "aria-label": "Loss and gradient sizes over the updates" });
  const track = element("input", { type: "range", class: "run-track", min: 0, max: 1, step: 1, value: 0, "aria-label": "Update that the page stands at", onchange: () => commands.seek({ update: Math.max(store.get().state?.earliest?.update ?? 0, Number(track.value)), instruction: 0 }) });
  const where = element("span", { class: "run-where" }, "0");
  const holder = element("div", { class: "run-holder" }, canvas, track, where);
  holder.style.setProperty("--left", `${MARGIN.left}px`);
  holder.style.setProperty("--right", `${MARGIN.right}px`);
  holder.style.setProperty("--below", `${MARGIN.ticks}px`);
  holder.style.setProperty("--track", `${MARGIN.track}px`);
  const charts = element("button", { type: "button", class: "link", "aria-expanded": "false" }, "Charts");
  const note = element("p", { class: "card-note" }, "loss, and |∂L/∂w| per layer (median, 10–90 %), both on log axes over updates");
  root.replaceChildren(
    element("header", { class: "card-head" }, element("h2", {}, "Run"), note, charts),
    holder,
  );
  mountCharts(charts, root, store);

  function draw() {
    const { metrics, frame, state } = store.get();
    const update = frame?.update ?? state?.position.update ?? 0;
    const { width, height } = holder.getBoundingClientRect();
    const ratio = Math.min(2, devicePixelRatio);
    if (!width || !height) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.clearRect(0, 0, width, height);
    if (metrics) drawRun(brush, { x: 0, y: 0, width, height }, metrics, update, inkOf(root));
    track.max = String(lastUpdate(metrics?.updates ?? [], update));
    if (document.activeElement !== track || state?.running) track.value = String(update);
    where.textContent = `${update.toLocaleString("en-GB")}${frame?.instruction ? ` · op ${frame.instruction}` : ""}`;
    canvas.setAttribute("aria-label", said(metrics, update));
  }

  let due = 0;
  const soon = () => {
    if (!due) due = requestAnimationFrame(() => { due = 0; draw(); });
  };
  watch(store, ({ metrics, frame, state }) => [metrics, frame?.update, frame?.instruction, state?.running], soon);
  new ResizeObserver(soon).observe(holder);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", soon);
}

/** @param {Element} root */
function inkOf(root) {
  const style = getComputedStyle(root);
  const probe = element("span", { hidden: true });
  root.append(probe);
  /** @param {string} name */
  const color = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const ink = { ink: color("ink"), muted: color("muted"), line: color("line"), accent: color("accent"), font: `12px ${style.fontFamily}` };
  probe.remove();
  return ink;
}

/** @param {any} metrics @param {number} update */
function said(metrics, update) {
  const loss = metrics?.train_loss.at(-1);
  return loss === undefined || loss === null ? "Nothing is trained yet." : `After ${update} updates the training loss is ${brief(loss)}, from ${brief(metrics.train_loss[0])} at the start.`;
}
