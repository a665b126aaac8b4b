// Versions, protection, folders, licences; and what a report of a fault must say.
import { ask } from "../../api.js";
import { duration, t } from "../../i18n.js";
import { html } from "../../html.js";
import { copy } from "../../parts/copy.js";
import { Dialog, openDialog } from "../../parts/dialog.js";
import { Icon } from "../../parts/icon.js";
import { attempt } from "../../parts/toast.js";
import { status } from "../../store.js";
import { placeOf } from "../../words.js";

const licences = [["Preact", "preact"], ["htm", "htm"], ["Preact Signals", "preact-signals"],
  ["Preact Signals core", "preact-signals-core"], ["uPlot", "uplot"]];

const openDiagnostics = () => attempt(async () => {
  const { text } = await ask("GET", "/diagnostics");
  openDialog(() => html`<${Dialog} title=${t("console.diagnostics")} actions=${html`
    <button type="button" class="primary" data-focus onClick=${() => copy(text)}><${Icon} name="copy" />${t("console.diagnostics.copy")}</button>`}>
    <p class="muted">${t("console.diagnostics.what")}</p><pre tabindex="0">${text}</pre><//>`);
});

export function About() {
  const { version, libtorrent, uptime, sandbox, directories = {}, roots = [] } = status.value;
  const facts = [
    ["BTshare", version], ["libtorrent", libtorrent], [t("console.about.uptime"), uptime !== undefined && duration(uptime)],
    [t("console.about.roots"), roots.map((root) => placeOf(root.path)).join(", ")],
    [t("console.about.sandbox"), typeof sandbox === "object" ? Object.entries(sandbox ?? {}).map(([name, value]) => `${name} ${value}`).join(", ") : String(sandbox ?? "")],
    [t("console.about.state"), directories.state && placeOf(directories.state)], [t("console.about.cache"), directories.cache && placeOf(directories.cache)],
  ].filter(([, value]) => value);
  return html`<section class="group" aria-labelledby="about-title"><h2 id="about-title">${t("console.about")}</h2>
    <dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    <p class="muted">${t("console.about.licences")} ${licences.map(([name, file], at) => html`${at > 0 && ", "}<a href=${`/licences/${file}.txt`} target="_blank">${name}</a>`)}</p>
    <p class="buttons"><button onClick=${openDiagnostics}><${Icon} name="text" />${t("console.diagnostics")}</button></p>
  </section>`;
}
