// Says that the daemon does not answer, since when, and when it is asked again.
import { useEffect, useState } from "preact/hooks";
import { clock, t } from "../i18n.js";
import { html } from "../html.js";
import { tryAgain } from "../live.js";
import { Icon } from "../parts/icon.js";
import { connection } from "../store.js";

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
  return html`<div class="lost" role="alert"><${Icon} name="offline" />
    <p><strong>${t("console.lost")}</strong> ${seen && t("console.lost.seen", { time: clock(seen / 1000) })}</p>
    <p aria-live="off">${t("console.lost.retry", { seconds })}</p>
    <button onClick=${tryAgain}>${t("console.retry.now")}</button></div>`;
}
