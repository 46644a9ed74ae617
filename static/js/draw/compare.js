/** Two branches on the same axes: their losses in one picture, and what they share marked. */

import { decadesOf, logScale } from "../scale/log.js";
import { brief } from "../scale/number.js";
import { MARGIN, curve, grid, labels, line, text, ticks } from "./curves.js";

/** @typedef {import("./run.js").Brush} Brush */
/** @typedef {import("./run.js").Box} Box */
/** @typedef {import("./run.js").Ink} Ink */
/** @typedef {{name: string, metrics: {updates: number[], train_loss: (number | null)[]}}} Side */

const HEAD = 18;

/**
 * @param {Brush} brush @param {Box} box @param {Side[]} sides  the current branch first
 * @param {{last: number, parted: number}} axes  where the axis ends, and the update up to which both are the same @param {Ink} ink
 */
export function drawLosses(brush, box, sides, { last, parted }, ink) {
  brush.font = ink.font;
  const plot = { x: box.x, y: box.y + HEAD, width: box.width, height: box.height - HEAD - MARGIN.ticks - 6 };
  const decades = decadesOf(sides.map(({ metrics }) => metrics.train_loss), 0.35);
  const up = logScale(decades, plot.y + plot.height, plot.y);
  /** @param {number} update */
  const across = (update) => plot.x + MARGIN.left + (update / last) * (plot.width - MARGIN.left - MARGIN.right);
  grid(brush, plot, decades, up, ink);
  brush.setLineDash([2, 3]);
  line(brush, [across(parted), across(parted)], [plot.y - 4, plot.y + plot.height], ink.muted, 1);
  brush.setLineDash([]);
  const left = across(parted) > plot.x + plot.width / 2;
  text(brush, `the same up to update ${parted.toLocaleString("en-GB")}`, across(parted) + (left ? -4 : 4), box.y + 7, ink.muted, left ? "right" : "left");
  const styles = [{ color: ink.accent, dash: [] }, { color: ink.ink, dash: [5, 3] }];
  [...sides.keys()].reverse().forEach((index) => curve(brush, sides[index].metrics.updates, sides[index].metrics.train_loss, across, up, styles[index].color, styles[index].dash));
  labels(brush, plot, sides.flatMap(({ name, metrics }, index) => {
    const value = metrics.train_loss.findLast((loss) => loss !== null);
    return value ? [{ text: `${short(name)} ${brief(value)}`, y: up(value), color: styles[index].color }] : [];
  }));
  ticks(brush, plot.y + plot.height + 12, last, across, ink);
}

/** A name as far as it fits beside the plot. @param {string} name */
const short = (name) => (name.length > 9 ? `${name.slice(0, 8)}…` : name);
