// Tells of what happens, as it happens, where the owner wants that in this browser: by the system where it may, else in
// the page.
import { effect } from "@preact/signals";
import { t } from "./i18n.js";
import { sentenceOf, whereOf } from "./parts/timeline.js";
import { toast } from "./parts/toast.js";
import { preferences } from "./preferences.js";
import { go } from "./router.js";
import { recent } from "./store.js";

const mostAtOnce = 3;
let seen = -1;

// The tag keeps several tabs from saying the same.
function bySystem(text, tag, url) {
  const notice = new Notification("BTshare", { body: text, tag: `btshare-${tag}`, icon: "/icons.svg" });
  notice.onclick = () => {
    focus();
    if (url) go(url);
    notice.close();
  };
}

function say(text, tag, url) {
  const maySystem = isSecureContext && "Notification" in globalThis && Notification.permission === "granted";
  if (maySystem) bySystem(text, tag, url);
  else toast(text);
}

function tell(events) {
  if (events.length > mostAtOnce) {
    say(t("console.tell.many", { n: events.length }), events[0].id, "/activity");
    return;
  }
  for (const event of events.toReversed()) say(sentenceOf(event), event.id, whereOf(event));
}

const newest = (events) => events.reduce((most, event) => Math.max(most, event.id), 0);

/** @param {number} last the newest event that is no news */
export function startNotices(last) {
  if (seen >= 0) return;
  seen = last;
  effect(() => {
    const news = recent.value.filter((event) => event.id > seen && preferences.peek().tell.includes(event.kind));
    seen = Math.max(seen, newest(recent.value));
    if (news.length > 0) tell(news);
  });
}
