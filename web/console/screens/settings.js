// S7: how BTshare is set, each saved at once; what config.lua sets is shown with its line, and changed there.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api.js";
import { shown } from "../foreign.js";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Heading } from "../parts/heading.js";
import { copy } from "../parts/copy.js";
import { Dialog, openDialog } from "../parts/dialog.js";
import { Icon } from "../parts/icon.js";
import { loadPlugins, panelPath, Panels, panelsOf } from "../parts/panels.js";
import { attempt, toast } from "../parts/toast.js";
import { status } from "../store.js";
import { openReach, reachOf } from "./reach.js";
import { About } from "./settings/about.js";
import { Access } from "./settings/access.js";
import { Notifications } from "./settings/notifications.js";
import { OfPlugin } from "./settings/of_plugin.js";
import { Own } from "./settings/own.js";
import { Setting } from "./settings/setting.js";
import { labelOf, sectionOf, whatOf } from "./settings/words.js";

const order = ["general", "sharing", "network", "access", "receive", "plugins"];
// These have places of their own here.
const placed = ["notify", "schedule"];
const scheduleLine = 'plugin "schedule" { { days = "mon-fri", from = "08:00", to = "18:00", up = "200k" } }';

async function openLua() {
  const code = await ask("GET", "/settings/lua");
  openDialog(() => html`<${Dialog} title=${t("console.settings.lua")} actions=${html`
    <button type="button" class="primary" onClick=${() => copy(code)}><${Icon} name="copy" />${t("console.copy.short")}</button>`}>
    <p class="muted">${t("console.settings.lua.what")}</p><pre tabindex="0">${code}</pre><//>`);
}

/** @returns {[Setting[]|null, (setting: Setting, value: unknown) => void]} the settings, and how to set one */
function useSettings() {
  const [found, setFound] = useState(/** @type {{settings: Setting[]}|null} */ (null));
  const take = (answer) => setFound((old) => (answer?.settings ? answer : old));
  useEffect(() => {
    attempt(async () => take(await ask("GET", "/settings")));
    loadPlugins();
  }, []);
  const patch = async (key, value) => take(await ask("PATCH", "/settings", { body: { [key]: value } }) ?? await ask("GET", "/settings"));
  const set = (setting, value) => attempt(async () => {
    const before = setting.source === "console" ? setting.value : null;
    await patch(setting.key, value);
    toast(t(setting.restart ? "console.settings.restart.saved" : "console.saved"), {
      undo: () => patch(setting.key, before), about: setting.key, isSeries: Boolean(setting.choices) });
  });
  return [found?.settings ?? null, set];
}

// By which words the sections are found that are no list of settings.
const saidIn = {
  own: ["console.own", "console.own.scheme", "console.scheme.light", "console.scheme.dark", "console.own.language", "console.own.density", "console.keys.on",
    "console.own.magnets"],
  schedule: ["console.schedule", "console.schedule.without"],
  notifications: ["console.section.notifications", "console.tell.finished", "console.tell.received", "console.tell.failed", "console.tell.without"],
  access: ["console.access", "console.password", "console.password.none", "console.tokens", "console.tokens.what", "console.https", "console.https.off", "console.logout.what", "console.logout"],
  plugins: ["console.plugins", "console.plugins.open"],
  about: ["console.about", "console.about.uptime", "console.about.roots", "console.about.sandbox", "console.about.state", "console.about.cache",
    "console.about.licences", "console.diagnostics"],
};

const says = (text, words) => words.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word));
const matches = (setting, words) => says(`${setting.key} ${labelOf(setting)} ${whatOf(setting)}`, words);

const Schedule = () => html`<section class="group" aria-labelledby="schedule-title"><h2 id="schedule-title">${t("console.schedule")}</h2>
  <${OfPlugin} name="schedule" without=${t("console.schedule.without")} line=${scheduleLine} /></section>`;

const Reachable = () => html`<div class="setting"><div><span class="setting-label">${t("console.first.reach")}</span><p>${reachOf(status.value)}</p></div>
  <button aria-label=${`${t("console.details")}: ${t("console.first.reach")}`} onClick=${openReach}>${t("console.details")}</button></div>`;

const Transport = () => html`<div class="setting"><div><span class="setting-label">${t("console.setting.utp")}</span>
  <p>${t(status.value.utp ? "console.setting.utp.on" : "console.setting.utp.off")}</p></div></div>`;

function Section({ name, settings, set }) {
  return html`<section class="group" aria-labelledby=${`section-${name}`}><h2 id=${`section-${name}`}>${sectionOf(name)}</h2>
    <div>${name === "network" && html`<${Reachable} />`}${settings.map((setting) => html`<${Setting} key=${setting.key} setting=${setting} set=${set} />`)}${
      name === "network" && html`<${Transport} />`}</div></section>`;
}

export function Settings() {
  const [settings, set] = useSettings();
  const [words, setWords] = useState("");
  const timer = useRef(0);
  const found = (settings ?? []).filter((setting) => matches(setting, words));
  const names = [...new Set([...order, ...found.map((setting) => setting.section)])];
  const isAsked = (name) => !words || says(saidIn[name].map((key) => t(key)).join(" "), words);
  const onInput = (event) => {
    clearTimeout(timer.current);
    const { value } = event.currentTarget;
    timer.current = setTimeout(() => setWords(value.trim()), 120);
  };
  return html`<section class="screen" aria-labelledby="settings-title">
    <header><${Heading} id="settings-title">${t("console.settings")}<//>
      <button onClick=${() => attempt(openLua)}><${Icon} name="text" />${t("console.settings.lua")}</button></header>
    <label class="search"><${Icon} name="search" /><input type="search" placeholder=${t("console.settings.search")}
      aria-label=${t("console.settings.search")} onInput=${onInput} /></label>
    ${isAsked("own") && html`<${Own} />`}
    ${names.map((name) => {
      const own = found.filter((setting) => setting.section === name);
      return own.length > 0 && html`<${Section} key=${name} name=${name} settings=${own} set=${set} />`;
    })}
    ${isAsked("schedule") && html`<${Schedule} />`}
    ${isAsked("notifications") && html`<${Notifications} />`}
    ${isAsked("access") && html`<${Access} />`}
    ${!words && html`<${Panels} slot="settings.section" which=${(plugin) => !placed.includes(plugin.name)} />`}
    ${isAsked("plugins") && html`<section class="group"><h2>${t("console.plugins")}</h2><p class="buttons"><a class="button" href="/plugins"><${Icon} name="plugin" />${t("console.plugins.open")}</a>
        ${panelsOf("nav").map((own) => html`<a class="button" href=${panelPath(own)}>${shown(own.panel.title)}</a>`)}</p></section>`}
    ${isAsked("about") && html`<${About} />`}
    ${settings && found.length === 0 && !Object.keys(saidIn).some(isAsked) && html`<p class="muted" role="status">${t("console.palette.none")}</p>`}
  </section>`;
}
