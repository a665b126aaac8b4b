// To come.
import { html } from "../html.js";

export const Settings = () => html`<p></p>`;
