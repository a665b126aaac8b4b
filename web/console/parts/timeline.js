// What happened, in words, newest first.
import { shareUrl } from "../api.js";
import { shown } from "../foreign.js";
import { hasText, moment, size, t } from "../i18n.js";
import { html } from "../html.js";
import { Icon } from "./icon.js";

const icons = {
  "share-created": "add", "share-ready": "check", "share-changed": "file", "share-removed": "trash", "share-missing": "warn",
  "share-stopped": "stop", "share-expired": "stop", "recipient-started": "person", "recipient-finished": "check",
  "download-finished": "receive", "download-added": "receive", "link-created": "link", "link-revoked": "link",
  "box-created": "box", "box-opened": "box", "box-closed": "box", "upload-finished": "receive", "upload-accepted": "check",
  "upload-removed": "trash",
};

const ways = { torrent: "console.way.torrent", direct: "console.way.direct", "web-seed": "console.way.seed" };

/** @param {HistoryEvent} event @returns {string} the sentence the daemon names, or what is known of it */
export function sentenceOf(event) {
  const values = Object.fromEntries(Object.entries(event.values ?? {}).map(([name, value]) =>
    [name, typeof value === "string" ? shown(value) : name === "size" ? size(value) : value]));
  if (hasText(event.text_key)) return t(event.text_key, { name: shown(event.share?.name), who: shown(event.who), ...values });
  const who = event.who ? shown(event.who) : t("console.event.somebody");
  const name = shown(event.share?.name ?? event.values?.name);
  if (event.kind === "recipient-finished") return t("console.event.finished", { who, name });
  if (event.kind === "recipient-started") return t("console.event.started", { who, name });
  return t("console.event.other", { kind: event.kind, name });
}

/** @param {HistoryEvent} event @returns {string|undefined} where more of it is seen */
export const whereOf = (event) => (event.share ? shareUrl(event.share.id) : /^(box|upload)-/.test(event.kind) ? "/receive" : undefined);

/** @param {{event: HistoryEvent, share?: string}} props share: what leads to that leads nowhere else */
function Sentence({ event, share }) {
  const where = share && event.share?.id === share ? undefined : whereOf(event);
  return where ? html`<a href=${where}>${sentenceOf(event)}</a>` : sentenceOf(event);
}

/** @param {{events: HistoryEvent[], share?: string}} props share: id of the one that it is shown beside */
export const Timeline = ({ events, share }) => html`<ol class="timeline">${events.map((event) => html`<li key=${event.id}>
  <${Icon} name=${icons[event.kind] ?? "info"} />
  <span><${Sentence} event=${event} share=${share} />${
    event.way && html` <span class="muted">${t(ways[event.way] ?? ways.torrent)}</span>`}</span>
  <time datetime=${new Date(event.time * 1000).toISOString()}>${moment(event.time)}</time></li>`)}</ol>`;
