// The keys, and where the rest is explained.
import { t } from "../i18n.js";
import { html } from "../html.js";
import { keyList } from "../keys.js";
import { Dialog, openDialog } from "../parts/dialog.js";
import { preferences, prefer } from "../preferences.js";

const nameOf = (key) => key.startsWith("console.") ? t(key) : key;

function Help() {
  return html`<${Dialog} title=${t("console.help")}>
    <label class="switch"><input type="checkbox" checked=${preferences.value.keys}
      onChange=${(event) => prefer({ keys: event.currentTarget.checked })} /> ${t("console.keys.on")}</label>
    <dl class="keys">${keyList.map(([key, text]) => html`<div><dt>${[key].flat().map((part) => html`<kbd>${nameOf(part)}</kbd>`)}</dt>
      <dd>${t(text)}</dd></div>`)}</dl>
    <p class="muted">${t("console.help.more")} <code>btshare help</code> · <code>man btshare</code></p><//>`;
}

export const openHelp = () => openDialog(() => html`<${Help} />`);
