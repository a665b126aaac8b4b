// The name of a file or person as somebody else wrote it: the middle is cut when there is no room, the ending never.
import { html } from "../html.js";
import { inTwo } from "../foreign.js";

/** @param {{text: string}} props */
export function Name({ text }) {
  const [start, end] = inTwo(text);
  return html`<bdi class="name" title=${start + end}><span class="name-start">${start}</span>${end && html`<span
    class="name-end">${end}</span>`}</bdi>`;
}
