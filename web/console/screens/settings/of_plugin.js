// What a plugin that comes with BTshare shows among the settings; where it does not run, how it would.
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { copy } from "../../parts/copy.js";
import { Icon } from "../../parts/icon.js";
import { Panel, panelsOf, plugins } from "../../parts/panels.js";

/** @param {{name: string, without: string, line: string}} props without: what is said where it is not loaded; line: of
 *   config.lua, which loads it */
export function OfPlugin({ name, without, line }) {
  const known = plugins.value?.find((plugin) => plugin.name === name);
  if (!plugins.value) return null;
  if (known && !known.is_running) {
    return html`<p>${t("console.settings.plugin.aside", { name })} <a href="/plugins">${t("console.plugins.open")}</a></p>`;
  }
  if (known) {
    return panelsOf("settings.section").filter(({ plugin }) => plugin === known).map(({ plugin, panel }) => html`
      <${Panel} key=${panel.id} plugin=${plugin} panel=${panel} />`);
  }
  return html`<div class="of-plugin"><p class="muted">${without}</p><code class="address">${line}</code>
    <button aria-label=${`${t("console.copy.short")}: ${line}`} onClick=${() => copy(line)}><${Icon} name="copy" />${t("console.copy.short")}</button></div>`;
}
