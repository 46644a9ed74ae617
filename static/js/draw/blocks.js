/** Layers that are no columns of neurons: pictures of their numbers, dotted while unknown, and the way from one to the next. */

/** @typedef {import("../layout/network.js").NetworkLayout} NetworkLayout */

const HEAD = 5;
/** The radius of the sign where two paths are added, px. */
const SUM = 6;
/** How far a block's title reaches above it, px. */
const TITLE = 19;

/**
 * The ways between neighbours whose numbers no edge joins one by one: an arrow, which carries no number.
 * @param {CanvasRenderingContext2D} brush @param {NetworkLayout} layout @param {string} color
 */
export function drawJoints(brush, { joints, columns, places }, color) {
  brush.strokeStyle = color;
  brush.lineWidth = 1.2;
  for (const { from, to, skips } of joints) {
    const [left, right] = [columns[from], columns[to]];
    if (skips) around(brush, left, right, skips, places.compact);
    const [y0, y1] = [left.top + left.height / 2, right.top + right.height / 2];
    const inset = places.compact ? 3 : Math.min(10, (right.left - left.right) * 0.15);
    const [x0, x1] = [left.right + inset, right.left - inset];
    if (x1 - x0 < HEAD) continue;
    const middle = (x0 + x1) / 2;
    brush.beginPath();
    brush.moveTo(x0, y0);
    brush.bezierCurveTo(middle, y0, middle, y1, x1, y1);
    brush.moveTo(x1 - HEAD, y1 - HEAD * 0.7);
    brush.lineTo(x1, y1);
    brush.lineTo(x1 - HEAD, y1 + HEAD * 0.7);
    brush.stroke();
  }
}

/**
 * The second paths of a layer, one after the other: each over a part of what stands inside, and added to it at the part's end; the signs clear of a title.
 * @param {CanvasRenderingContext2D} brush @param {NetworkLayout["columns"][number]} left @param {NetworkLayout["columns"][number]} right @param {number} count @param {boolean} compact
 */
function around(brush, left, right, count, compact) {
  const clear = (/** @type {typeof left} */ column) => column.top - (column.kind === "block" && !compact ? TITLE : 0) - 2;
  const y = clear(right) - SUM;
  const top = Math.max(2, Math.min(clear(left), y) - 3 * SUM);
  let [x, from] = [(left.left + left.right) / 2, clear(left)];
  brush.beginPath();
  for (let index = 0; index < count; index += 1) {
    const end = right.left + (count > 1 ? (index + 0.9) / count : 0.5) * (right.right - right.left); // of several, clear of a short name at the left
    brush.moveTo(x, from);
    brush.bezierCurveTo(x, top, end, top, end, y - SUM);
    brush.moveTo(end + SUM, y);
    brush.arc(end, y, SUM, 0, 2 * Math.PI);
    brush.moveTo(end - 3, y);
    brush.lineTo(end + 3, y);
    brush.moveTo(end, y - 3);
    brush.lineTo(end, y + 3);
    [x, from] = [end, y - SUM];
  }
  brush.stroke();
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {NetworkLayout["columns"][number]} column
 * @param {(CanvasImageSource | null)[]} looks  one for each picture of the block, null while it is unknown
 * @param {{surface: string, outline: string}} ink
 */
export function drawBlock(brush, { pictures = [] }, looks, ink) {
  brush.imageSmoothingEnabled = false;
  brush.lineWidth = 1;
  pictures.forEach(({ box: { x, y, width, height } }, index) => {
    const look = looks[index];
    brush.fillStyle = ink.surface;
    brush.fillRect(x, y, width, height);
    if (look) brush.drawImage(look, x, y, width, height);
    brush.strokeStyle = ink.outline;
    brush.setLineDash(look ? [] : [1.5, 3]);
    brush.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
  });
  brush.setLineDash([]);
  brush.imageSmoothingEnabled = true;
}

/**
 * Derivatives as pixels on the legend's scale, in the order in which they come.
 * @param {Uint32Array} out @param {ArrayLike<number | null>} values  null while unknown
 * @param {(value: number) => number} color
 * @param {number} unknown
 */
export function paintNumbers(out, values, color, unknown) {
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    out[at] = value === null ? unknown : color(value);
  }
}
