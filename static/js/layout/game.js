/** The program of a game as cells in two rows, one a player: its turns from left to right, each forward, loss, backward, update. */

/** @typedef {import("../types.js").Graph} Graph */
/** @typedef {import("../types.js").Instruction} Instruction */
/** @typedef {import("./loop.js").Cell} Cell */

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
