// How figures of plugins are written: sizes and speeds as everywhere, the rest with the unit that they name.
import { shown } from "../../foreign.js";
import { duration, number, percent, rate, size, t } from "../../i18n.js";

export const cell = (value) => (typeof value === "number" ? number(value)
  : typeof value === "boolean" ? t(value ? "console.yes" : "console.no") : shown(value));

const units = { bytes: size, B: size, "bytes/s": rate, "B/s": rate, seconds: duration, s: duration, "%": (value) => percent(value / 100) };

/** @param {unknown} value @param {string} [unit] */
export function measured(value, unit) {
  if (typeof value === "number" && unit && Object.hasOwn(units, unit)) return units[unit](value);
  return unit ? `${cell(value)}\u00a0${shown(unit)}` : cell(value);
}
