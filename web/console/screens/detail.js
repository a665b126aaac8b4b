// S2: one share, from its link down to the end of it.
import { useEffect, useRef, useState } from "preact/hooks";
import { openShareMenu, stop } from "../actions.js";
import { ask, shareUrl } from "../api.js";
import { shown } from "../foreign.js";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Heading } from "../parts/heading.js";
import { Icon } from "../parts/icon.js";
import { Panels } from "../parts/panels.js";
import { State } from "../parts/state.js";
import { go } from "../router.js";
import { isLoaded, shares, status, version } from "../store.js";
import { extentOf, stateOf, storyOf, toneOf } from "../words.js";
import { Files } from "./detail/files.js";
import { History } from "./detail/history.js";
import { LinkCard } from "./detail/link_card.js";
import { Options } from "./detail/options.js";
import { Recipients } from "./detail/recipients.js";

// A row leaves out what is 0.
const idle = { recipients: 0, complete: 0, downloads: 0, sent: 0, up_rate: 0 };

/** What the daemon says of a share beside its row; asked again when the row is another version. */
function useWhole(id, row) {
  const [whole, setWhole] = useState(null);
  const seen = useRef("");
  useEffect(() => {
    if (row) seen.current = id;
    if (!row && seen.current === id) { // it was taken away: nobody is asked for what is known to be gone
      setWhole(false);
      return undefined;
    }
    const asked = new AbortController();
    ask("GET", shareUrl(id), { signal: asked.signal })
      .then(setWhole, (error) => error.status === 404 && setWhole(false));
    return () => asked.abort();
  }, [id, row?.revision, row?.state, row?.link]);
  // Numbers are the row's, which is live.
  return whole && (row ? { ...whole, ...idle, ...row } : whole);
}

const Gone = () => html`<section class="nothing"><${Heading}>${t("console.detail.gone")}<//>
  <p>${t("console.detail.gone.what")}</p><a class="button" href="/shares">${t("console.shares")}</a></section>`;

function Head({ share }) {
  return html`<header>
    <button class="plain icon-only back" aria-label=${t("console.shares")} onClick=${() => go("/shares")}><${Icon} name="back" /></button>
    <${Heading} id="detail-title"><bdi>${shown(share.name)}</bdi><//>
    <button class="plain icon-only" aria-haspopup="menu" aria-label=${t("console.more", { name: shown(share.name) })}
      onClick=${(event) => openShareMenu(event.currentTarget, share)}><${Icon} name="more" /></button>
    <p class="story"><${State} tone=${toneOf(share)}>${stateOf(share)}<//><span>${extentOf(share)}</span><span>${storyOf(share)}</span></p>
    ${share.reason && html`<p class="story trouble">${shown(share.reason_said ?? share.reason)}</p>`}
  </header>`;
}

// Whether a plugin waits for the owner to look at this share: then what it shows comes first.
const isPressing = (share, plugin) => (status.value.notices ?? []).some((notice) => notice.plugin === plugin.name && notice.share === share.id);

/** @param {{id: string}} props */
export function Detail({ id }) {
  version.value;
  const row = shares.get(id);
  const share = useWhole(id, row);
  if (share === false || (isLoaded.value && !row && !share)) return html`<${Gone} />`;
  if (!share) return html`<div class="loading" role="status" aria-label=${t("console.loading")}></div>`;
  return html`<article class="detail" aria-labelledby="detail-title">
    <${Head} share=${share} />
    <${LinkCard} share=${share} />
    <${Panels} slot="share.detail" share=${share.id} which=${(plugin) => isPressing(share, plugin)} />
    <${Recipients} share=${share} />
    <${Files} share=${share} />
    <${Options} share=${share} />
    <${History} share=${share} />
    <${Panels} slot="share.detail" share=${share.id} which=${(plugin) => !isPressing(share, plugin)} />
    <div class="end"><button class="bad" onClick=${() => stop([share], () => go("/shares"))}><${Icon} name="stop" />${
      t("console.stop")}</button><p class="muted">${t("console.stop.what")}</p></div>
  </article>`;
}
