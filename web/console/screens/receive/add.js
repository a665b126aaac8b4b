// A new download: a magnet, the address of a share, or a .torrent file.
import { useRef, useState } from "preact/hooks";
import { ask } from "../../api.js";
import { shown } from "../../foreign.js";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { Dialog, closeDialog, openDialog } from "../../parts/dialog.js";
import { Icon } from "../../parts/icon.js";
import { toast } from "../../parts/toast.js";
import { go } from "../../router.js";
import { putDownload } from "../../store.js";
import { openChoose } from "./choose.js";

const largest = 10 * 1024 * 1024; // of a .torrent file

/** @param {File} file @returns {Promise<string>} its bytes as base64 */
async function base64Of(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const parts = [];
  for (let at = 0; at < bytes.length; at += 32768) parts.push(String.fromCharCode(...bytes.subarray(at, at + 32768)));
  return btoa(parts.join(""));
}

function Add({ file: given, source: pasted }) {
  const field = useRef(null);
  const chooser = useRef(null);
  const [file, setFile] = useState(given);
  const [trouble, setTrouble] = useState("");
  const [isBusy, setBusy] = useState(false);
  const add = async () => {
    const source = field.current?.value.trim() ?? "";
    if (!file && !source) return;
    if (file && file.size > largest) {
      setTrouble(t("console.download.large"));
      return;
    }
    setBusy(true);
    try {
      const body = file ? { torrent: await base64Of(file), start: false } : { source, start: false };
      const row = await ask("POST", "/downloads", { once: true, body });
      putDownload(row);
      closeDialog();
      go("/receive");
      if (row.state === "choosing" || row.state === "fetching") openChoose(row.id);
      else toast(t("console.download.known", { name: shown(row.name ?? t("console.download.unnamed")) }));
    } catch (error) {
      setTrouble(error.message);
    }
    setBusy(false);
  };
  return html`<${Dialog} title=${t("console.download.add")} onSubmit=${add} actions=${html`
    <button type="button" onClick=${closeDialog}>${t("console.cancel")}</button>
    <button type="submit" class="primary" disabled=${isBusy}>${t("console.next")}</button>`}>
    ${file
      ? html`<p><${Icon} name="file" /> <strong>${shown(file.name)}</strong></p>`
      : html`<label class="field"><span>${t("console.download.source")}</span>
          <textarea ref=${field} rows="3" data-focus spellcheck=${false} placeholder="magnet:?xt=…" aria-describedby="download-trouble">${
            pasted ?? ""}</textarea></label>`}
    <input ref=${chooser} type="file" accept=".torrent,application/x-bittorrent" hidden onChange=${() => setFile(chooser.current.files[0])} />
    <p><button type="button" onClick=${() => chooser.current.click()}><${Icon} name="file" />${t("console.download.torrent")}</button></p>
    <p id="download-trouble" class="trouble" role="alert">${trouble}</p><//>`;
}

/** @param {File} [file] a .torrent @param {string} [source] a magnet or address */
export const openDownload = (file, source) => openDialog(() => html`<${Add} file=${file} source=${source} />`);
