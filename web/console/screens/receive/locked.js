// The password of a locked link: asked for until it opens, or somebody gives up.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ask } from "../../api.js";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { closeDialog, Dialog } from "../../parts/dialog.js";
import { putDownload } from "../../store.js";
import { reasonOf } from "./choose.js";
import { downloadUrl } from "./remove.js";

/** @param {{row: Download, isTrying: boolean, setTrying: (isTrying: boolean) => void}} props isTrying: whether one was given */
export function Locked({ row, isTrying, setTrying }) {
  const field = useRef(null);
  const [trouble, setTrouble] = useState("");
  const isBusy = isTrying && !row.locked;
  useLayoutEffect(() => {
    if (isBusy) return;
    field.current.focus();
    field.current.select();
  }, [isBusy]);
  const unlock = async () => {
    setTrouble("");
    try {
      const opened = await ask("PATCH", downloadUrl(row.id), { body: { password: field.current.value } });
      setTrying(true);
      putDownload(opened);
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<${Dialog} title=${t("console.download.unlock.title")} kind="small" onSubmit=${unlock} actions=${html`
    <button type="button" onClick=${closeDialog}>${t("console.download.later")}</button>
    <button type="submit" class="primary" disabled=${isBusy}>${t("console.download.unlock")}</button>`}>
    <p>${t("console.download.unlock.what")}</p>
    <label class="field"><span>${t("console.download.unlock.field")}</span>
      <input ref=${field} type="password" data-focus required maxlength="1024" autocomplete="off" aria-describedby="unlock-trouble" /></label>
    <p role="status">${isBusy && t("console.download.unlock.busy")}</p>
    <p id="unlock-trouble" class="trouble" role="alert">${trouble || (row.locked && isTrying && reasonOf(row))}</p><//>`;
}
