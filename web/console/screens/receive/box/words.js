// What is said of a drop box in more than one place.
import { shown } from "../../../foreign.js";
import { roundSize, t } from "../../../i18n.js";
import { endOf } from "../../../words.js";

/** @param {string} id @param {string} [upload] */
export const boxUrl = (id, upload) =>
  `/boxes/${encodeURIComponent(id)}${upload === undefined ? "" : `/uploads/${encodeURIComponent(upload)}`}`;

export const titleOf = (box) => shown(box.title || t("console.box.unnamed"));

export const isExpired = (box) => Boolean(box.expires) && box.expires * 1000 <= Date.now();
const isFull = ({ limits, received }) => received.files >= limits.files || received.bytes >= limits.bytes;

/** @param {Box} box @returns {[string, string]} its text and tone */
export function stateOf(box) {
  if (isExpired(box)) return ["console.box.expired", "idle"];
  if (!box.is_open) return ["console.box.closed", "idle"];
  return isFull(box) ? ["console.box.full", "warn"] : ["console.box.open", "ok"];
}

/** @param {Box} box @returns {string} "Until 30 November 2026. At most 4 GB each, 100 files and 10 GB in all." */
export function limitsOf({ expires, limits }) {
  const end = expires ? t("console.limits.until", { moment: endOf(expires) }) : t("console.limits.never");
  return `${end} ${t("console.box.limits", { each: roundSize(limits.file_bytes), n: limits.files, all: roundSize(limits.bytes) })}`;
}

/** @param {string} [text] of several lines, by somebody else */
export const linesOf = (text) => (text ?? "").split(/\r?\n/).map(shown).join("\n");
