// Who fetches a share and how far they are: asked every second while the page is in sight.
import { useEffect, useState } from "preact/hooks";
import { ask, shareUrl } from "../../api.js";
import { shown } from "../../foreign.js";
import { ago, duration, percent, rate, size, t } from "../../i18n.js";
import { html } from "../../html.js";
import { Icon } from "../../parts/icon.js";
import { Progress } from "../../parts/progress.js";
import { RecipientMap } from "./map.js";
import { lettersOf, nameOf } from "./recipients_names.js";
import { availability, Strip } from "./strip.js";

const ways = { torrent: "console.way.torrent", direct: "console.way.direct", "web-seed": "console.way.seed" };
const places = { here: "console.where.here", local: "console.where.local", internet: "console.where.internet" };

/** @returns {Recipients|null} what the daemon says of them */
function useRecipients(id, isWanted) {
  const [found, setFound] = useState(/** @type {Recipients|null} */ (null));
  useEffect(() => {
    let timer = 0;
    const asked = new AbortController();
    const look = async () => {
      if (!document.hidden) {
        await ask("GET", `${shareUrl(id)}/recipients`, { signal: asked.signal }).then(setFound, () => {});
      }
      if (!asked.signal.aborted) timer = setTimeout(look, isWanted ? 1000 : 5000);
    };
    look();
    return () => {
      asked.abort();
      clearTimeout(timer);
    };
  }, [id, isWanted]);
  return found;
}

function howOf(recipient) {
  const parts = [];
  if (recipient.name) parts.push(t("console.recipient.via", { name: shown(recipient.name) }));
  parts.push(recipient.way === "torrent" && recipient.client ? shown(recipient.client) : t(ways[recipient.way] ?? ways.torrent));
  if (places[recipient.where]) parts.push(t(places[recipient.where]));
  if (recipient.sent > 0) parts.push(t("console.recipient.sent", { size: size(recipient.sent) }));
  return parts;
}

function figureOf(recipient) {
  if (recipient.state === "done") return t("console.recipient.done", { when: ago(recipient.finished ?? recipient.last) });
  if (recipient.up_rate > 0) return rate(recipient.up_rate);
  return t(recipient.state === "gone" ? "console.recipient.gone" : "console.recipient.waits");
}

function Recipient({ recipient }) {
  const { progress, left_seconds: left, state, pieces } = recipient;
  const name = nameOf(recipient);
  const isDone = state === "done";
  const parts = howOf(recipient);
  if (!isDone && left !== undefined) parts.push(t("console.left", { time: duration(left) }));
  return html`<li class="recipient">
    <span class="face" aria-hidden="true">${lettersOf(recipient)}</span>
    <span class="who"><bdi>${name}</bdi></span>
    <span class="figure">${progress !== undefined && !isDone && html`<strong>${percent(progress)}</strong> · `}${figureOf(recipient)}</span>
    ${progress !== undefined && html`<${Progress} part=${progress} tone=${isDone ? "ok" : undefined} label=${t("console.recipient.progress", { name })} />`}
    <span class="how">${parts.map((part, at) => html`<span>${part}${at < parts.length - 1 && " ·"}</span>`)}</span>
    ${pieces && !isDone && html`<${Strip} values=${pieces} label=${t("console.strip.of", { name, percent: percent(progress ?? 0) })} />`}
  </li>`;
}

/** @param {{share: Share}} props */
export function Recipients({ share }) {
  const found = useRecipients(share.id, share.recipients > 0);
  if (!found) return null;
  const active = found.recipients.filter((item) => item.state !== "done");
  const done = found.recipients.filter((item) => item.state === "done");
  const spread = availability(found);
  return html`<section class="group" aria-labelledby="recipients-title">
    <h2 id="recipients-title">${t("console.recipients")}</h2>
    ${active.length === 0 && done.length === 0 && html`<p class="muted">${t("console.recipients.none")}</p>`}
    ${active.length > 0 && html`<ul>${active.map((item) => html`<${Recipient} key=${item.id} recipient=${item} />`)}</ul>`}
    ${done.length > 0 && html`<details open=${active.length === 0}><summary>${t("console.recipients.done", { n: found.complete || done.length })}</summary>
      <ul>${done.map((item) => html`<${Recipient} key=${item.id} recipient=${item} />`)}</ul></details>`}
    ${found.copies_elsewhere > 0 && html`<p class="hint"><${Icon} name="info" />${t("console.recipients.elsewhere", { n: found.copies_elsewhere })}</p>`}
    ${active.length > 0 && html`<details><summary>${t("console.map")}</summary><${RecipientMap} recipients=${active} />
      ${spread && html`<h3>${t("console.availability")}</h3><${Strip} values=${spread} label=${t("console.availability.what")} />
        <p class="muted">${t("console.availability.what")}</p>`}</details>`}
  </section>`;
}
