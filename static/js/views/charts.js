/** The curves as Plotly charts: zoomed, hovered, read off. Its bundle is loaded when they are first asked for, and they change at most twice a second. */

import { watch } from "../store.js";
import { element } from "./element.js";

const GAP = 500;

/** It is opened from the run card, whose curves these are. @type {import("./panel.js").Panel} */
export const chartsPanel = { name: "charts", label: null, title: "Charts of the run", mount: mountCharts };

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store */
function mountCharts(root, store) {
  const panel = element("div", { class: "charts" });
  root.append(panel);
  let drawn = 0;
  let timer = 0;

  async function open() {
    panel.replaceChildren(element("p", { class: "muted" }, "Loading the charts…"));
    await bundle();
    panel.replaceChildren(...["loss", "accuracy", "gradients"].map((name) => element("div", { class: "chart", "data-chart": name, role: "img", "aria-label": `Chart of the ${name} over the updates; the table has the numbers` })));
    draw();
  }

  function close() {
    for (const chart of panel.querySelectorAll(".chart")) /** @type {any} */ (window).Plotly?.purge(chart);
    panel.replaceChildren();
  }

  function draw() {
    const { metrics, panel: opened } = store.get();
    const Plotly = /** @type {any} */ (window).Plotly;
    const charts = /** @type {NodeListOf<HTMLElement>} */ (panel.querySelectorAll(".chart"));
    if (opened !== "charts" || !Plotly || !metrics || !charts.length) return;
    const wait = GAP - (performance.now() - drawn);
    clearTimeout(timer);
    if (wait > 0) {
      timer = window.setTimeout(draw, wait);
      return;
    }
    drawn = performance.now();
    const look = lookOf(root);
    for (const chart of charts) {
      const made = content(chart.dataset.chart ?? "", metrics, look);
      Plotly.react(chart, made.traces, layout(made.title, made.kind, look), { displaylogo: false, responsive: true, displayModeBar: false });
    }
  }

  watch(store, ({ panel: opened }) => [opened === "charts"], ({ panel: opened }) => {
    if (opened === "charts") open().catch(() => panel.replaceChildren(element("p", { class: "bad" }, "The charts could not be loaded; close and open them again.")));
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
  const styles = [["accent", "solid"], ["ink", "solid"], ["muted", "dash"], ["accent", "dot"]]; // as in the run card
  const traces = layers.flatMap((/** @type {any} */ layer, /** @type {number} */ index) => [
    { ...trace(layer.label, layer.low, "transparent", "solid"), showlegend: false, hoverinfo: "skip" },
    { ...trace(layer.label, layer.high, "transparent", "solid"), showlegend: false, hoverinfo: "skip", fill: "tonexty", fillcolor: styles[index % 4][0] === "accent" ? "rgba(13,116,110,0.14)" : "rgba(128,128,128,0.14)" },
    trace(layer.label, layer.median, look[/** @type {keyof Look} */ (styles[index % 4][0])], styles[index % 4][1]),
  ]);
  return { title: "|∂L/∂w| per layer: median and 10–90 %", kind: "log", traces };
}

/** @param {string} title @param {string} kind @param {Look} look */
function layout(title, kind, look) {
  const axis = { gridcolor: look.line, zerolinecolor: look.line, linecolor: look.line, automargin: true };
  return {
    title: { text: title, font: { size: 13 }, x: 0, xref: "paper", xanchor: "left", y: 0.97, yanchor: "top" },
    font: { family: "Source Sans, system-ui, sans-serif", size: 12, color: look.ink },
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", height: 260, margin: { l: 52, r: 12, t: 52, b: 36 },
    xaxis: { ...axis, title: { text: "updates", standoff: 4, font: { size: 12 } } },
    yaxis: { ...axis, type: kind, exponentformat: "power" },
    legend: { orientation: "h", y: 1.01, yanchor: "bottom", x: 0, xanchor: "left" },
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
