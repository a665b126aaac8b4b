// An address that leads nowhere.
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Heading } from "../parts/heading.js";

export const Missing = () => html`<section class="nothing" aria-labelledby="missing-title">
  <${Heading} id="missing-title">${t("console.missing")}<//><p>${t("console.missing.what")}</p>
  <a class="button primary" href="/shares">${t("console.shares")}</a></section>`;
