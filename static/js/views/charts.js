/** The curves as Plotly charts: zoomed, hovered, read off. Its bundle is loaded when they are first asked for, and they change at most twice a second. */

import { watch } from "../store.js";
import { element } from "./element.js";

const GAP = 500;

/** @param {HTMLElement} toggle @param {HTMLElement} root @param {import("../types.js").StoreHandle} store */
export function mountCharts(toggle, root, store) {
  /** @type {HTMLElement | null} */
  let panel = null;
  let drawn = 0;
  let timer = 0;

  async function open() {
    panel = element("div", { class: "charts", role: "group", "aria-label": "Charts" }, element("p", { class: "muted" }, "Loading the charts…"));
    root.append(panel);
    root.classList.add("with-charts");
    await bundle();
    if (!panel) return;
    panel.replaceChildren(...["loss", "accuracy", "gradients"].map((name) => element("div", { class: "chart", "data-chart": name, role: "img", "aria-label": `Chart of the ${name} over the updates; the table has the numbers` })));
    draw();
  }

  function close() {
    for (const chart of panel?.children ?? []) /** @type {any} */ (window).Plotly?.purge(chart);
    panel?.remove();
    panel = null;
    root.classList.remove("with-charts");
  }

  function draw() {
    const { metrics } = store.get();
    const Plotly = /** @type {any} */ (window).Plotly;
    if (!panel || !Plotly || !metrics) return;
    const wait = GAP - (performance.now() - drawn);
    clearTimeout(timer);
    if (wait > 0) {
      timer = window.setTimeout(draw, wait);
      return;
    }
    drawn = performance.now();
    const look = lookOf(root);
    for (const chart of panel.children) {
      const made = content(/** @type {HTMLElement} */ (chart).dataset.chart ?? "", metrics, look);
      Plotly.react(chart, made.traces, layout(made.title, made.kind, look), { displaylogo: false, responsive: true, displayModeBar: false });
    }
  }

  toggle.addEventListener("click", () => {
    const opened = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(opened));
    if (opened) open().catch(() => panel?.replaceChildren(element("p", { class: "bad" }, "The charts could not be loaded; close and open them again.")));
    else close();
  });
  watch(store, ({ metrics }) => [metrics], draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

/** @typedef {{ink: string, muted: string, line: string, accent: string}} Look */

/** @param {string} name @param {any} metrics @param {Look} look */
function content(name, { updates, train_loss, test_loss, train_accuracy, test_accuracy, layers }, look) {
  /** @param {string} label @param {any} y @param {string} color @param {string} dash */
  const trace = (label, y, color, dash) => ({ x: updates, y, name: label, mode: "lines", line: { color, dash, width: 1.5 } });
  if (name === "loss") return { title: "loss", kind: "log", traces: [trace("train", train_loss, look.ink, "solid"), trace("test", test_loss, look.muted, "dash")] };
  if (name === "accuracy") return { title: "accuracy", kind: "linear", traces: [trace("train", train_accuracy, look.ink, "solid"), trace("test", test_accuracy, look.muted, "dash")] };
  const styles = ["solid", "dash", "dot", "dashdot"];
  const traces = layers.flatMap((/** @type {any} */ layer, /** @type {number} */ index) => [
    { ...trace(layer.label, layer.low, "transparent", "solid"), showlegend: false, hoverinfo: "skip" },
    { ...trace(layer.label, layer.high, "transparent", "solid"), showlegend: false, hoverinfo: "skip", fill: "tonexty", fillcolor: index % 2 ? "rgba(128,128,128,0.14)" : "rgba(13,116,110,0.14)" },
    trace(layer.label, layer.median, index % 2 ? look.ink : look.accent, styles[Math.floor(index / 2) % 4]),
  ]);
  return { title: "|∂L/∂w| per layer: median and 10–90 %", kind: "log", traces };
}

/** @param {string} title @param {string} kind @param {Look} look */
function layout(title, kind, look) {
  const axis = { gridcolor: look.line, zerolinecolor: look.line, linecolor: look.line, automargin: true };
  return {
    title: { text: title, font: { size: 13 }, x: 0.02, xanchor: "left" },
    font: { family: "Source Sans, system-ui, sans-serif", size: 12, color: look.ink },
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", height: 240, margin: { l: 52, r: 12, t: 34, b: 36 },
    xaxis: { ...axis, title: { text: "updates", standoff: 4 } },
    yaxis: { ...axis, type: kind, exponentformat: "power" },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 1, xanchor: "right" },
  };
}

/** @param {Element} root @returns {Look} */
function lookOf(root) {
  const probe = element("span", { hidden: true });
  root.append(probe);
  const look = /** @type {Look} */ (Object.fromEntries(["ink", "muted", "line", "accent"].map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  })));
  probe.remove();
  return look;
}

/** @type {Promise<void> | null} */
let loading = null;

/** Plotly's own bundle, from this server, once. */
function bundle() {
  loading ??= new Promise((resolve, reject) => {
    const source = document.querySelector("meta[name=plotly]")?.getAttribute("content");
    const script = element("script", { src: source, onload: () => resolve(), onerror: () => { loading = null; script.remove(); reject(new Error("no charts")); } });
    document.head.append(script);
  });
  return loading;
}
