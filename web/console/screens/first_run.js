// S0: what a person sees first: that their files are there, whether others can come, and a link to send. It leaves
// by itself when a link was copied.
import { computed } from "@preact/signals";
import { copyLink } from "../actions.js";
import { size, t } from "../i18n.js";
import { html } from "../html.js";
import { Icon } from "../parts/icon.js";
import { Name } from "../parts/name.js";
import { Progress } from "../parts/progress.js";
import { openQr } from "../parts/qr.js";
import { preferences, prefer } from "../preferences.js";
import { placeOf } from "../words.js";
import { AskRouter, isReachable, reachOf, openReach } from "./reach.js";
import { isLoaded, shares, status, version } from "../store.js";

/** The first that can be sent, and how much there is. */
const first = computed(() => {
  version.value;
  let bytes = 0;
  let ready;
  let wasFetched = false;
  for (const row of shares.values()) {
    bytes += row.size ?? 0;
    if (row.link && (!ready || (ready.state !== "ready" && row.state === "ready"))) ready = row;
    wasFetched ||= row.downloads > 0;
  }
  return { bytes, ready, wasFetched };
});

export function FirstRun() {
  const { bytes, ready, wasFetched } = first.value;
  if (!preferences.value.welcome || !isLoaded.value || shares.size === 0 || wasFetched) return null;
  const { preparing, roots = [] } = status.value;
  const done = shares.size - (preparing?.shares ?? 0);
  return html`<section class="card first" aria-labelledby="first-title">
    <header><h2 id="first-title">${t("console.first.title")} <bdi>${placeOf(roots[0]?.path ?? "")}</bdi></h2>
      <span class="muted">${t("console.first.extent", { items: t("console.items", { n: shares.size }), size: size(bytes) })}</span>
      <button class="plain icon-only" aria-label=${t("console.close")} onClick=${() => prefer({ welcome: false })}>
        <${Icon} name="close" /></button></header>
    <ol>
      <li data-done=${!preparing?.shares}><h3>${t(preparing?.shares ? "console.first.preparing" : "console.first.prepared")}</h3>
        ${preparing?.shares > 0 && html`<${Progress} part=${preparing.bytes ? preparing.done / preparing.bytes : undefined}
            label=${t("console.first.preparing")} /><span class="muted">${t("console.first.done", { done, n: shares.size })}</span>`}</li>
      <li data-done=${isReachable(status.value)}><h3>${t("console.first.reach")}</h3><p>${reachOf(status.value)}
        <button class="plain" onClick=${openReach}>${t("console.details")}</button></p><${AskRouter} /></li>
      <li><h3>${t("console.first.send")}</h3>
        ${ready && html`<p class="first-link"><${Name} text=${ready.name} />
          <button class="primary" onClick=${() => copyLink(ready)}><${Icon} name="copy" />${t("console.copy")}</button>
          <button onClick=${() => openQr(ready)}><${Icon} name="qr" />${t("console.qr")}</button></p>`}</li>
    </ol>
  </section>`;
}
