// A strip of 256 parts of a share: how much of each somebody has.
import { useMemo } from "preact/hooks";
import { html } from "../../html.js";

/** @param {string} pieces base64 @returns {number[]} 0…255 each */
export const bucketsOf = (pieces) => Array.from(atob(pieces), (character) => character.charCodeAt(0));

/** @param {{availability?: string, recipients: Recipient[]}} found @returns {string|null} which parts the recipients have among them */
export function availability({ availability: given, recipients }) {
  // The daemon counts 16 for each whole copy; four of them are as dark as it gets.
  if (given) return btoa(String.fromCharCode(...bucketsOf(given).map((copies) => Math.min(255, copies * 4))));
  const all = recipients.filter((item) => item.pieces && item.state === "active").map((item) => bucketsOf(item.pieces));
  if (all.length === 0) return null;
  return btoa(String.fromCharCode(...all[0].map((_, at) => Math.max(...all.map((one) => one[at] ?? 0)))));
}

/** @param {{values: string, label: string}} props values: base64 of buckets */
export function Strip({ values, label }) {
  const paths = useMemo(() => {
    const parts = bucketsOf(values);
    // Neighbours that are alike make one rectangle; four shades are enough for the eye.
    const shades = ["", "", "", ""];
    for (let at = 0; at < parts.length;) {
      const shade = Math.ceil((parts[at] / 255) * 4);
      let end = at;
      while (end < parts.length && Math.ceil((parts[end] / 255) * 4) === shade) end += 1;
      if (shade > 0) shades[shade - 1] += `M${at} 0h${end - at}v1h${at - end}z`;
      at = end;
    }
    return { shades, count: parts.length };
  }, [values]);
  return html`<svg class="strip" viewBox=${`0 0 ${paths.count} 1`} preserveAspectRatio="none" role="img" aria-label=${label}>
    ${paths.shades.map((path, at) => path && html`<path d=${path} fill-opacity=${(at + 1) / 4} />`)}</svg>`;
}
