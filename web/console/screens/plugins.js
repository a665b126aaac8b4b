// To come.
import { html } from "../html.js";

export const Plugins = () => html`<p></p>`;
