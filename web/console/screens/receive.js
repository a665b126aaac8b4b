// S5: what is downloaded from others, and why it does not move where it does not; and what others send.
import { useEffect } from "preact/hooks";
import { ask } from "../api.js";
import { shown } from "../foreign.js";
import { duration, percent, rate, size, t } from "../i18n.js";
import { html } from "../html.js";
import { Heading } from "../parts/heading.js";
import { openMenu } from "../parts/menu.js";
import { Icon } from "../parts/icon.js";
import { Name } from "../parts/name.js";
import { Panels } from "../parts/panels.js";
import { Progress } from "../parts/progress.js";
import { State } from "../parts/state.js";
import { attempt } from "../parts/toast.js";
import { downloads, downloadsVersion, isLoaded, putDownload, waitingFiles } from "../store.js";
import { placeOf } from "../words.js";
import { Boxes } from "./receive/boxes.js";
import { openChoose, reasonOf } from "./receive/choose.js";
import { downloadUrl, openRemove } from "./receive/remove.js";
import { openDownload } from "./receive/add.js";

const states = {
  fetching: ["console.download.fetching", "busy"], choosing: ["console.download.choosing", "warn"],
  checking: ["console.download.checking", "busy"], downloading: ["console.download.downloading", "busy"],
  stalled: ["console.download.stalled", "warn"], paused: ["console.download.paused", "idle"],
  finished: ["console.download.finished", "ok"], sharing: ["console.download.sharing", "ok"],
  failed: ["console.download.failed", "bad"], "no-space": ["console.download.full", "bad"],
};

const isDone = (row) => row.state === "finished" || row.state === "sharing";

const patch = (row, body) => attempt(async () => putDownload(await ask("PATCH", downloadUrl(row.id), { body })));

function openRowMenu(button, row) {
  openMenu(button, [
    !isDone(row) && row.state !== "failed" && { text: t("console.download.files"), icon: "check", act: () => openChoose(row.id) },
    { text: t(row.share_after ? "console.download.share.not" : "console.download.share"), icon: "share",
      act: () => patch(row, { share_after: !row.share_after }) },
    { text: t("console.download.remove"), icon: "trash", tone: "bad", act: () => openRemove(row) },
  ]);
}

function figuresOf(row) {
  const parts = [];
  if (row.size !== undefined) {
    parts.push(isDone(row) ? size(row.size) : t("console.download.done", { done: size(row.done ?? 0), size: size(row.wanted ?? row.size) }));
  }
  if (row.down_rate > 0) parts.push(`↓ ${rate(row.down_rate)}`);
  if (row.up_rate > 0) parts.push(`↑ ${rate(row.up_rate)}`);
  if (row.left_seconds !== undefined && row.state === "downloading") parts.push(t("console.left", { time: duration(row.left_seconds) }));
  if (row.people > 0 && !isDone(row)) parts.push(t("console.download.people", { n: row.people }));
  parts.push(t("console.download.in", { folder: placeOf(row.folder) }));
  return parts;
}

function Download({ row }) {
  const [text, tone] = states[row.state] ?? states.failed;
  const name = shown(row.name ?? t("console.download.unnamed"));
  const isOver = isDone(row) || row.state === "failed";
  return html`<li class="download">
    <${Name} text=${row.name ?? t("console.download.unnamed")} />
    <span class="download-buttons">
      ${row.state === "choosing" ? html`<button class="primary" onClick=${() => openChoose(row.id)}>${t("console.download.choose")}</button>`
        : row.locked ? html`<button class="primary" aria-label=${`${t("console.download.unlock.ask")} ${name}`} onClick=${() => openChoose(row.id)}>
            ${t("console.download.unlock.ask")}</button>`
        : row.state === "failed" ? html`<button aria-label=${`${t("console.retry")}: ${name}`} onClick=${() => patch(row, { paused: false })}>${t("console.retry")}</button>`
        : !isOver && html`<button onClick=${() => patch(row, { paused: !row.paused })}
            aria-label=${`${t(row.paused ? "console.resume" : "console.pause")}: ${name}`}><${Icon} name=${row.paused ? "play" : "pause"} />
            ${t(row.paused ? "console.resume" : "console.pause.short")}</button>`}
      <button class="plain icon-only" aria-haspopup="menu" aria-label=${t("console.more", { name })}
        onClick=${(event) => openRowMenu(event.currentTarget, row)}><${Icon} name="more" /></button></span>
    ${!isDone(row) && html`<${Progress} part=${row.state === "fetching" ? undefined : row.progress ?? 0}
      label=${t("console.download.progress", { name })} />`}
    <span class="download-meta"><${State} tone=${tone}>${t(text)}${row.state === "downloading" && ` ${percent(row.progress ?? 0)}`}<//>${
      figuresOf(row).map((part) => html`<span>${part}</span>`)}</span>
    ${row.reason && html`<p class="why">${reasonOf(row)}</p>`}
    ${row.state === "failed" && row.address && html`<p class="address">${shown(row.address)}</p>`}
  </li>`;
}

// A magnet that the browser hands over stands behind the #.
function takeMagnet() {
  const source = new URLSearchParams(location.hash.slice(1)).get("add");
  if (!source) return;
  history.replaceState(null, "", location.pathname);
  openDownload(undefined, source);
}

function Downloads() {
  downloadsVersion.value;
  const rows = [...downloads.values()].sort((a, b) => (b.created ?? 0) - (a.created ?? 0));
  return html`<section class="group" aria-labelledby="downloads-title"><h2 id="downloads-title">${t("console.downloads")}</h2>
    ${rows.length > 0 && html`<ul aria-labelledby="downloads-title">${rows.map((row) => html`<${Download} key=${row.id} row=${row} />`)}</ul>`}
    ${rows.length === 0 && isLoaded.value && html`<div class="nothing"><${Icon} name="receive" /><p>${t("console.download.none")}</p></div>`}
  </section>`;
}

function toBoxes() {
  const title = document.getElementById("boxes-title");
  title.scrollIntoView();
  title.focus({ preventScroll: true });
}

export function Receive() {
  useEffect(takeMagnet, []);
  const n = waitingFiles.value;
  return html`<section class="screen receive" aria-labelledby="receive-title">
    <header><${Heading} id="receive-title">${t("console.receive")}<//>
      <button class="primary" onClick=${() => openDownload()}><${Icon} name="add" />${t("console.download.add")}</button></header>
    ${n > 0 && downloads.size > 0 && html`<p class="waiting-line"><${Icon} name="box" /><span>${t("console.boxes.waiting", { n })}</span>
      <button class="plain" onClick=${toBoxes}>${t("console.boxes.look")}</button></p>`}
    <${Downloads} />
    <${Boxes} />
    <${Panels} slot="receive" />
  </section>`;
}
