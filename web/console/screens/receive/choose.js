// What of a download is wanted and where it goes, before it starts; afterwards only which files.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../../api.js";
import { shown } from "../../foreign.js";
import { hasText, language, size, t } from "../../i18n.js";
import { html } from "../../html.js";
import { closeDialog, Dialog, openDialog } from "../../parts/dialog.js";
import { later } from "../../parts/later.js";
import { Progress } from "../../parts/progress.js";
import { attempt } from "../../parts/toast.js";
import { downloads, downloadsVersion, putDownload } from "../../store.js";
import { downloadUrl } from "./remove.js";

const Locked = later(() => import("./locked.js"), "Locked");

function Files({ files, wanted, setWanted }) {
  const all = wanted.size === files.length;
  const toggle = (number) => {
    const next = new Set(wanted);
    if (!next.delete(number)) next.add(number);
    setWanted(next);
  };
  const chosen = files.filter((file) => wanted.has(file.number)).reduce((sum, file) => sum + file.size, 0);
  return html`<fieldset class="files-choice"><legend>${t("console.download.files")} <span class="muted">${size(chosen)}</span></legend>
    ${files.length > 1 && html`<label class="switch"><input type="checkbox" checked=${all}
      onChange=${() => setWanted(new Set(all ? [] : files.map((file) => file.number)))} />${t("console.download.all")}</label>`}
    <div class="files">${files.map((file) => html`<label key=${file.number}><input type="checkbox" checked=${wanted.has(file.number)}
      onChange=${() => toggle(file.number)} /><bdi>${shown(file.path)}</bdi><span class="muted">${size(file.size)}</span></label>`)}</div></fieldset>`;
}

/** Why a download does not move. @param {Download} row */
export const reasonOf = ({ reason }) => shown(reason.said?.[language.value] ?? (hasText(reason.key) ? t(reason.key, reason.values ?? {}) : reason.text));

const Address = ({ row }) => row.address && html`<p class="address">${shown(row.address)}</p>`;

// What became of it while somebody waited to choose.
const Failed = ({ row }) => html`<${Dialog} title=${shown(row.name ?? t("console.download.unnamed"))} kind="small" actions=${html`
  <button type="button" class="primary" data-focus onClick=${closeDialog}>${t("console.close")}</button>`}>
  <p class="trouble" role="alert">${row.reason ? reasonOf(row) : t("console.download.failed")}</p>
  <${Address} row=${row} /><//>`;

function Choose({ id }) {
  downloadsVersion.value;
  const row = downloads.get(id);
  const [files, setFiles] = useState(null);
  const [wanted, setWanted] = useState(new Set());
  const folder = useRef(null);
  const shares = useRef(null);
  const [isTrying, setTrying] = useState(false); // a password
  const isKnown = row && row.state !== "fetching" && row.state !== "failed";
  useEffect(() => {
    if (!isKnown) return;
    attempt(async () => {
      const found = (await ask("GET", `${downloadUrl(id)}/files`)).files;
      setFiles(found);
      setWanted(new Set(found.filter((file) => file.wanted).map((file) => file.number)));
    });
  }, [id, isKnown]);
  const isLocked = row?.locked || (isTrying && row?.state === "fetching");
  const isOver = isTrying && !isLocked && row?.state !== "choosing" && row?.state !== "failed"; // it goes on as it was to
  useEffect(() => {
    if (isOver) closeDialog();
  }, [isOver]);
  if (!row) return null;
  if (isLocked) return html`<${Locked} row=${row} isTrying=${isTrying} setTrying=${setTrying} />`;
  if (row.state === "failed" && !files) return html`<${Failed} row=${row} />`;
  const isNew = row.state === "choosing" || row.state === "fetching";
  const save = () => attempt(async () => {
    /** @type {Record<string, unknown>} */
    const body = files ? { files: [...wanted] } : {};
    if (isNew) {
      Object.assign(body, { start: true, share_after: shares.current.checked });
      const to = folder.current.value.trim();
      if (to && to !== row.folder) body.folder = to;
    }
    putDownload(await ask("PATCH", downloadUrl(id), { body }));
    closeDialog();
  });
  return html`<${Dialog} title=${shown(row.name ?? t("console.download.unnamed"))} onSubmit=${save} actions=${html`
    <button type="button" onClick=${closeDialog}>${t(isNew ? "console.download.later" : "console.cancel")}</button>
    <button type="submit" class="primary" disabled=${files !== null && wanted.size === 0}>${t(isNew ? "console.download.start" : "console.save")}</button>`}>
    ${files ? html`<${Files} files=${files} wanted=${wanted} setWanted=${setWanted} />`
      : html`<div role="status"><p>${t("console.download.fetching.what")}</p><${Progress} label=${t("console.download.fetching")} /></div>`}
    <${Address} row=${row} />
    ${isNew && html`<label class="field"><span>${t("console.download.folder")}</span><input ref=${folder} type="text" defaultValue=${row.folder}
        spellcheck=${false} autocomplete="off" /></label>
      <label class="switch"><input ref=${shares} type="checkbox" defaultChecked=${row.share_after} />${t("console.download.share.after")}</label>`}<//>`;
}

/** @param {string} id of a download */
export const openChoose = (id) => openDialog(() => html`<${Choose} id=${id} />`);
