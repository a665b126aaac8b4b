// What happened to a share.
import { useEffect, useState } from "preact/hooks";
import { ask, query, shareUrl } from "../../api.js";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { attempt } from "../../parts/toast.js";
import { Timeline } from "../../parts/timeline.js";

const page = 30;

/** @param {{share: Share}} props */
export function History({ share }) {
  const [isOpen, setOpen] = useState(false);
  const [found, setFound] = useState(null);
  const load = (offset) => attempt(async () => {
    const more = await ask("GET", `${shareUrl(share.id)}/history${query({ limit: page, offset })}`);
    setFound((old) => ({ total: more.total, events: offset === 0 ? more.events : [...old.events, ...more.events] }));
  });
  useEffect(() => {
    if (isOpen) load(0);
  }, [isOpen, share.id, share.state, share.downloads]);
  return html`<details open=${isOpen} onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>${t("console.history")}</summary>
    ${found && (found.events.length ? html`<${Timeline} events=${found.events} share=${share.id} />` : html`<p class="muted">${t("console.history.none")}</p>`)}
    ${found && found.events.length < found.total && html`<button onClick=${() => load(found.events.length)}>${
      t("console.list.more", { n: found.total - found.events.length })}</button>`}</details>`;
}
