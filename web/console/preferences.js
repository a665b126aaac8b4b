// What the owner chose for this browser: scheme, language, density, order, keys, of what it tells.
import { computed, effect, signal } from "@preact/signals";

const place = "btshare";
const defaults = { scheme: "system", language: "system", density: "comfortable", sort: "activity", keys: true, welcome: true, tell: /** @type {string[]} */ ([]) };

function read() {
  try {
    return { ...defaults, ...JSON.parse(localStorage.getItem(place) ?? "{}") };
  } catch {
    return defaults;
  }
}

/** @type {import("@preact/signals").Signal<typeof defaults>} */
export const preferences = signal(read());

/** @param {Partial<typeof defaults>} chosen */
export function prefer(chosen) {
  preferences.value = { ...preferences.peek(), ...chosen };
  try {
    localStorage.setItem(place, JSON.stringify(preferences.peek()));
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
  }
}

const system = matchMedia("(prefers-color-scheme: dark)");
const isSystemDark = signal(system.matches);
system.addEventListener("change", () => (isSystemDark.value = system.matches));

/** For what is painted, and so does not follow the sheet by itself. */
export const isDark = computed(() => (preferences.value.scheme === "system" ? isSystemDark.value
  : preferences.value.scheme === "dark"));

effect(() => {
  const { scheme, density } = preferences.value;
  document.documentElement.dataset.scheme = scheme;
  document.documentElement.dataset.density = density;
});
