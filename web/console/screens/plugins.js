// S8: which plugins run, what they show and what they logged.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api.js";
import { shown } from "../foreign.js";
import { number, size, t } from "../i18n.js";
import { html } from "../html.js";
import { Heading } from "../parts/heading.js";
import { Icon } from "../parts/icon.js";
import { Log } from "../parts/panel/log.js";
import { loadPlugins, Panel, panelPath, plugins } from "../parts/panels.js";
import { State } from "../parts/state.js";
import { placeOf } from "../words.js";
import { attempt, toast } from "../parts/toast.js";

const reload = (plugin) => attempt(async () => {
  await ask("POST", `/plugins/${encodeURIComponent(plugin.name)}/reload`);
  toast(t("console.plugins.reloaded", { name: shown(plugin.name) }));
  await loadPlugins();
});

const milliseconds = (seconds) => `${number(Math.round(seconds * 1000))}\u00a0ms`;

// A panel of a share's says nothing without one; one of the navigation has a screen to itself.
const isShownHere = (panel) => !["share.detail", "share.limits", "share.page", "nav"].includes(panel.slot);

// Asked for when it is first opened, and anew while it is.
function OwnLog({ plugin }) {
  const [isOpen, setOpen] = useState(false);
  const [lines, setLines] = useState(/** @type {LogLine[]|null} */ (null));
  useEffect(() => {
    if (!isOpen) return undefined;
    const load = () => ask("GET", `/plugins/${encodeURIComponent(plugin.name)}/log`).then((found) => setLines(found.log), () => {});
    load();
    const timer = setInterval(() => document.hidden || load(), 5000);
    return () => clearInterval(timer);
  }, [isOpen, plugin]);
  return html`<details class="plugin-log" onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>${t("console.plugins.log")}</summary>
    ${isOpen && lines && html`<${Log} label=${`${t("console.plugins.log")}: ${shown(plugin.name)}`} lines=${lines} />`}</details>`;
}

function Plugin({ plugin }) {
  const name = shown(plugin.name);
  const panels = plugin.is_running ? plugin.panels ?? [] : [];
  return html`<li class="card group">
    <div class="plugin-head"><h2>${name}</h2>
      <${State} tone=${plugin.is_running ? "ok" : "bad"}>${t(plugin.is_running ? "console.plugins.running" : "console.plugins.aside")}<//>
      <button aria-label=${`${t("console.plugins.reload")}: ${name}`} onClick=${() => reload(plugin)}>${t("console.plugins.reload")}</button></div>
    ${plugin.description && html`<p>${shown(plugin.description)}</p>`}
    <p class="muted"><span class="address">${placeOf(plugin.path)}</span>${
      plugin.memory > 0 && html` · ${t("console.plugins.memory", { size: size(plugin.memory) })}`}</p>
    ${plugin.reason && html`<p class="trouble">${shown(plugin.reason)}</p>`}
    ${plugin.strikes > 0 && html`<p class="trouble">${t("console.plugins.strikes", { n: plugin.strikes })}</p>`}
    ${plugin.held && html`<p class="trouble">${t("console.plugins.held", { n: plugin.held.count, time: milliseconds(plugin.held.longest) })}${
      plugin.held.place && html` <span class="address">${shown(plugin.held.place)}</span>`}</p>`}
    ${!plugin.is_running && html`<p class="muted">${t("console.plugins.aside.what")}</p>`}
    ${panels.filter((panel) => panel.slot === "nav").map((panel) => html`<p><a class="button" href=${panelPath({ plugin, panel })}>
      <${Icon} name="plugin" />${shown(panel.title)}</a></p>`)}
    ${panels.filter(isShownHere).map((panel) => html`<${Panel} key=${panel.id} plugin=${plugin} panel=${panel} />`)}
    <${OwnLog} plugin=${plugin} />
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
