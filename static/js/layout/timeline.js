/** What stands on the timeline: what was changed by hand, where branches part, and the operations of the update that is shown. */

/** @typedef {import("../types.js").Position} Position */
/** @typedef {{kind: "edit" | "settings" | "branch", position: Position, says: string}} Mark */
/** @typedef {{x: number, marks: Mark[]}} Flag */
/** @typedef {{phase: string, from: number, to: number}} Phase */

/**
 * The changes of the current branch, and where each other branch parts from it, in order.
 * @param {any[]} branches  as the server lists them
 * @returns {Mark[]}
 */
export function marksOf(branches) {
  const current = branches.find((branch) => branch.current);
  /** @type {Mark[]} */
  const changes = (current?.changes ?? []).map((/** @type {any} */ { kind, position, says }) => ({ kind, position, says }));
  /** @type {Mark[]} */
  const forks = branches.filter((branch) => !branch.current && branch.parted)
    .map(({ name, parted, end }) => ({ kind: "branch", position: parted, says: `${name} parts here; it goes to ${said(end)}` }));
  return [...changes, ...forks].sort((a, b) => a.position.update - b.position.update || a.position.instruction - b.position.instruction);
}

/**
 * Marks that would touch one another stand as one flag.
 * @param {Mark[]} marks @param {(update: number) => number} across @param {number} gap  px
 * @returns {Flag[]}
 */
export function flagsOf(marks, across, gap) {
  /** @type {Flag[]} */
  const flags = [];
  for (const mark of marks) {
    const x = across(mark.position.update);
    const last = flags.at(-1);
    if (last && x - last.x < gap) last.marks.push(mark);
    else flags.push({ x, marks: [mark] });
  }
  return flags;
}

/** A place in words. @param {Position} position */
export const said = ({ update, instruction }) => `update ${update.toLocaleString("en-GB")}${instruction ? `, op ${instruction}` : ""}`;

/**
 * The update whose operations are shown, and how many of them are done: the present one, or at its end the one just finished.
 * @param {{update: number, instruction: number}} at @param {number} count
 */
export function opsAt({ update, instruction }, count) {
  if (instruction > 0) return { update, done: instruction };
  return update > 0 ? { update: update - 1, done: count } : { update: 0, done: 0 };
}

/** The position after so many operations of an update. @param {number} update @param {number} done @param {number} count @returns {Position} */
export const positionOf = (update, done, count) => (done >= count ? { update: update + 1, instruction: 0 } : { update, instruction: done });

/** The stretches of an update that are one phase each. @param {{phase: string}[]} instructions @returns {Phase[]} */
export function phasesOf(instructions) {
  /** @type {Phase[]} */
  const phases = [];
  instructions.forEach(({ phase }, index) => {
    const last = phases.at(-1);
    if (last?.phase === phase) last.to = index + 1;
    else phases.push({ phase, from: index, to: index + 1 });
  });
  return phases;
}
