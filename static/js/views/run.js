/** The run card: the curves on a canvas, the timeline below them, and the same as interactive charts on demand. */

import { MARGIN } from "../draw/curves.js";
import { drawOps } from "../draw/ops.js";
import { drawRun } from "../draw/run.js";
import { phasesOf } from "../layout/timeline.js";
import { watch } from "../store.js";
import { brief } from "../scale/number.js";
import { deliveryLine } from "./delivery.js";
import { element, place } from "./element.js";
import { createTimeline } from "./timeline.js";

/** @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountRun(store, commands) {
  const root = place("run");
  const canvas = element("canvas", { class: "run-canvas", role: "img", "aria-label": "Loss and gradient sizes over the updates" });
  const holder = element("div", { class: "run-holder" }, canvas);
  const timeline = createTimeline(holder, store, commands, () => soon());
  const reach = element("span", { class: "run-reach" });
  const charts = element("button", { type: "button", class: "link", "aria-expanded": "false", "aria-controls": "charts", onclick: () => commands.togglePanel("charts") }, "Charts");
  const note = element("p", { class: "card-note" }, "loss; |∂L/∂w| by layer", element("span", { class: "run-detail" }, ": median, 10–90 %; log axes"));
  place("run-head").append(deliveryLine(store, commands), reach, note, charts);
  root.append(holder);
  watch(store, ({ panel }) => [panel], ({ panel }) => charts.setAttribute("aria-expanded", String(panel === "charts")));

  function draw() {
    const now = store.get();
    const { metrics, frame, state, graph } = now;
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
    const ink = inkOf(root);
    const ops = timeline.draw(now, width);
    if (metrics) drawRun(brush, { x: 0, y: 0, width, height }, metrics, { cursor: update, end: state?.end?.update ?? 0 }, ink);
    const strip = { x: MARGIN.left, y: height - MARGIN.ops + 4, width: width - MARGIN.left - MARGIN.right, height: MARGIN.ops - 4 };
    if (graph) drawOps(brush, strip, { ...ops, phases: phasesOf(graph.instructions) }, ink);
    reach.textContent = state ? `back to update ${(state.earliest?.update ?? 0).toLocaleString("en-GB")}` : "";
    canvas.setAttribute("aria-label", summary(metrics, update));
  }

  let due = 0;
  const soon = () => {
    if (!due) due = requestAnimationFrame(() => { due = 0; draw(); });
  };
  watch(store, ({ metrics, frame, state, graph, branches }) => [metrics, frame?.update, frame?.instruction, state?.position, state?.running, state?.end, graph, branches], soon);
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
  const ink = { ink: color("ink"), muted: color("muted"), line: color("line"), accent: color("accent"), sunken: color("sunken"), outline: color("outline"), font: `12px ${style.fontFamily}` };
  probe.remove();
  return ink;
}

/** What the curves come to, where the cursor stands: the newest record up to there, which may be some updates old. @param {any} metrics @param {number} update */
export function summary(metrics, update) {
  const at = metrics ? metrics.updates.findLastIndex((/** @type {number} */ each) => each <= update) : -1;
  const done = at < 0 ? "" : `After ${metrics.updates[at].toLocaleString("en-GB")} updates`;
  if (done && metrics.players?.length) return `${done}: ${metrics.players.map((/** @type {any} */ { name, loss }) => `loss of the ${name} ${loss[at] === null ? "not computed yet" : brief(loss[at])}`).join(", ")}.`;
  if (!done) return "Nothing is trained yet.";
  const [loss, begun] = [metrics.train_loss[at], metrics.train_loss[0]].map((/** @type {number | null} */ each) => (each === null ? "not a finite number" : brief(each)));
  return `${done} the training loss is ${loss}, from ${begun} at the start.`;
}
