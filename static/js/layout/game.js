/** The program of a game as cells in two rows, one a player: its turns from left to right, each forward, loss, backward, update. */

/** @typedef {import("../types.js").Graph} Graph */
/** @typedef {import("../types.js").Instruction} Instruction */
/** @typedef {import("./loop.js").Cell} Cell */

/** @typedef {{name: string, from: number, to: number}} Stretch  a player's columns, the first and the last */

const NARROW = 26;
const SHORT = /** @type {Record<string, string>} */ ({ forward: "on", loss: "loss", backward: "back", update: "upd" });

/**
 * @param {Graph} graph @param {import("./columns.js").Places} places
 * @returns {Cell[]} in execution order
 */
export function layoutGame({ instructions, task }, { columns, loss }) {
  const turns = task?.turns ?? [];
  const players = [...new Set(turns.map(({ name }) => name))];
  const [left, right] = [columns[0].left, loss.right];
  return players.flatMap((player, row) => {
    const mine = groups(instructions.filter(({ turn }) => turns[turn ?? 0]?.name === player));
    const weight = mine.map((members) => 1 + Math.sqrt(members.length));
    const whole = weight.reduce((sum, one) => sum + one, 0);
    let x = left;
    return mine.map((members, index) => {
      const width = ((right - left) * weight[index]) / whole;
      const { phase } = members[0];
      const numbers = members.map((one) => one.index);
      const text = width < NARROW ? "" : width < phase.length * 7 ? SHORT[phase] : phase;
      const made = { key: `${player} ${numbers[0]}`, row: /** @type {"forward" | "backward"} */ (row ? "backward" : "forward"), where: player, x, width, text, name: phase, first: numbers[0], last: numbers[numbers.length - 1], members: numbers };
      x += width;
      return made;
    });
  }).sort((a, b) => a.first - b.first);
}

/** Whose columns are whose, from left to right: the first column, which is the noise, is the first player's. @param {Graph} graph @returns {Stretch[]} */
export function stretchesOf({ columns, task }) {
  const turns = task?.turns ?? [];
  const owner = (/** @type {number[]} */ layers) => turns.find((turn) => layers.some((layer) => turn.layers.includes(layer)))?.name;
  /** @type {Stretch[]} */
  const found = [];
  for (const { index, layers } of turns.length ? columns : []) {
    const name = owner(layers) ?? found.at(-1)?.name ?? owner(columns[1]?.layers ?? []) ?? "";
    const last = found.at(-1);
    if (last?.name === name) last.to = index;
    else found.push({ name, from: index, to: index });
  }
  return found;
}

/**
 * The turn that the operation just done belongs to, and whether it is going on: at the end of an update each player has had its own.
 * @param {Graph | null} graph @param {{update: number, instruction: number} | null} position
 */
export function turnOf(graph, position) {
  const turns = graph?.task?.turns;
  if (!graph || !turns?.length || !position) return null;
  const { update, instruction } = position;
  const last = update || instruction ? graph.instructions.at(instruction - 1) : graph.instructions[0];
  return { ...turns[last?.turn ?? 0], on: instruction > 0 };
}

/** Whether a layer's weights stand still where the program stands: in the other's turn, and always where its player is not trained. @param {Graph} graph @param {{update: number, instruction: number} | null} position @param {number} layer */
export function standsStill(graph, position, layer) {
  const turn = turnOf(graph, position);
  const own = graph.task?.turns?.filter(({ layers }) => layers.includes(layer)) ?? [];
  return Boolean(turn && own.length) && (!own.some(({ learns }) => learns) || (Boolean(turn?.on) && !turn?.layers.includes(layer)));
}

/** Instructions of one phase in a row. @param {Instruction[]} own @returns {Instruction[][]} */
function groups(own) {
  /** @type {Instruction[][]} */
  const found = [];
  for (const one of own) {
    const last = found[found.length - 1]?.at(-1);
    if (last && last.phase === one.phase && last.turn === one.turn) found[found.length - 1].push(one);
    else found.push([one]);
  }
  return found;
}
