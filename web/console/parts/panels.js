// What plugins show: figures and tables that they describe and the console draws.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api.js";
import { shown } from "../foreign.js";
import { number } from "../i18n.js";
import { html } from "../html.js";

/** @type {import("@preact/signals").Signal<Plugin[]|null>} asked once for all slots */
export const plugins = signal(null);
let isAsked = false;

export async function loadPlugins() {
  isAsked = true;
  plugins.value = (await ask("GET", "/plugins").catch(() => ({ plugins: [] }))).plugins;
}

const cell = (value) => (typeof value === "number" ? number(value) : shown(value));

const Stats = ({ data }) => html`<dl class="figures">${(data ?? []).map((item) => html`<div><dt>${shown(item.label)}</dt>
  <dd>${cell(item.value)}</dd></div>`)}</dl>`;

const Table = ({ title, data }) => html`<div class="scrolls" tabindex="0" role="region" aria-label=${title}><table>
  <thead><tr>${(data?.columns ?? []).map((name) => html`<th scope="col">${shown(name)}</th>`)}</tr></thead>
  <tbody>${(data?.rows ?? []).map((row) => html`<tr>${row.map((value) => html`<td>${cell(value)}</td>`)}</tr>`)}</tbody></table></div>`;

const kinds = { stats: Stats, table: Table };

export function Panel({ plugin, panel }) {
  const [found, setFound] = useState(null);
  useEffect(() => {
    ask("GET", `/plugins/${encodeURIComponent(plugin.name)}/panels/${encodeURIComponent(panel.id)}`).then(setFound, () => {});
  }, [plugin.name, panel.id]);
  const Kind = kinds[found?.kind ?? panel.kind];
  if (!found || !Kind) return null;
  const title = shown(found.title ?? panel.title);
  return html`<section class="group"><h2>${title}</h2><${Kind} title=${title} data=${found.data} /></section>`;
}

/** All panels for a place. @param {{slot: string}} props */
export function Panels({ slot }) {
  useEffect(() => {
    if (!isAsked) loadPlugins();
  }, []);
  return (plugins.value ?? []).filter((plugin) => plugin.is_running).flatMap((plugin) =>
    (plugin.panels ?? []).filter((panel) => panel.slot === slot).map((panel) =>
      html`<${Panel} key=${`${plugin.name} ${panel.id}`} plugin=${plugin} panel=${panel} />`));
}
