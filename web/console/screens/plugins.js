// S8: which plugins run, and what they show.
import { useEffect } from "preact/hooks";
import { ask } from "../api.js";
import { shown } from "../foreign.js";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Heading } from "../parts/heading.js";
import { Icon } from "../parts/icon.js";
import { loadPlugins, Panel, plugins } from "../parts/panels.js";
import { State } from "../parts/state.js";
import { placeOf } from "../words.js";
import { attempt, toast } from "../parts/toast.js";

const reload = (plugin) => attempt(async () => {
  await ask("POST", `/plugins/${encodeURIComponent(plugin.name)}/reload`);
  toast(t("console.plugins.reloaded", { name: shown(plugin.name) }));
  await loadPlugins();
});

function Plugin({ plugin }) {
  const name = shown(plugin.name);
  return html`<li class="card group">
    <div class="plugin-head"><h2>${name}</h2>
      <${State} tone=${plugin.is_running ? "ok" : "bad"}>${t(plugin.is_running ? "console.plugins.running" : "console.plugins.stopped")}<//>
      <button aria-label=${`${t("console.plugins.reload")}: ${name}`} onClick=${() => reload(plugin)}>${t("console.plugins.reload")}</button></div>
    ${plugin.description && html`<p>${shown(plugin.description)}</p>`}
    <p class="muted"><span class="address">${placeOf(plugin.path)}</span></p>
    ${plugin.reason && html`<p class="trouble">${shown(plugin.reason)}</p>`}
    ${plugin.strikes > 0 && html`<p class="trouble">${t("console.plugins.strikes", { n: plugin.strikes })}</p>`}
    ${plugin.is_running && (plugin.panels ?? []).map((panel) => html`<${Panel} key=${panel.id} plugin=${plugin} panel=${panel} />`)}
  </li>`;
}

export function Plugins() {
  useEffect(() => {
    loadPlugins();
  }, []);
  const found = plugins.value;
  return html`<section class="screen" aria-labelledby="plugins-title">
    <header><a class="button plain icon-only" href="/settings" aria-label=${t("console.settings")}><${Icon} name="back" /></a>
      <${Heading} id="plugins-title">${t("console.plugins")}<//></header>
    ${found?.length === 0 && html`<p class="muted">${t("console.plugins.none")} <code>plugin "expiry" { after = "30d" }</code></p>`}
    <ul class="plugin-list">${(found ?? []).map((plugin) => html`<${Plugin} key=${plugin.name} plugin=${plugin} />`)}</ul>
  </section>`;
}
