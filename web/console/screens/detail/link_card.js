// The link of a share, what it allows, and links for single people.
import { useEffect, useState } from "preact/hooks";
import { copyLink } from "../../actions.js";
import { ask, shareUrl } from "../../api.js";
import { shown } from "../../foreign.js";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { copy } from "../../parts/copy.js";
import { Icon } from "../../parts/icon.js";
import { openQr } from "../../parts/qr.js";
import { attempt, toast } from "../../parts/toast.js";
import { exposureOf, limitsOf } from "../../words.js";
import { openForPerson } from "./for_person.js";
import { LimitWords } from "./limits.js";

const openOptions = () => {
  const options = /** @type {HTMLDetailsElement} */ (document.getElementById("options"));
  options.open = true;
  options.scrollIntoView({ block: "start" });
  options.querySelector("select").focus({ preventScroll: true });
};

const give = (share) => () => navigator.share({ title: share.name, url: share.link }).catch(() => {});

function CopyLine({ name, text, value }) {
  return html`<li><span>${text}<span class="address">${shown(value)}</span></span>
    <button class="plain" aria-label=${`${t("console.copy.short")}: ${name}`} onClick=${() => copy(value)}>
      <${Icon} name="copy" />${t("console.copy.short")}</button></li>`;
}

// Of a share with a password, curl asks for it where it is given a name.
const terminalLine = ({ direct, locked }) => `curl -OJ ${locked ? "-u me " : ""}'${direct}'`;

function Others({ share }) {
  const lines = [
    ["console.link.torrent", share.torrent], ["console.link.magnet", share.magnet],
    ["console.link.direct", share.direct], ["console.link.curl", share.direct && terminalLine(share)],
  ].filter(([, value]) => value);
  return html`<details><summary>${t("console.link.more")}</summary>
    <ul class="links">${lines.map(([key, value]) => html`<${CopyLine} key=${key} name=${t(key)} text=${t(key)} value=${value} />`)}</ul>
    ${share.magnet && html`<p class="exposure">${t("console.link.magnet.what")}</p>`}
    ${share.magnet && share.locked && html`<p class="exposure">${t("console.link.magnet.locked")}</p>`}
  </details>`;
}

function usesOf(link) {
  const uses = t("console.link.downloads", { n: link.downloads ?? 0 });
  return link.limit ? `${uses} · ${t("console.link.limit", { n: link.limit })}` : uses;
}

function People({ share }) {
  const [links, setLinks] = useState([]);
  const load = () => attempt(async () => {
    const found = await ask("GET", `${shareUrl(share.id)}/links`);
    setLinks(found.links.filter((link) => !link.default && link.state === "live"));
  });
  useEffect(() => {
    load();
  }, [share.id, share.revision]);
  const end = (link) => attempt(async () => {
    await ask("DELETE", `${shareUrl(share.id)}/links/${encodeURIComponent(link.id)}`);
    toast(t("console.link.ended", { name: shown(link.name) }));
    load();
  });
  return html`<details><summary>${t("console.link.people")}${links.length > 0 && html`<span class="muted">${
      links.length}</span>`}</summary>
    <p class="exposure">${t("console.link.people.what")}</p>
    <ul class="links">${links.map((link) => html`<li key=${link.id}><span><bdi>${shown(link.name)}</bdi><span class="uses">${usesOf(link)}</span></span>
      <span class="buttons"><button class="plain" aria-label=${`${t("console.copy")}: ${shown(link.name)}`} onClick=${() => copy(link.link)}>
        <${Icon} name="copy" />${t("console.copy.short")}</button>
        <button class="plain" aria-label=${`${t("console.qr")}: ${shown(link.name)}`} onClick=${() => openQr(share, link)}>
        <${Icon} name="qr" />QR</button>
        <button class="plain" aria-label=${`${t("console.link.end")}: ${shown(link.name)}`} onClick=${() => end(link)}>
        <${Icon} name="close" />${t("console.link.end")}</button></span></li>`)}</ul>
    <p><button onClick=${() => openForPerson(share, load)}><${Icon} name="person" />${t("console.link.for")}</button></p>
  </details>`;
}

/** @param {{share: Share}} props */
export function LinkCard({ share }) {
  return html`<section class="card link-card" aria-labelledby="link-title">
    <h2 id="link-title">${t("console.link")}</h2>
    ${share.link
      ? html`<p class="address">${share.link}</p>
          <div class="buttons">
            <button class="primary" onClick=${() => copyLink(share)}><${Icon} name="copy" />${t("console.copy")}</button>
            <button onClick=${() => openQr(share)}><${Icon} name="qr" />${t("console.qr")}</button>
            ${navigator.share && html`<button onClick=${give(share)}><${Icon} name="up" />${t("console.link.share")}</button>`}
          </div>`
      : html`<p class="muted">${t("console.link.none")}</p>`}
    <p class="limits"><span>${limitsOf(share)} <${LimitWords} share=${share} /></span><button class="plain" onClick=${openOptions}>${t("console.link.change")}</button></p>
    <p class="exposure">${exposureOf(share)}</p>
    ${share.link && html`<${Others} share=${share} />`}
    ${share.link && html`<${People} share=${share} />`}
  </section>`;
}
