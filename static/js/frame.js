/** A frame: 32 bytes of header, one exponent per array, then float32 arrays. The arrays are views on the buffer that came; nothing is copied. */

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Graph} Graph */
/** @typedef {import("./types.js").Numbers} Numbers */

const FIELDS = ["gradients", "parameters", "example_gradients", "values", "cotangents", "scalars", "flows"];
const MAGIC = 0x5042;
const VERSION = 1;
const HEADER = 32;

/**
 * The header alone, which says whether the graph at hand still fits.
 * @param {ArrayBuffer} buffer
 */
export function readHeader(buffer) {
  if (buffer.byteLength < HEADER) throw new RangeError(`A frame has at least ${HEADER} bytes; this one has ${buffer.byteLength}.`);
  const view = new DataView(buffer);
  if (view.getUint16(0, true) !== MAGIC) throw new RangeError("This is not a frame: it does not begin with its magic number.");
  const version = view.getUint8(2);
  if (version !== VERSION) throw new RangeError(`This page reads frames of version ${VERSION}; version ${version} came. Reload the page.`);
  const flags = view.getUint8(3);
  return {
    running: (flags & 1) !== 0,
    diverged: (flags & 2) !== 0,
    bug: (flags & 4) !== 0,
    revision: view.getUint32(4, true),
    sequence: view.getUint32(8, true),
    update: view.getUint32(12, true),
    instruction: view.getUint32(16, true),
    epoch: view.getUint32(20, true),
  };
}

/**
 * @param {ArrayBuffer} buffer
 * @param {Graph} graph  of the same revision
 * @param {string[]} [order]  the fields asked for
 * @returns {Frame}
 */
export function readFrame(buffer, graph, order = FIELDS) {
  const header = readHeader(buffer);
  const slots = order.flatMap((field) => (graph.fields[field] ?? []).map((slot) => ({ field, slot })));
  const exponents = new Float32Array(buffer, HEADER, slots.length);
  /** @type {Record<string, Record<string, Numbers>>} */
  const fields = Object.fromEntries(order.map((field) => [field, {}]));
  let offset = HEADER + 4 * slots.length;
  slots.forEach(({ field, slot }, index) => {
    const size = slot.size ?? 1;
    const data = new Float32Array(buffer, offset, size);
    const numbers = { data, exponent: exponents[index], shape: slot.shape ?? [size] };
    fields[field][String(slot.node ?? slot.name)] = numbers;
    offset += 4 * size;
  });
  if (offset !== buffer.byteLength) throw new RangeError(`This graph's frame has ${offset} bytes; this one has ${buffer.byteLength}.`);
  return { ...header, fields };
}
