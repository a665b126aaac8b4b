// To come.
import { html } from "../html.js";

export const Detail = () => html`<p></p>`;
