/** What the panel of cost compares: four measures of every way to the gradient, each number with its text. */

import { duration, format, powerOfTen, share } from "../scale/number.js";

/** @typedef {{name: string, directions: number | null, forward: number, backward: number, operations: number, seconds: number, error: number | null, expected: number | null, measured: number, of: number, extrapolated: boolean, slower: number, sentence: string}} Way */
/** @typedef {{value: number | null, text: string, guessed: boolean, mark: number | null}} Bar  `guessed` in proportion from a sample, `mark` what theory expects */
/** @typedef {{title: string, note: string, bars: Bar[], tick: (value: number) => string}} Measure */

/** @param {Way} way */
export function nameOf({ name, directions }) {
  if (directions !== null) return directions === 1 ? "1 random direction" : `${directions.toLocaleString("en-GB")} directions`;
  return /** @type {Record<string, string>} */ ({ backpropagation: "backpropagation", central_differences: "central differences", forward_differences: "one-sided differences" })[name] ?? name;
}

/** @param {number} count */
const whole = (count) => count.toLocaleString("en-GB");

/** A large count in few letters: 98,420, 7.5 · 10⁸. @param {number} count */
const counted = (count) => (count < 1e6 ? whole(count) : format(count, 3));

/** Times as much, in two digits from 10 on. @param {number} ratio */
export const times = (ratio) => `${ratio < 10 ? ratio.toPrecision(2) : whole(Number(ratio.toPrecision(2)))} ×`;

/** @param {Way[]} ways @returns {Measure[]} */
export function measures(ways) {
  /** @param {(way: Way) => number | null} of @param {(way: Way) => string} text @param {(way: Way) => Partial<Bar>} [more] */
  const bars = (of, text, more = () => ({})) => ways.map((way) => ({ value: of(way), text: text(way), guessed: false, mark: null, ...more(way) }));
  return [
    { title: "Passes through the network", note: "forward + backward", tick: power, bars: bars(({ forward, backward }) => forward + backward, ({ forward, backward }) => (backward ? `${whole(forward)} + ${whole(backward)}` : whole(forward))) },
    { title: "Operations", note: "multiplications, additions, …", tick: power, bars: bars(({ operations }) => operations, ({ operations }) => counted(operations)) },
    { title: "Time", note: "on this machine", tick: (value) => duration(value, 1), bars: bars(({ seconds }) => seconds, ({ seconds, extrapolated }) => `${extrapolated ? "≈ " : ""}${duration(seconds)}`, ({ extrapolated }) => ({ guessed: extrapolated })) },
    { title: "Error", note: "as a share of the gradient's length", tick: (value) => (value >= 0.01 ? share(value) : power(value)), bars: bars(({ error }) => error, ({ error }) => share(error), ({ expected }) => ({ mark: expected })) },
  ];
}

/** @param {number} value */
const power = (value) => (value > 0.5 && value < 9999 ? whole(Math.round(value)) : powerOfTen(Math.round(Math.log10(value))));
