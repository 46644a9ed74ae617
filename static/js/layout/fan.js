/** Paths that begin in one place and part: where they are drawn, and their names at their ends, moved apart where they would touch. */

export const BOX = { width: 300, height: 136, left: 38, right: 222, top: 8, bottom: 116 };
const APART = 13.5;
const PAD = 0.04;

/**
 * @param {{title: string, path: (number | null)[]}[]} paths  each from 0 on
 * @param {number} length  how many steps the frame is wide
 */
export function fan(paths, length) {
  const values = [0, ...paths.flatMap(({ path }) => path.filter((value) => value !== null).map(Number))];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = PAD * (most - least || 1);
  const [low, high] = [least - room, most + room];
  const x = (/** @type {number} */ step) => BOX.left + (step / Math.max(1, length)) * (BOX.right - BOX.left);
  const y = (/** @type {number} */ value) => BOX.bottom + ((value - low) / (high - low)) * (BOX.top - BOX.bottom);
  const lines = paths.map(({ title, path }) => {
    const points = path.map((value, step) => ({ step, value })).filter(({ value }) => value !== null);
    const last = points[points.length - 1];
    return { title, d: points.map(({ step, value }, index) => `${index ? "L" : "M"}${x(step).toFixed(1)} ${y(Number(value)).toFixed(1)}`).join(""), end: last ? { x: x(last.step), y: y(Number(last.value)) } : null, label: 0 };
  });
  spread(lines);
  return { lines, zero: y(0), ticks: [...new Set([least, 0, most])].map((value) => ({ value, y: y(value) })).filter(({ value, y: at }) => value === 0 || Math.abs(at - y(0)) > APART) };
}

/** Give each line's name a height of its own, as near to the line's end as the others leave room. @param {{end: {y: number} | null, label: number}[]} lines */
function spread(lines) {
  const ordered = lines.filter(({ end }) => end).sort((a, b) => Number(a.end?.y) - Number(b.end?.y));
  let free = BOX.top;
  for (const line of ordered) {
    line.label = Math.max(Number(line.end?.y), free);
    free = line.label + APART;
  }
  let bottom = BOX.height - 6;
  for (const line of ordered.reverse()) {
    line.label = Math.min(line.label, bottom);
    bottom = line.label - APART;
  }
}
