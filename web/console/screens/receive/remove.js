// Ends a download; whether its files go too is asked each time.
import { ask, query } from "../../api.js";
import { shown } from "../../foreign.js";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { closeDialog, Dialog, openDialog } from "../../parts/dialog.js";
import { attempt, toast } from "../../parts/toast.js";
import { forgetDownload } from "../../store.js";

/** @param {string} id */
export const downloadUrl = (id) => `/downloads/${encodeURIComponent(id)}`;

/** @param {{id: string, name?: string}} row */
export function openRemove(row) {
  const remove = (data) => attempt(async () => {
    closeDialog();
    await ask("DELETE", `${downloadUrl(row.id)}${query({ data })}`);
    forgetDownload(row.id);
    toast(t(data ? "console.download.removed.data" : "console.download.removed"));
  });
  openDialog(() => html`<${Dialog} title=${t("console.download.remove.title", { name: shown(row.name ?? "") })} kind="small" actions=${html`
    <button type="button" data-focus onClick=${closeDialog}>${t("console.cancel")}</button>
    <button type="button" onClick=${() => remove(false)}>${t("console.download.remove.keep")}</button>
    <button type="button" class="bad" onClick=${() => remove(true)}>${t("console.download.remove.data")}</button>`}>
    <p>${t("console.download.remove.what")}</p><//>`);
}
