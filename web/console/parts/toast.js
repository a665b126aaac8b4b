// Short messages at the bottom, said politely to screen readers, with a way back where there is one.
import { signal } from "@preact/signals";
import { t } from "../i18n.js";
import { html } from "../html.js";
import { Icon } from "./icon.js";

const toasts = signal([]);
let last = 0;
let tabbed = -Infinity;

/** @param {number} id */
export const dropToast = (id) => (toasts.value = toasts.peek().filter((toast) => toast.id !== id));

/**
 * @param {string} text
 * @param {{undo?: () => void, acts?: {text: string, act: () => void}[], tone?: "bad", about?: string, isSeries?: boolean}} [how]
 *   acts: what can be done besides; about: what was changed, of which the last message alone stays; isSeries: whoever
 *   chooses again at once, as by typing in a list of choices, is led back to what was before the first choice
 * @returns {number} id
 */
export function toast(text, how = {}) {
  last += 1;
  const id = last;
  const before = how.about && toasts.peek().find((other) => other.about === how.about);
  const others = toasts.peek().filter((other) => other !== before);
  toasts.value = [...others.slice(-2), { id, text, ...how, undo: (how.isSeries && before?.undo) || how.undo }];
  wait(id, how.acts ? 30000 : how.undo || how.tone === "bad" ? 10000 : 5000);
  return id;
}

// Not while somebody is on it, or may be on the way there with the Tab key.
function wait(id, pause) {
  setTimeout(() => {
    if (document.querySelector(".toasts:hover, .toasts:focus-within") || performance.now() - tabbed < 5000) wait(id, 2000);
    else dropToast(id);
  }, pause);
}

addEventListener("keydown", (event) => {
  if (event.key === "Tab") tabbed = performance.now();
}, true);

/** Says what went wrong with what a person wanted. */
export function complain(error) {
  toast(error.status === 0 ? t("console.trouble.nobody") : error.message, { tone: "bad" });
}

/** Does what a person asked, and says so where it fails. */
export const attempt = (act) => Promise.resolve().then(act).catch(complain);

const actsOf = ({ acts = [], undo }) => (undo ? [...acts, { text: t("console.undo"), act: undo }] : acts);

export function Toasts() {
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.value.map((toast) => html`<div class="toast" key=${toast.id} data-tone=${toast.tone}>
      <span>${toast.text}</span>
      ${actsOf(toast).map(({ text, act }) => html`<button class="plain" onClick=${() => {
        dropToast(toast.id);
        attempt(act);
      }}>${text}</button>`)}
      <button class="plain icon-only" aria-label=${t("console.close")} onClick=${() => dropToast(toast.id)}>
        <${Icon} name="close" /></button>
    </div>`)}
  </div>`;
}
