/** What a pin or a hover points at, as text and in parts: `parameter:2.W[2,3]`, `value:9[3]`, `cotangent:9[0]`, `op:7`. */

/** @typedef {{kind: string, name: string, index: number[]}} Target */

/** @param {string | null | undefined} text @returns {Target | null} */
export function readTarget(text) {
  const found = /^(\w+):([^[]+)(?:\[([\d,\s]+)\])?$/.exec(text ?? "");
  return found && { kind: found[1], name: found[2], index: found[3] ? found[3].split(",").map(Number) : [] };
}

/**
 * The places in the picture that a target lights up: edges by link, neurons by column.
 * @param {import("../types.js").Graph} graph
 * @param {string | null | undefined} text
 * @returns {{edges: {link: number, from: number, to: number}[], neurons: {column: number, unit: number}[]}}
 */
export function placesOf(graph, text) {
  const none = { edges: [], neurons: [] };
  const target = readTarget(text);
  if (!target) return none;
  const { kind, name, index } = target;
  if (kind === "parameter") {
    const link = graph.links.findIndex(({ parameter, bias }) => parameter === name || bias === name);
    if (link < 0) return none;
    const { from, to, parameter } = graph.links[link];
    if (parameter !== name) return { edges: [], neurons: [{ column: to, unit: index[0] }] };
    return { edges: [{ link, from: index[0], to: index[1] }], neurons: [{ column: from, unit: index[0] }, { column: to, unit: index[1] }] };
  }
  const node = Number(name);
  const column = graph.columns.findIndex(({ pre, post }) => post === node || pre === node);
  return column < 0 || kind === "op" ? none : { edges: [], neurons: [{ column, unit: index[0] ?? 0 }] };
}
