/** The operations of one update as a strip: a stretch for each phase, filled as far as it is done, with its name where that fits. */

import { text } from "./curves.js";

/** @typedef {import("./run.js").Brush & Pick<CanvasRenderingContext2D, "rect" | "fillRect" | "measureText">} Brush */

const GAP = 1;
const NAMED = 8;

/**
 * @param {Brush} brush @param {import("./run.js").Box} box
 * @param {{phases: import("../layout/timeline.js").Phase[], done: number, count: number}} ops
 * @param {import("./run.js").Ink & {sunken: string, outline: string}} ink
 */
export function drawOps(brush, box, { phases, done, count }, ink) {
  brush.font = ink.font;
  /** @param {number} op */
  const across = (op) => box.x + (op / count) * box.width;
  for (const { phase, from, to } of phases) {
    const [left, right] = [across(from) + GAP, across(to) - GAP];
    const until = Math.max(left, Math.min(right, across(done)));
    brush.fillStyle = ink.sunken;
    brush.fillRect(left, box.y, until - left, box.height);
    brush.strokeStyle = ink.outline;
    brush.lineWidth = 1;
    brush.setLineDash(done >= to ? [] : [1.5, 2.5]);
    brush.beginPath();
    brush.rect(left + 0.5, box.y + 0.5, Math.max(0, right - left - 1), box.height - 1);
    brush.stroke();
    brush.setLineDash([]);
    if (brush.measureText(phase).width + NAMED < right - left) text(brush, phase, (left + right) / 2, box.y + box.height / 2, ink.muted, "center");
  }
}
