/** Numbers as a reader sees them: a real minus, four significant digits, scientific where plain digits would hide the size. */

const MINUS = "−";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * @param {number | null | undefined} value
 * @param {number} [digits]  significant digits
 */
export function format(value, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? `${MINUS}∞` : "∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power < -3 || power >= Math.max(4, digits)) return `${sign}${mantissa} · 10${superscript(power)}`;
  return sign + (power >= digits ? size.toFixed(0) : size.toPrecision(digits));
}

/**
 * The same with its sign always written and few digits, for the narrow sockets of a neuron.
 * @param {number} value
 */
export function formatShort(value) {
  if (!Number.isFinite(value)) return format(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "+";
  if (size >= 9999.5 || size < 0.00095) return sign + size.toExponential(0).replace("+", "").replace("-", MINUS);
  if (size < 0.0995) return sign + size.toFixed(3);
  return sign + (size < 99.95 ? size.toFixed(2) : size.toFixed(0));
}

/** @param {number} power */
export function superscript(power) {
  const digits = String(Math.abs(power)).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
  return (power < 0 ? "⁻" : "") + digits;
}

/** A count as an index below the line. @param {number} count */
export const lowered = (count) => [...String(count)].map((digit) => String.fromCodePoint(0x2080 + Number(digit))).join("");

/** @param {number} power */
export const powerOfTen = (power) => (power === 0 ? "1" : `10${superscript(power)}`);

/**
 * Three significant digits, and where the size asks for it a power of ten in the fewest letters.
 * @param {number | null | undefined} value
 * @param {number} [least]  the smallest size that is written out
 */
export function brief(value, least = 0.001) {
  if (value === null || value === undefined) return "–";
  if (value === 0 || !Number.isFinite(value)) return format(value);
  const size = Math.abs(value);
  const text = size >= least && size < 1000 ? size.toPrecision(3) : size.toExponential(1).replace("+", "").replace("-", MINUS);
  return value < 0 ? MINUS + text : text;
}

/**
 * The labels of a logarithmic axis: all of them plain, or all of them powers of ten where one would be too long.
 * @param {number[]} values
 */
export function axisTexts(values) {
  if (values.every((value) => value >= 0.01 && value <= 100)) return values.map(String);
  return values.map((value) => {
    const power = Math.floor(Math.log10(value) + 1e-9);
    const times = Number((value / 10 ** power).toPrecision(2));
    return times === 1 ? powerOfTen(power) : `${times}e${power}`.replace("-", MINUS);
  });
}

/** @param {number | null | undefined} share */
export const percent = (share) => (share === null || share === undefined ? "–" : `${Math.round(share * 100)}\u00a0%`);

/**
 * A share as far as it can be told in per cent, and below that as a power of ten.
 * @param {number | null} value
 */
export function share(value) {
  if (value === null) return "–";
  if (value !== 0 && Math.abs(value) < 0.001) return format(value, 2);
  const size = 100 * value;
  return `${(Math.abs(size) < 10 ? Number(size.toPrecision(2)) : Math.round(Number(size.toPrecision(2)))).toLocaleString("en-GB")}\u00a0%`;
}

const UNITS = /** @type {const} */ ([[3600, "h"], [60, "min"], [1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]]);

/**
 * A time in the unit that suits its size.
 * @param {number} seconds @param {number} [digits]
 */
export function duration(seconds, digits = 3) {
  const [unit, name] = UNITS.find(([least]) => seconds >= least * 0.9995) ?? UNITS[UNITS.length - 1];
  return `${Number((seconds / unit).toPrecision(digits)).toLocaleString("en-GB", { maximumSignificantDigits: Math.max(digits, 1) })}\u00a0${name}`;
}

/** Bytes as a reader sees them. @param {number} bytes */
export function amount(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${Number((bytes / 1e6).toPrecision(2)).toLocaleString("en-GB")} MB`;
}
