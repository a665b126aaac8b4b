// Files that cannot be shared, each with its reason.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api.js";
import { shown } from "../foreign.js";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Dialog, openDialog } from "../parts/dialog.js";
import { complain } from "../parts/toast.js";

function Skipped() {
  const [found, setFound] = useState(null);
  useEffect(() => {
    ask("GET", "/skipped?limit=200").then(setFound, complain);
  }, []);
  return html`<${Dialog} title=${t("console.skipped.title")}>
    <ul class="plain-list">${found?.skipped.map((item) => html`<li><span class="address">${shown(item.path)}</span>
      <span class="muted">${item.reason}</span></li>`)}</ul>
    ${found && found.total > found.skipped.length && html`<p class="muted">${t("console.skipped.more", { n:
      found.total - found.skipped.length })}</p>`}<//>`;
}

export const openSkipped = () => openDialog(() => html`<${Skipped} />`);
