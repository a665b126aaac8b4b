// Of what the owner is told: by this browser, while the page is open, and by the plugin that reaches them anywhere.
import { useState } from "preact/hooks";
import { t } from "../../i18n.js";
import { html } from "../../html.js";
import { preferences, prefer } from "../../preferences.js";
import { OfPlugin } from "./of_plugin.js";

const kinds = { "recipient-finished": "console.tell.finished", "download-finished": "console.tell.received", "upload-finished": "console.tell.sent",
  "share-failed": "console.tell.failed" };
const line = 'plugin "notify" { ntfy = "https://ntfy.sh/a-topic-nobody-guesses" }';

const isPossible = () => isSecureContext && "Notification" in globalThis;

function howItIsTold() {
  if (!isPossible()) return t("console.tell.page");
  if (Notification.permission === "denied") return t("console.tell.denied");
  return t(Notification.permission === "granted" ? "console.tell.system" : "console.tell.asks");
}

export function Notifications() {
  const [how, setHow] = useState(howItIsTold);
  const choose = async (kind, isOn) => {
    const others = preferences.peek().tell.filter((other) => other !== kind);
    prefer({ tell: isOn ? [...others, kind] : others });
    if (isOn && isPossible() && Notification.permission === "default") await Notification.requestPermission();
    setHow(howItIsTold());
  };
  return html`<section class="group" aria-labelledby="section-notifications"><h2 id="section-notifications">${t("console.section.notifications")}</h2>
    <div>${Object.entries(kinds).map(([kind, text]) => html`<div class="setting"><label for=${`tell-${kind}`}>${t(text)}</label>
      <input id=${`tell-${kind}`} type="checkbox" checked=${preferences.value.tell.includes(kind)}
        onChange=${(event) => choose(kind, event.currentTarget.checked)} /></div>`)}</div>
    <p class="muted" role="status">${how}</p>
    <${OfPlugin} name="notify" without=${t("console.tell.without")} line=${line} /></section>`;
}
