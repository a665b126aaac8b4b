// What plugins show: figures and tables that they describe and the console draws.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask, query } from "../api.js";
import { shown } from "../foreign.js";
import { number, t } from "../i18n.js";
import { html } from "../html.js";

/** @type {import("@preact/signals").Signal<Plugin[]|null>} asked once for all slots */
export const plugins = signal(null);
let isAsked = false;

export async function loadPlugins() {
  isAsked = true;
  plugins.value = (await ask("GET", "/plugins").catch(() => ({ plugins: [] }))).plugins;
}

const cell = (value) => (typeof value === "number" ? number(value)
  : typeof value === "boolean" ? t(value ? "console.yes" : "console.no") : shown(value));

const Stats = ({ found }) => html`<dl class="figures">${(found.stats ?? []).map((item) => html`<div><dt>${shown(item.label)}</dt>
  <dd>${cell(item.value)}${item.unit && ` ${shown(item.unit)}`}</dd></div>`)}</dl>`;

const Table = ({ title, found }) => html`<div class="scrolls" tabindex="0" role="region" aria-label=${title}><table>
  <thead><tr>${(found.columns ?? []).map((name) => html`<th scope="col">${shown(name)}</th>`)}</tr></thead>
  <tbody>${(found.rows ?? []).map((row) => html`<tr>${row.map((value) => html`<td>${cell(value)}</td>`)}</tr>`)}</tbody></table></div>`;

const kinds = { stats: Stats, table: Table };

/** @param {{plugin: Plugin, panel: Panel, share?: string}} props share: id of the one it is shown beside */
export function Panel({ plugin, panel, share }) {
  const [found, setFound] = useState(null);
  useEffect(() => {
    ask("GET", `/plugins/${encodeURIComponent(plugin.name)}/panels/${encodeURIComponent(panel.id)}${query({ share })}`).then(setFound, () => {});
  }, [plugin.name, panel.id, share]);
  const Kind = kinds[found?.kind ?? panel.kind];
  if (!found || !Kind) return null;
  const title = shown(found.title ?? panel.title);
  return html`<section class="group"><h2>${title}</h2><${Kind} title=${title} found=${found} /></section>`;
}

/** All panels for a place. @param {{slot: string, share?: string}} props */
export function Panels({ slot, share }) {
  useEffect(() => {
    if (!isAsked) loadPlugins();
  }, []);
  return (plugins.value ?? []).filter((plugin) => plugin.is_running).flatMap((plugin) =>
    (plugin.panels ?? []).filter((panel) => panel.slot === slot).map((panel) =>
      html`<${Panel} key=${`${plugin.name} ${panel.id}`} plugin=${plugin} panel=${panel} share=${share} />`));
}
