// Says that the daemon does not answer, since when, and when it is asked again.
import { useEffect, useState } from "preact/hooks";
import { clock, t } from "../i18n.js";
import { html } from "../html.js";
import { tryAgain } from "../live.js";
import { connection } from "../store.js";

// Not of the sprite, for which the daemon would be asked.
const Offline = () => html`<svg class="icon" aria-hidden="true" viewBox="0 0 24 24"><path d="M4 4l16 16M8.5 15.5a5 5 0 0 1 5.5-1M5 12a10 10 0 0 1
  4-2.3m4-.5a10 10 0 0 1 6 2.8M12 19v.01" /></svg>`;

export function Lost() {
  const { state, seen, retry } = connection.value;
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (state !== "lost") return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [state]);
  if (state !== "lost") return null;
  const seconds = Math.max(0, Math.ceil((retry - Math.max(now, Date.now())) / 1000));
  return html`<div class="lost" role="alert"><${Offline} />
    <p><strong>${t("console.lost")}</strong> ${seen && t("console.lost.seen", { time: clock(seen / 1000) })}</p>
    <p aria-live="off">${t("console.lost.retry", { seconds })}</p>
    <button onClick=${tryAgain}>${t("console.retry.now")}</button></div>`;
}
