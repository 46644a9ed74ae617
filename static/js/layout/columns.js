/** Where the columns of a network stand, shared by the network and by the program above it. */

/** @typedef {{x: number, left: number, right: number}} Place  centre and edges, in px */
/** @typedef {{columns: Place[], loss: Place, step: number, size: number, compact: boolean}} Places */

/** A layer with more units than this is drawn as one strip. */
export const MANY = 16;

/** How much more room a column takes than one of neurons. */
const ROOM = { neurons: 1, images: 1.25, sequence: 2, block: 1.25 };

/** @param {{kind?: keyof typeof ROOM, shape?: number[]}} column */
const roomOf = ({ kind = "neurons", shape = [] }) => (kind === "block" && shape.length < 2 ? 1 : ROOM[kind]);

/**
 * @param {{columns: {units: number, texts?: string[], kind?: any, shape?: number[]}[]}} graph
 * @param {number} width
 * @param {boolean} compact  the narrow page
 * @param {{image: boolean}} [options]  the first column wears a picture
 * @returns {Places}
 */
export function placeColumns({ columns }, width, compact, { image } = { image: false }) {
  const loss = compact ? 19 : width < 700 ? 22 : 27;
  const longest = Math.max(0, ...(columns[0].units > MANY ? [] : columns[0].texts ?? []).map((text) => text.length));
  const before = compact ? 30 : 62 + Math.max(0, Math.min(44, (longest - 4) * 6));
  const after = compact ? loss + 1 : loss + 20;
  const room = width - before - after;
  const rooms = columns.map(roomOf);
  const step = room / rooms.reduce((sum, own) => sum + own, 0);
  const size = Math.max(6, Math.min(compact ? 40 : width < 700 ? 44 : width < 1100 ? 53 : 66, step * 0.6));
  const lead = image ? Math.min(step * 0.3, 34) : 0;
  let from = before - step / 2;
  const places = columns.map(({ units }, index) => {
    const own = rooms[index];
    const x = from + (own * step) / 2 + (index === 0 ? lead : 0);
    const half = (index === 0 && image ? Math.min(96, step * 0.72) : own > 1 ? (own - 0.45) * step * 0.92 : units > MANY ? Math.min(size, 26) : size) / 2;
    from += own * step;
    return { x, left: x - half, right: x + half };
  });
  const x = width - after;
  return { columns: places, loss: { x, left: x - loss, right: x + loss }, step, size, compact };
}
