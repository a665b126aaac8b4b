// To come.
import { html } from "../html.js";

export const Receive = () => html`<p></p>`;
