// A state as dot and word.
import { html } from "../html.js";

/** @param {{tone: string, children: unknown}} props */
export const State = ({ tone, children }) => html`<span class="state" data-tone=${tone}>${children}</span>`;
