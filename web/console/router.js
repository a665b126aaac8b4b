// Which screen the address names. Real paths: Back, reload and a copied address all work.
import { computed, signal } from "@preact/signals";

export const path = signal(location.pathname);

/** @type {[RegExp, string, string[]][]} path, screen, what its groups are called */
const screens = [
  [/^\/(?:shares\/?)?$/, "shares", []],
  [/^\/shares\/([^/]+)$/, "shares", ["id"]],
  [/^\/receive$/, "receive", []],
  [/^\/receive\/([^/]+)$/, "receive", ["id"]],
  [/^\/activity$/, "activity", []],
  [/^\/settings$/, "settings", []],
  [/^\/plugins$/, "plugins", []],
  [/^\/plugins\/([^/]+)\/([^/]+)$/, "panel", ["plugin", "id"]],
];

/** @type {import("@preact/signals").ReadonlySignal<{screen: string, id?: string, plugin?: string}>} */
export const route = computed(() => {
  for (const [form, screen, names] of screens) {
    const found = form.exec(path.value);
    if (found) return { screen, ...Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1])])) };
  }
  return { screen: "missing" };
});

/** @param {string} to a path @param {{replace?: boolean}} [how] */
export function go(to, how = {}) {
  if (to === path.peek()) return;
  history[how.replace ? "replaceState" : "pushState"](null, "", to);
  path.value = location.pathname;
}

/** Turns clicks on our own links into changes of the screen. */
export function startRouter() {
  addEventListener("popstate", () => (path.value = location.pathname));
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element &&
      /** @type {HTMLAnchorElement|null} */ (event.target.closest("a[href^='/']"));
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
    if (link.pathname.startsWith("/api/") || link.pathname.startsWith("/licences/")) return;
    event.preventDefault();
    go(link.pathname);
  });
}
