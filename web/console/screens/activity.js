// To come.
import { html } from "../html.js";

export const Activity = () => html`<p></p>`;
