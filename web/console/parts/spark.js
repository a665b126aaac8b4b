// A small line of what went by, drawn beside the number it explains.
import { html } from "../html.js";

const width = 96;
const height = 24;

/** @param {{values: number[], label: string}} props */
export function Spark({ values, label }) {
  if (values.length < 2) return null;
  const most = Math.max(...values, 1);
  const x = (at) => ((at / (values.length - 1)) * width).toFixed(1);
  const y = (value) => (height - 2 - (value / most) * (height - 4)).toFixed(1);
  const line = values.map((value, at) => `${at === 0 ? "M" : "L"}${x(at)} ${y(value)}`).join("");
  return html`<svg class="spark" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${label}>
    <path class="spark-area" d=${`${line}L${width} ${height}L0 ${height}Z`} /><path class="spark-line" d=${line} /></svg>`;
}
