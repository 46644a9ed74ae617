/** Blocks of the row: where each picture of a layer that is no column of neurons stands, and which number lies under a point of it. */

/** @typedef {{x: number, y: number, width: number, height: number}} Box */
/** @typedef {{what: "value" | "gradient" | "size" | "cell", box: Box, channel: number}} Picture  a size is a norm a time step, a cell that of the cell state */
/** @typedef {{pictures: Picture[], ys: Float32Array, top: number, height: number, label: string}} Block */

const HEAD = 20;
const GAP = 3;
const MOST_STACKS = 4;
const TALLEST = 15;
const STRIP = 11;

/** Whether a column is drawn as pictures of its values, and not as neurons. @param {{kind?: string, shape?: number[]}} column */
export const isBlock = ({ kind = "neurons", shape = [] }) => kind === "images" || kind === "sequence" || (kind === "block" && shape.length > 1);

/** How many units stand below each other in a block of steps: those of one hidden state, else those of the last axis. @param {{shape?: number[], hidden?: number | null}} column */
const unitsOf = ({ shape = [], hidden }) => hidden ?? shape[shape.length - 1];

/** How many numbers of a block can be pointed at: all its values, of a sequence those of every time step. @param {{shape?: number[], hidden?: number | null, moments?: any[], units: number}} column */
export const spots = (column) => (column.moments?.length ? ordered(column.moments).length * unitsOf(column) : column.units);

/**
 * @param {{kind?: string, shape?: number[], moments?: {c: number | null}[], units: number}} column
 * @param {{left: number, right: number, bottom: number, over?: number}} place  `over` is kept free above the title
 * @returns {Block}
 */
export function layoutBlock(column, place) {
  const { shape = [] } = column;
  return column.kind === "images" ? images(shape, place) : grid(column, place);
}

/** Channels one below the other, each as its values beside their gradients. @param {number[]} shape @param {{left: number, right: number, bottom: number, over?: number}} place @returns {Block} */
function images([channels, height, width], { left, right, bottom, over = 0 }) {
  const head = HEAD + over;
  const room = { width: right - left, height: bottom - head };
  let best = { stacks: 1, rows: channels, w: 0, h: 0 };
  for (let stacks = 1; stacks <= Math.min(MOST_STACKS, channels); stacks += 1) {
    const rows = Math.ceil(channels / stacks);
    const across = ((room.width - (stacks - 1) * 2 * GAP) / stacks - 2) / 2;
    const h = Math.min((across * height) / width, room.height / rows - GAP);
    if (h > best.h) best = { stacks, rows, w: (h * width) / height, h };
  }
  const { stacks, rows, w, h } = best;
  const total = rows * (h + GAP) - GAP;
  const top = head + Math.max(0, (room.height - total) / 2) - 2;
  const pair = 2 * w + 2;
  const start = (left + right) / 2 - (stacks * pair + (stacks - 1) * 2 * GAP) / 2;
  /** @type {Picture[]} */
  const pictures = [];
  for (let channel = 0; channel < channels; channel += 1) {
    const x = start + Math.floor(channel / rows) * (pair + 2 * GAP);
    const y = top + (channel % rows) * (h + GAP);
    pictures.push({ what: "value", channel, box: { x, y, width: w, height: h } }, { what: "gradient", channel, box: { x: x + w + 2, y, width: w, height: h } });
  }
  const ys = Float32Array.from({ length: channels * height * width }, (_, at) => pictures[2 * Math.floor(at / (height * width))].box.y + ((Math.floor(at / width) % height) + 0.5) * (h / height));
  return { pictures, ys, top, height: total, label: `${channels} × ${height} × ${width}` };
}

/** Steps across and units down: the values, below them their gradients, below those the size of each step's gradient. @param {any} column @param {{left: number, right: number, bottom: number, over?: number}} place @returns {Block} */
function grid(column, { left, right, bottom, over = 0 }) {
  const head = HEAD + over;
  const { moments = [], units: count } = column;
  const units = unitsOf(column);
  const steps = spots(column) / units;
  const strips = moments.length ? (moments.some((/** @type {any} */ { c }) => c !== null) ? 2 : 1) : 0;
  const row = Math.min(TALLEST, (bottom - head - strips * (STRIP + GAP) - GAP) / (2 * units));
  const height = row * units;
  const total = 2 * height + GAP + strips * (STRIP + GAP);
  const top = head + Math.max(0, (bottom - head - total) / 2) - 2;
  const width = right - left;
  const below = top + 2 * height + 2 * GAP;
  /** @type {Picture[]} */
  const pictures = [
    { what: "value", channel: 0, box: { x: left, y: top, width, height } },
    { what: "gradient", channel: 0, box: { x: left, y: top + height + GAP, width, height } },
  ];
  if (strips) pictures.push({ what: "size", channel: 0, box: { x: left, y: below, width, height: STRIP } });
  if (strips > 1) pictures.push({ what: "cell", channel: 0, box: { x: left, y: below + STRIP + GAP, width, height: STRIP } });
  const ys = Float32Array.from({ length: count }, (_, at) => top + ((at % units) + 0.5) * row);
  return { pictures, ys, top, height: total, label: `${steps} × ${units}` };
}

/**
 * Which number a point of a block stands for, counted through its spots; −1 beside its pictures.
 * @param {{kind?: string, shape?: number[], moments?: any[], units: number}} column
 * @param {Picture[]} pictures
 * @param {{x: number, y: number}} at
 */
export function spotAt(column, pictures, { x, y }) {
  const found = pictures.find(({ box }) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
  if (!found) return -1;
  const { box, channel, what } = found;
  const { shape = [] } = column;
  const [down, across] = [(y - box.y) / box.height, (x - box.x) / box.width];
  if (column.kind === "images") return (channel * shape[1] + Math.floor(down * shape[1])) * shape[2] + Math.floor(across * shape[2]);
  const units = unitsOf(column);
  const steps = spots(column) / units;
  return Math.floor(across * steps) * units + (what === "value" || what === "gradient" ? Math.floor(down * units) : 0);
}

/**
 * The number of a spot: its node, its place among that node's numbers, and what it is called.
 * @param {{post: number, shape?: number[], hidden?: number | null, moments?: any[]}} column @param {number} spot
 * @returns {{node: number, at: number, index: number[]}}
 */
export function spotOf(column, spot) {
  const { post, shape = [], moments = [] } = column;
  if (moments.length) {
    const units = unitsOf(column);
    return { node: ordered(moments)[Math.floor(spot / units)].h, at: spot % units, index: [spot % units] };
  }
  const index = [];
  let rest = spot;
  for (const side of [...shape].reverse()) {
    index.unshift(rest % side);
    rest = Math.floor(rest / side);
  }
  return { node: post, at: spot, index };
}

/** Time steps as they follow each other in the sequence, whichever way they are read; of a sequence read both ways the one read forwards. @template {{t?: number, way?: string}} M @param {M[]} moments @returns {M[]} */
export function ordered(moments) {
  const onward = moments.filter(({ way }) => !way);
  return [...(onward.length ? onward : moments)].sort((a, b) => Number(a.t) - Number(b.t));
}
