/** The network as one picture: what lies behind, heat-maps, edges, bias dots, and the fields that neurons wear. */

import { drawBlock, drawJoints } from "./blocks.js";
import { STILL, addEdge, drawEdges, drawHalo } from "./edges.js";
import { drawBias, drawPoint } from "./marks.js";
import { strongest } from "./heatmap.js";

/** @typedef {import("../layout/network.js").NetworkLayout} NetworkLayout */
/** @typedef {import("../types.js").Numbers} Numbers */
/** @typedef {{numbers: Numbers | null, biases: Numbers | null, weighs: boolean, still?: boolean}} LinkNumbers  null while unknown; of weights that stand still in another player's turn what they pass on */
/**
 * @typedef {object} Scene
 * @property {LinkNumbers[]} links
 * @property {{data: Float32Array, exponent: number} | null} arriving  ∂L/∂z at the last column, null while unknown
 * @property {import("../scale/signed.js").Decades} decades
 * @property {import("../scale/signed.js").Decades} arrivingDecades
 * @property {import("./edges.js").Ink & {past: string, accent: string, ink: string}} ink
 * @property {import("./edges.js").Ink} derivative  the ink of the line into the loss, whatever the lens
 * @property {{from: number, to: number} | null} past  the stretch that is not computed yet, px
 * @property {{link: number, from: number, to: number}[]} haloed
 * @property {number[]} arrivals  the units whose line into the loss is haloed
 * @property {{column: number, unit: number} | null} focused
 * @property {(link: number) => CanvasImageSource | null} matrix
 * @property {(column: number, unit: number) => CanvasImageSource | string | null} tile  a picture, or one color; unit −1 is the whole column
 * @property {(column: number) => (CanvasImageSource | null)[]} [block]  what the pictures of a block show, null while unknown
 * @property {{x: number, y: number} | null} dot  the followed example in every tile's plane, 0…1
 */

export const MOST_LINES = 1000;
const FEWEST_STRONG = 20;
const MOST_STRONG = 100;

/**
 * Which edges of each link are drawn: all, or the strongest, those of the focused neuron, and those that are haloed.
 * @param {NetworkLayout} layout @param {LinkNumbers[]} links @param {{column: number, unit: number} | null} focused
 * @param {{link: number, from: number, to: number}[]} [haloed]
 * @returns {(number[] | null)[]} null for all
 */
export function shownEdges(layout, links, focused, haloed = []) {
  const sparse = layout.links.filter(({ dense }) => !dense);
  const wanted = sparse.reduce((sum, { sources, targets }) => sum + sources * targets, 0);
  const dense = layout.links.length - sparse.length;
  const strong = Math.max(FEWEST_STRONG, Math.min(MOST_STRONG, Math.floor(300 / Math.max(1, dense))));
  const budget = wanted + dense * strong > MOST_LINES ? Math.floor((MOST_LINES - Math.min(dense * strong, MOST_LINES / 2)) / Math.max(1, sparse.length)) : Infinity;
  return layout.links.map(({ dense: heavy, source, target, sources, targets }, index) => {
    const limit = heavy ? Math.min(strong, 30) : budget;
    if (sources * targets <= limit) return null;
    const numbers = links[index].numbers;
    const found = new Set(haloed.filter(({ link }) => link === index).map(({ from, to }) => from * targets + to));
    for (const at of numbers ? strongest(numbers.data, limit) : []) found.add(at);
    if (focused?.column === target) for (let from = 0; from < sources; from += 1) found.add(from * targets + focused.unit);
    if (focused?.column === source) for (let to = 0; to < targets; to += 1) found.add(focused.unit * targets + to);
    return [...found].slice(0, MOST_LINES);
  });
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {NetworkLayout} layout
 * @param {Scene} scene
 * @param {import("./edges.js").EdgeList} list
 */
export function drawNetwork(brush, layout, scene, list) {
  const { compact } = layout.places;
  brush.clearRect(0, 0, layout.width, layout.height);
  if (scene.past) {
    brush.fillStyle = scene.ink.past;
    brush.fillRect(scene.past.from, 0, scene.past.to - scene.past.from, layout.height);
  }
  drawJoints(brush, layout, scene.ink.outline);
  drawMatrices(brush, layout, scene);
  drawHalos(brush, layout, scene);
  const shown = shownEdges(layout, scene.links, scene.focused, scene.haloed);
  for (const dense of [true, false]) {
    gather(list, layout, scene, shown, dense);
    brush.globalAlpha = dense ? 0.7 : 1;
    drawEdges(brush, list, scene.ink, dense ? 0.45 : compact ? 0.75 : 1);
  }
  drawArriving(brush, layout, scene, list);
  drawTiles(brush, layout, scene);
  drawBiases(brush, layout, scene);
}

/**
 * The edges of the links that are heat-maps, which stay thin so that the heat-map is read through them, or of those that are not.
 * @param {import("./edges.js").EdgeList} list @param {NetworkLayout} layout @param {Scene} scene @param {(number[] | null)[]} shown @param {boolean} dense
 */
function gather(list, layout, scene, shown, dense) {
  list.count = 0;
  layout.links.forEach((link, index) => {
    if (link.dense !== dense) return;
    const { numbers, still } = scene.links[index];
    const scale = numbers ? 2 ** numbers.exponent : 0;
    const add = (/** @type {number} */ at) =>
      addEdge(list, link.x0, link.from[Math.floor(at / link.targets)], link.x1, link.to[at % link.targets], numbers ? numbers.data[at] * scale : null, scene.decades, link.end, still);
    const some = shown[index];
    if (some) some.forEach(add);
    else for (let at = 0; at < link.sources * link.targets; at += 1) add(at);
  });
}

/** What is pinned or pointed at, behind its own lines and before the heat-maps. @param {CanvasRenderingContext2D} brush @param {NetworkLayout} layout @param {Scene} scene */
function drawHalos(brush, layout, { haloed, arrivals, ink }) {
  const width = layout.places.compact ? 8 : 10;
  for (const { link, from, to } of haloed) {
    const { x0, x1, end, from: sources, to: targets } = layout.links[link];
    drawHalo(brush, [x0, sources[from], x1, targets[to], end], ink.halo, width);
  }
  const { right, ys } = layout.columns[layout.columns.length - 1];
  for (const unit of arrivals) drawHalo(brush, [right, ys[unit], layout.loss.x - layout.loss.radius, layout.loss.y], ink.halo, width);
}

/** @param {CanvasRenderingContext2D} brush @param {NetworkLayout} layout @param {Scene} scene */
function drawMatrices(brush, layout, scene) {
  brush.imageSmoothingEnabled = false;
  for (const { link, box } of layout.links) {
    if (!box) continue;
    const picture = scene.matrix(link);
    if (picture) brush.drawImage(picture, box.x, box.y, box.width, box.height);
    brush.strokeStyle = scene.ink.outline;
    brush.lineWidth = 1;
    brush.setLineDash(scene.links[link].still ? STILL : picture ? [] : [1.5, 3]);
    brush.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
    brush.setLineDash([]);
  }
  brush.imageSmoothingEnabled = true;
}

/** The lines into the loss: ∂L/∂z, which is not a weight. @param {CanvasRenderingContext2D} brush @param {NetworkLayout} layout @param {Scene} scene @param {import("./edges.js").EdgeList} list */
function drawArriving(brush, layout, { arriving, arrivingDecades, derivative }, list) {
  const last = layout.columns[layout.columns.length - 1];
  list.count = 0;
  last.ys.forEach((y, unit) => {
    const value = arriving ? arriving.data[unit] * 2 ** arriving.exponent : null;
    addEdge(list, last.right, y, layout.loss.x - layout.loss.radius, layout.loss.y, value, arrivingDecades);
  });
  drawEdges(brush, list, derivative, layout.places.compact ? 0.75 : 1);
}

/** @param {CanvasRenderingContext2D} brush @param {NetworkLayout} layout @param {Scene} scene */
function drawTiles(brush, layout, { tile, block, ink, dot }) {
  for (const { column, unit, x, y, width, height } of layout.neurons) {
    const box = /** @type {const} */ ([x - width / 2 + 1, y - height / 2 + 1, width - 2, height - 2]);
    const picture = tile(column, unit);
    brush.beginPath();
    brush.roundRect(...box, Math.min(4.5, height / 4));
    brush.fillStyle = ink.surface;
    brush.fill();
    if (typeof picture === "string") {
      brush.fillStyle = picture;
      brush.fill();
    } else if (picture) {
      brush.drawImage(picture, ...box);
      if (dot) drawPoint(brush, box[0] + dot.x * box[2], box[1] + dot.y * box[3], Math.min(3, height / 8), { square: false, fill: ink.surface, line: ink.ink, thick: 1.6 });
    }
  }
  layout.columns.forEach((box, column) => {
    const { kind, left, right, top, height } = box;
    if (kind === "tiles") return;
    if (kind === "block") return drawBlock(brush, box, block?.(column) ?? [], ink);
    brush.fillStyle = ink.surface;
    brush.fillRect(left, top, right - left, height);
    const picture = tile(column, -1);
    brush.imageSmoothingEnabled = false;
    if (picture && typeof picture !== "string") brush.drawImage(picture, left, top, right - left, height);
    brush.imageSmoothingEnabled = true;
  });
}

/** @param {CanvasRenderingContext2D} brush @param {NetworkLayout} layout @param {Scene} scene */
function drawBiases(brush, layout, { links, decades, ink }) {
  layout.links.forEach(({ to, target }, index) => {
    const column = layout.columns[target];
    const { biases, weighs, still } = links[index];
    if (!weighs || column.kind !== "tiles") return;
    const half = layout.neurons.find((neuron) => neuron.column === target)?.height ?? 0;
    const radius = layout.places.compact || half <= 24 ? 2.5 : 4.5;
    to.forEach((y, unit) => {
      const value = biases ? biases.data[unit] * 2 ** biases.exponent : null;
      drawBias(brush, column.left - radius - 4.5, y + half / 2 - radius - 1, radius, value, decades, ink, still);
    });
  });
}
