// How far something is: a labelled bar.
import { percent } from "../i18n.js";
import { html } from "../html.js";

/** @param {{part?: number, label: string, tone?: string}} props part 0…1; without it, nobody knows */
export const Progress = ({ part, label, tone }) => (part === undefined
  ? html`<progress class="progress" aria-label=${label} data-tone=${tone}></progress>`
  : html`<progress class="progress" max="1" value=${part} aria-label=${label} aria-valuetext=${percent(part)}
      data-tone=${tone}></progress>`);
