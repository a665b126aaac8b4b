// Says in passing what newly needs a person, once, with what can be done about it there and then. What is done with goes.
import { effect } from "@preact/signals";
import { ask, query, shareUrl } from "./api.js";
import { shown } from "./foreign.js";
import { language, t } from "./i18n.js";
import { dropToast, toast } from "./parts/toast.js";
import { go } from "./router.js";
import { status } from "./store.js";

/** @type {Map<string, number>} toasts of what waits still */
const said = new Map();
let isStarted = false;

/** @param {Notice} notice */
const keyOf = ({ plugin, news }) => JSON.stringify([plugin, news]);
const inOwn = (words) => shown(words[language.peek()] ?? words.en);

/** @param {Notice} notice */
function actsOf({ plugin, share, action }) {
  const acts = [];
  if (action) {
    const text = inOwn(action.title);
    const path = ["plugins", plugin, "panels", action.panel, "actions", action.name].map(encodeURIComponent).join("/");
    acts.push({ text, act: async () => {
      const answer = await ask("POST", `/${path}${query({ share, row: action.row, language: language.peek() })}`);
      toast(answer?.message ? shown(answer.message) : t("console.panel.done", { name: text }));
    } });
  }
  if (share) acts.push({ text: t("console.notice.look"), act: () => go(shareUrl(share)) });
  return acts;
}

/** @param {Notice[]} first those that are no news */
export function startNews(first) {
  if (isStarted) return;
  isStarted = true;
  const known = new Set(first.map(keyOf));
  effect(() => {
    const waiting = new Map((status.value.notices ?? []).filter(({ news }) => news).map((notice) => [keyOf(notice), notice]));
    for (const [key, id] of said) {
      if (waiting.has(key)) continue;
      dropToast(id);
      said.delete(key);
    }
    for (const [key, notice] of waiting) {
      if (known.has(key)) continue;
      known.add(key);
      said.set(key, toast(inOwn(notice.text), { acts: actsOf(notice) }));
    }
  });
}
