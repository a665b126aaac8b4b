// Files that are dropped on the window or chosen: sent to the folder that the owner made writable, or a word on how to.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { shown } from "../foreign.js";
import { percent, t } from "../i18n.js";
import { html } from "../html.js";
import { Icon } from "../parts/icon.js";
import { Name } from "../parts/name.js";
import { Progress } from "../parts/progress.js";
import { toast } from "../parts/toast.js";
import { status } from "../store.js";
import { placeOf } from "../words.js";

/** @type {import("@preact/signals").Signal<{file: File, part: number, stop: () => void}[]>} */
const running = signal([]);

const change = (file, values) =>
  (running.value = running.peek().map((item) => (item.file === file ? { ...item, ...values } : item)));
const drop = (file) => (running.value = running.peek().filter((item) => item.file !== file));

// The one request that fetch cannot make: it does not say how far it is.
/** @param {File} file @returns {Promise<void>} */
function send(file) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/api/v1/uploads/${encodeURIComponent(file.name)}`);
    request.setRequestHeader("x-btshare", "1");
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = (event) => change(file, { part: event.loaded / (event.total || 1) });
    request.onload = () => (request.status < 300 ? resolve() : reject(new Error(detailOf(request))));
    request.onerror = () => reject(new Error(t("console.trouble.nobody")));
    request.onabort = () => resolve();
    running.value = [...running.peek(), { file, part: 0, stop: () => request.abort() }];
    request.send(file);
  });
}

function detailOf(request) {
  try {
    const { detail, title } = JSON.parse(request.responseText);
    return detail ?? title;
  } catch {
    return `HTTP ${request.status}`;
  }
}

/** Sends files one after the other. @param {File[]} files */
export async function upload(files) {
  for (const file of files) {
    try {
      await send(file);
    } catch (error) {
      toast(t("console.upload.failed", { name: shown(file.name), reason: error.message }), { tone: "bad" });
    }
    drop(file);
  }
}

export function Uploads() {
  if (running.value.length === 0) return null;
  return html`<ul class="card uploads" aria-label=${t("console.uploads")}>${running.value.map(({ file, part, stop }) => html`
    <li><${Name} text=${file.name} /><span class="muted">${percent(part)}</span>
      <button class="plain" onClick=${stop}>${t("console.cancel")}</button>
      <${Progress} part=${part} label=${t("console.upload.of", { name: shown(file.name) })} /></li>`)}</ul>`;
}

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

/** Takes what is dropped anywhere on the window. @param {{onTorrent: (file: File) => void}} props */
export function DropZone({ onTorrent }) {
  const [isOver, setOver] = useState(false);
  const folder = status.value.uploads?.folder;
  useEffect(() => {
    const over = (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event) => event.relatedTarget === null && setOver(false);
    const dropped = (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      const files = [...event.dataTransfer.files];
      const torrent = files.find((file) => /\.torrent$/i.test(file.name));
      if (torrent) onTorrent(torrent);
      else if (status.peek().uploads?.folder) upload(files);
      else toast(`${t("console.uploads.how")} uploads = "~/Public"`);
    };
    const handlers = { dragover: over, dragleave: leave, drop: dropped };
    for (const [name, handler] of Object.entries(handlers)) addEventListener(name, handler);
    return () => {
      for (const [name, handler] of Object.entries(handlers)) removeEventListener(name, handler);
    };
  }, []);
  if (!isOver) return null;
  return html`<div class="drop" role="status"><p><${Icon} name="up" />${folder ? t("console.drop.here", { folder: placeOf(folder) })
    : t("console.drop.torrent")}</p></div>`;
}
