// What came into a drop box: what waits for the owner, what is on its way, and what was accepted.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ask } from "../../../api.js";
import { shown } from "../../../foreign.js";
import { ago, percent, size, t } from "../../../i18n.js";
import { html } from "../../../html.js";
import { confirm } from "../../../parts/dialog.js";
import { Icon, kindIcon } from "../../../parts/icon.js";
import { Name } from "../../../parts/name.js";
import { Progress } from "../../../parts/progress.js";
import { attempt, toast } from "../../../parts/toast.js";
import { placeOf } from "../../../words.js";
import { boxUrl, linesOf } from "./words.js";

/** @param {Box} box @returns {[Upload[], (change: (uploads: Upload[]) => Upload[]) => void]} newest first */
function useUploads(box) {
  const [uploads, setUploads] = useState(/** @type {Upload[]} */ ([]));
  const asked = useRef({ last: 0, shown: 0 });
  useEffect(() => {
    const turn = (asked.current.last += 1);
    ask("GET", `${boxUrl(box.id)}/uploads`).then((found) => {
      // Of two answers on their way the later question's counts, whichever comes first.
      if (turn < asked.current.shown) return;
      asked.current.shown = turn;
      setUploads(found.uploads);
    }, () => {});
  }, [box.id, box.version, box.coming]);
  return [uploads, setUploads];
}

/** What one person sent in one go, as far as can be told. @param {Upload[]} uploads */
function groupsOf(uploads) {
  const groups = [];
  for (const upload of uploads) {
    const key = JSON.stringify([upload.sender, upload.note, upload.address]);
    const last = groups.at(-1);
    if (last?.key === key) last.uploads.push(upload);
    else groups.push({ key, uploads: [upload] });
  }
  return groups;
}

function Coming({ upload }) {
  const part = upload.size > 0 ? upload.received / upload.size : 0;
  return html`<span class="muted">${t("console.download.done", { done: size(upload.received), size: size(upload.size) })} · ${percent(part)}</span>
    <${Progress} part=${part} label=${t("console.download.progress", { name: shown(upload.name) })} />`;
}

function File({ upload, accept, remove, stop }) {
  const name = shown(upload.name);
  return html`<li class="box-file"><${Icon} name=${kindIcon(upload)} /><${Name} text=${upload.name} />
    ${upload.state === "coming" ? html`<${Coming} upload=${upload} />
      <span class="buttons"><button class="plain bad-words" aria-label=${`${t("console.box.stop")}: ${name}`} onClick=${() => stop(upload)}>
        <${Icon} name="stop" />${t("console.box.stop")}</button></span>` : html`
      <span class="muted">${size(upload.size)}${upload.receipt && ` · ${t("console.box.receipt", { code: shown(upload.receipt) })}`}</span>
      <span class="buttons"><button aria-label=${`${t("console.box.accept")}: ${name}`} onClick=${() => accept([upload])}>
          <${Icon} name="check" />${t("console.box.accept")}</button>
        <button class="plain bad-words" aria-label=${`${t("console.box.delete")}: ${name}`} onClick=${() => remove(upload)}>
          <${Icon} name="trash" />${t("console.box.delete")}</button></span>`}</li>`;
}

function Group({ uploads, ...acts }) {
  const [first] = uploads;
  const waiting = uploads.filter((upload) => upload.state === "waiting");
  const who = [first.sender && html`<strong><bdi>${shown(first.sender)}</bdi></strong>`,
    first.address && html`<bdi>${shown(first.address)}</bdi>`, ago(first.finished ?? first.begun)].filter(Boolean);
  return html`<li class="box-group"><p class="box-who"><${Icon} name="person" />${who.map((part) => html`<span>${part}</span>`)}</p>
    ${first.note && html`<blockquote class="box-note" dir="auto">${linesOf(first.note)}</blockquote>`}
    <ul>${uploads.map((upload) => html`<${File} key=${upload.id} upload=${upload} ...${acts} />`)}</ul>
    ${waiting.length > 1 && html`<p><button onClick=${() => acts.accept(waiting)}><${Icon} name="check" />${
      t("console.box.accept.all", { n: waiting.length })}</button></p>`}</li>`;
}

const folderOf = (path) => placeOf(path.slice(0, path.lastIndexOf("/")));

function Accepted({ uploads }) {
  return html`<details><summary>${t("console.box.accepted", { n: uploads.length })}</summary>
    <ul>${uploads.map((upload) => html`<li class="box-file" key=${upload.id}><${Icon} name=${kindIcon(upload)} /><${Name} text=${upload.name} />
      <span class="muted">${size(upload.size)}${upload.sender && html` · <bdi>${shown(upload.sender)}</bdi>`}${
        upload.path && html` · <bdi>${folderOf(upload.path)}</bdi>`}</span></li>`)}</ul></details>`;
}

/** @param {{box: Box, label: string}} props label: of what waits */
export function Files({ box, label }) {
  const [uploads, setUploads] = useUploads(box);
  const list = useRef(null);
  const isHandled = useRef(false);
  // What had the focus is gone with its file: the next one's button has it then, one that deletes nothing.
  useLayoutEffect(() => {
    if (!isHandled.current || document.activeElement !== document.body) return;
    isHandled.current = false;
    (list.current?.querySelector("button:not(.bad-words)") ?? document.getElementById(`box-${box.id}`))?.focus();
  }, [uploads]);

  const handled = (id, row) => {
    isHandled.current = true;
    setUploads((all) => all.flatMap((upload) => (upload.id !== id ? [upload] : row ? [row] : [])));
  };
  const accept = (chosen) => attempt(async () => {
    let path = "";
    for (const upload of chosen) {
      const row = await ask("POST", `${boxUrl(box.id, upload.id)}/accept`, { once: true });
      handled(upload.id, row);
      path = row.path ?? path;
    }
    toast(t("console.box.kept", { n: chosen.length, folder: folderOf(path) }));
  });
  const drop = (upload) => attempt(async () => {
    await ask("DELETE", boxUrl(box.id, upload.id));
    handled(upload.id);
  });
  const remove = (upload) => confirm({ title: t("console.box.delete.title", { name: shown(upload.name) }),
    text: t("console.box.delete.what"), yes: t("console.box.delete"), act: () => drop(upload) });
  const stop = (upload) => confirm({ title: t("console.box.stop.title", { name: shown(upload.name) }),
    text: t("console.box.stop.what"), yes: t("console.box.stop"), act: () => drop(upload) });

  const open = uploads.filter((upload) => upload.state !== "accepted");
  const accepted = uploads.filter((upload) => upload.state === "accepted");
  return html`${open.length > 0 && html`<ul ref=${list} class="box-groups" aria-label=${label}>${groupsOf(open).map(({ uploads: sent }) => html`
      <${Group} key=${sent[0].id} uploads=${sent} accept=${accept} remove=${remove} stop=${stop} />`)}</ul>`}
    ${accepted.length > 0 && html`<${Accepted} uploads=${accepted} />`}`;
}
