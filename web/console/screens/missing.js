// An address that leads nowhere.
import { t } from "../i18n.js";
import { html } from "../html.js";

export const Missing = () => html`<section class="nothing" aria-labelledby="missing-title">
  <h1 id="missing-title" tabindex="-1">${t("console.missing")}</h1><p>${t("console.missing.what")}</p>
  <a class="button primary" href="/shares">${t("console.shares")}</a></section>`;
