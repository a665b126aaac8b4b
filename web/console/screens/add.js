// What "add" means: share something from anywhere on this computer, or put a file into the folder for uploads.
import { useRef, useState } from "preact/hooks";
import { ask, shareUrl } from "../api.js";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { closeDialog, Dialog, openDialog } from "../parts/dialog.js";
import { Icon } from "../parts/icon.js";
import { go } from "../router.js";
import { put, status } from "../store.js";
import { placeOf } from "../words.js";
import { upload } from "./uploads.js";

/** @type {[string|number, string][]} */
const times = [["", "console.time.never"], [3600, "console.time.hour"], [86400, "console.time.day"],
  [604800, "console.time.week"]];

function Add() {
  const path = useRef(null);
  const time = useRef(null);
  const chooser = useRef(null);
  const [trouble, setTrouble] = useState("");
  const folder = status.value.uploads?.folder;
  const share = async () => {
    const seconds = Number(time.current.value);
    try {
      const made = await ask("POST", "/shares", { once: true,
        body: { path: path.current.value.trim(), ...(seconds ? { for_seconds: seconds } : {}) } });
      put(made);
      closeDialog();
      go(shareUrl(made.id));
    } catch (error) {
      setTrouble(error.message);
    }
  };
  const chosen = () => {
    upload([...chooser.current.files]);
    closeDialog();
  };
  return html`<${Dialog} title=${t("console.add")} onSubmit=${share} actions=${html`
    <button type="button" onClick=${closeDialog}>${t("console.cancel")}</button>
    <button type="submit" class="primary">${t("console.add.share")}</button>`}>
    <label class="field"><span>${t("console.add.path")}</span>
      <input ref=${path} type="text" required data-focus spellcheck=${false} autocomplete="off" placeholder="~/Films/Bretagne.mp4"
        aria-describedby="add-trouble" /></label>
    <label class="field"><span>${t("console.add.time")}</span>
      <select ref=${time}>${times.map(([seconds, text]) => html`<option value=${seconds}>${t(text)}</option>`)}</select></label>
    <p id="add-trouble" class="trouble" role="alert">${trouble}</p>
    <div class="or">
      ${folder
        ? html`<p>${t("console.add.upload", { folder: placeOf(folder) })}</p>
            <input ref=${chooser} type="file" multiple hidden onChange=${chosen} />
            <button type="button" onClick=${() => chooser.current.click()}><${Icon} name="up" />${t("console.add.choose")}</button>`
        : html`<p class="muted">${t("console.uploads.how")} <code>uploads = "~/Public"</code></p>`}
    </div><//>`;
}

export const openAdd = () => openDialog(() => html`<${Add} />`);
