// The screen of a plugin's own: a panel that stands in the navigation.
import { useEffect } from "preact/hooks";
import { shown } from "../foreign.js";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Heading } from "../parts/heading.js";
import { loadPlugins, Panel, panelsOf, plugins } from "../parts/panels.js";
import { Missing } from "./missing.js";

/** @param {{plugin: string, id: string}} props */
export function PanelScreen({ plugin, id }) {
  // Whoever comes by its address does not wait until the other screens ask.
  useEffect(() => {
    if (!plugins.peek()) loadPlugins();
  }, []);
  const found = panelsOf("nav").find((one) => one.plugin.name === plugin && one.panel.id === id);
  if (!plugins.value) return html`<div class="loading" role="status" aria-label=${t("console.loading")}></div>`;
  if (!found) return html`<${Missing} />`;
  return html`<section class="screen" aria-labelledby="panel-title">
    <header><${Heading} id="panel-title">${shown(found.panel.title)}<//></header>
    <${Panel} key=${`${plugin} ${id}`} ...${found} isAlone=${true} /></section>`;
}
