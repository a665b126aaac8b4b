// Where plugins show something: a panel is asked for when it is first seen, and anew while somebody looks.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask, query } from "../api.js";
import { shown } from "../foreign.js";
import { language, t } from "../i18n.js";
import { html } from "../html.js";
import { status } from "../store.js";
import { later } from "./later.js";

/** @type {import("@preact/signals").Signal<Plugin[]|null>} asked once for all slots */
export const plugins = signal(null);

const pause = 10000;
const Body = later(() => import("./panel/body.js"), "Body");

export async function loadPlugins() {
  plugins.value = (await ask("GET", `/plugins${query({ language: language.peek() })}`).catch(() => ({ plugins: [] }))).plugins;
}

/** @returns {{plugin: Plugin, panel: Panel}[]} those that a running plugin has for a place */
export const panelsOf = (slot) => (plugins.value ?? []).filter((plugin) => plugin.is_running).flatMap((plugin) =>
  (plugin.panels ?? []).filter((panel) => panel.slot === slot).map((panel) => ({ plugin, panel })));

/** Where a panel of the navigation has a screen to itself. @param {{plugin: Plugin, panel: Panel}} of */
export const panelPath = ({ plugin, panel }) => `/plugins/${encodeURIComponent(plugin.name)}/${encodeURIComponent(panel.id)}`;

/** @param {{plugin: Plugin, panel: Panel}} of @param {string} [share] */
export const panelUrl = ({ plugin, panel }, share) =>
  `/plugins/${encodeURIComponent(plugin.name)}/panels/${encodeURIComponent(panel.id)}${query({ share, language: language.value })}`;

// What is being written into a form is not asked for anew under the writer's hands.
function usePanel(plugin, panel, share) {
  const [found, setFound] = useState(/** @type {PanelData|null} */ (null));
  const [trouble, setTrouble] = useState("");
  const noticed = JSON.stringify((status.value.notices ?? []).filter((notice) => notice.plugin === plugin.name));
  const load = () => ask("GET", panelUrl({ plugin, panel }, share)).then((data) => {
    setFound(data);
    setTrouble("");
  }, (error) => setTrouble(error.status === 404 ? "" : error.message));
  useEffect(() => {
    load();
    if (panel.kind === "form") return undefined;
    const timer = setInterval(() => document.hidden || load(), pause);
    return () => clearInterval(timer);
  }, [plugin, panel.id, share, noticed]);
  return { found, trouble, load };
}

/** @param {{plugin: Plugin, panel: Panel, share?: string, isAlone?: boolean}} props share: id of the one it is shown
 *   beside; isAlone: the screen has its title already */
export function Panel({ plugin, panel, share, isAlone }) {
  const { found, trouble, load } = usePanel(plugin, panel, share);
  const title = shown(found?.title ?? panel.title);
  if (!trouble && (!found || found.hidden)) return isAlone && found ? html`<p class="muted">${t("console.panel.none")}</p>` : null;
  return html`<section class="group panel">${!isAlone && html`<h2>${title}</h2>`}
    ${trouble && html`<p class="trouble">${shown(trouble)}</p>`}
    ${found && !found.hidden && html`<${Body} label=${`${title} (${shown(plugin.name)})`} found=${found} of=${{ plugin, panel }} share=${share} load=${load} level=${isAlone ? 2 : 3} />`}</section>`;
}

/** All panels for a place. @param {{slot: string, share?: string, which?: (plugin: Plugin) => boolean}} props which: the
 *   others have places of their own there */
export const Panels = ({ slot, share, which = () => true }) => panelsOf(slot).filter(({ plugin }) => which(plugin)).map(({ plugin, panel }) =>
  html`<${Panel} key=${`${plugin.name} ${panel.id}`} plugin=${plugin} panel=${panel} share=${share} />`);
