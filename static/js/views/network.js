/** The network: a canvas for what there is much of, buttons over it for what one acts on, and the front that runs through both. */

import { element, narrow } from "./element.js";
import { createLoss } from "./loss.js";
import { createPlayers } from "./players.js";
import { createBlocks } from "./blocks.js";
import { createNeurons } from "./neurons.js";
import { createTiles } from "./tiles.js";
import { createTip } from "./tip.js";
import { onTheme, readPalette } from "./palette.js";
import { arrivingAt, decadesOf, dotOf, followed, frontOf, linkNumbers, lit, pictured } from "./scene.js";
import { watch } from "../store.js";
import { createEdgeList } from "../draw/edges.js";
import { paintMatrix } from "../draw/heatmap.js";
import { MOST_LINES, drawNetwork, shownEdges } from "../draw/network.js";
import { turnOf } from "../layout/game.js";
import { layoutNetwork } from "../layout/network.js";
import { pickTarget } from "../layout/pick.js";
import { placeAt, valueAt } from "../layout/target.js";
import { PROVISIONAL } from "../scale/decades.js";

/** How long the tiles may be painted in one frame, ms. */
const PAINTING = 3;

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountNetwork(root, store, commands) {
  const canvas = element("canvas", { role: "img", "aria-label": "The network's edges, coloured by gradient" });
  const front = element("div", { class: "front", "aria-hidden": "true", hidden: true }, element("i"), element("span"));
  const over = element("div", { class: "neurons" });
  const ends = element("div", { class: "ends", hidden: true });
  root.append(canvas, front, over, ends);
  const tip = createTip(root);
  const loss = createLoss(ends, commands, store);
  const players = createPlayers(ends, store);
  const tiles = createTiles();
  const blocks = createBlocks();
  const list = createEdgeList(MOST_LINES + 200);
  /** @type {Map<number, {canvas: HTMLCanvasElement, pixels: ImageData, words: Uint32Array}>} */
  const matrices = new Map();
  let palette = readPalette();
  /** @type {import("../layout/network.js").NetworkLayout | null} */
  let layout = null;
  let painting = 0;

  const neurons = createNeurons(over, store, {
    pin(column, unit) {
      const { graph } = store.get();
      if (graph) commands.pin(valueAt(graph, column, unit));
    },
    hover(column, unit, on) {
      const box = layout?.columns[column];
      const now = store.get();
      if (!on) return leave(`neuron:${column}[${unit}]`);
      commands.hover(`neuron:${column}[${unit}]`);
      if (box && now.graph) tip.show(now, `neuron:${column}[${unit}]`, { x: box.right, y: box.ys[unit % box.ys.length] });
    },
  });

  /** @param {string} [target] */
  function leave(target) {
    if (target && !store.get().hover?.targets.includes(target)) return;
    commands.hover();
    tip.hide();
  }

  function build() {
    const { graph, data } = store.get();
    if (!graph || !root.clientWidth || !root.clientHeight) return;
    const size = { width: root.clientWidth, height: root.clientHeight };
    layout = layoutNetwork(graph, { ...size, compact: narrow.matches, image: pictured(graph, data) });
    const ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    canvas.getContext("2d")?.setTransform(ratio, 0, 0, ratio, 0, 0);
    matrices.clear();
    neurons.build(graph, layout);
    ends.hidden = false;
    loss.place(layout);
    players.place(layout);
    root.toggleAttribute("data-game", layout.stretches.length > 0);
    dress();
  }

  /** The fields of the tiles: once per surface, and over several frames where there are many. */
  function dress() {
    const { graph, surface } = store.get();
    const first = layout?.neurons[0];
    if (graph && layout) tiles.take(graph, surface, palette, first ? { width: first.width - 2, height: first.height - 2 } : { width: 40, height: 40 });
    cancelAnimationFrame(painting);
    paint();
  }

  function paint() {
    if (tiles.paint(PAINTING)) painting = requestAnimationFrame(paint);
    else draw();
  }

  function draw() {
    const now = store.get();
    const brush = canvas.getContext("2d");
    if (!layout || !now.graph || !brush) return;
    const links = linkNumbers(now);
    const { pinned, hovered } = lit(now);
    const weights = now.lens === "weights";
    const place = frontOf(now, layout);
    const focused = hovered.neurons.length === 1 ? hovered.neurons[0] : pinned.neurons.length === 1 ? pinned.neurons[0] : null;
    drawNetwork(brush, layout, {
      links,
      arriving: arrivingAt(now, now.graph.columns.length - 1),
      decades: decadesOf(now),
      arrivingDecades: now.legend ?? PROVISIONAL,
      ink: weights ? palette.weightInk : palette.ink,
      derivative: palette.ink,
      past: place?.past ?? null,
      haloed: [...pinned.edges, ...hovered.edges],
      arrivals: [...pinned.arrivals, ...hovered.arrivals],
      focused,
      dot: dotOf(now),
      matrix: (link) => matrix(link, links[link].numbers, weights),
      tile: tiles.looks(now, palette, layout),
      block: blocks.looks(now, palette, layout),
    }, list);
    neurons.draw(palette);
    loss.draw();
    players.draw();
    front.hidden = !place;
    if (place) {
      front.dataset.phase = place.phase;
      front.style.transform = `translateX(${place.x.toFixed(1)}px)`;
      front.lastElementChild?.replaceChildren(place.phase === "forward" ? "forward front →" : "← backward front");
    }
    if (!now.state?.running) canvas.setAttribute("aria-label", describe(now, shownEdges(layout, links, focused).some(Boolean)));
  }

  /** One link as a picture, a pixel a weight. @param {number} link @param {{data: Float32Array, exponent: number} | null} numbers @param {boolean} weights */
  function matrix(link, numbers, weights) {
    if (!layout || !numbers) return null;
    const { sources, targets } = layout.links[link];
    let kept = matrices.get(link);
    if (!kept) {
      const made = element("canvas", { width: sources, height: targets });
      const pixels = new ImageData(sources, targets);
      kept = { canvas: made, pixels, words: new Uint32Array(pixels.data.buffer) };
      matrices.set(link, kept);
    }
    paintMatrix(kept.words, numbers, sources, targets, decadesOf(store.get()), weights ? palette.weightPixels : palette.pixels);
    kept.canvas.getContext("2d")?.putImageData(kept.pixels, 0, 0);
    return kept.canvas;
  }

  /** @param {PointerEvent | MouseEvent} event */
  function under(event) {
    const { graph } = store.get();
    if (!graph || !layout) return null;
    const box = canvas.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    const now = store.get();
    return { at, target: pickTarget(graph, layout, shownEdges(layout, linkNumbers(now), null), at, narrow.matches ? 14 : 7) };
  }
  canvas.addEventListener("pointermove", (event) => {
    const found = under(event);
    const { graph } = store.get();
    commands.hover(...(found?.target && graph ? [placeAt(graph, found.target)] : []));
    canvas.style.cursor = found?.target ? "pointer" : "";
    if (found?.target) tip.show(store.get(), found.target, found.at);
    else tip.hide();
  });
  root.addEventListener("pointerleave", () => leave());
  canvas.addEventListener("click", (event) => {
    const target = under(event)?.target;
    if (target && !target.startsWith("cotangent")) commands.pin(target);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tip.hide();
  });

  new ResizeObserver(build).observe(root);
  onTheme(() => {
    palette = readPalette();
    dress();
  });
  watch(store, ({ graph, data }) => [graph, data], build);
  watch(store, ({ surface }) => [surface], dress);
  watch(store, (now) => [now.frame, now.lens, now.scope, now.legend, now.pinned, now.hover, now.state?.running, followed(now)], draw);
}

/** The picture in one sentence. @param {import("../types.js").Store} now @param {boolean} some */
function describe({ graph, frame, lens, scope }, some) {
  const turn = lens === "weights" ? null : turnOf(graph, frame);
  const still = turn?.on ? ` ${turn.says}` : "";
  if (!graph) return "";
  const shape = graph.columns.map(({ units }) => units).join("-");
  const what = lens === "weights" ? "weights" : `gradients of ${scope === "example" ? "the followed example" : "the batch"}`;
  return `A ${shape} network at update ${frame?.update ?? 0}; edges show ${what}, negative dashed${some ? ", the strongest as lines and all as heat-maps" : ""}.${graph.columns.flatMap(({ skips = [] }) => skips).map((around) => ` A second path leads around ${around}, unchanged or projected, and is added to it.`).join("")}${still} The table holds every number.`;
}
