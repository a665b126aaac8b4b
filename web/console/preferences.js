// What the owner chose for this browser: scheme, language, density, order, keys.
import { effect, signal } from "@preact/signals";

const place = "btshare";
const defaults = { scheme: "system", language: "system", density: "comfortable", sort: "activity", keys: true, welcome: true };

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

effect(() => {
  const { scheme, density } = preferences.value;
  document.documentElement.dataset.scheme = scheme;
  document.documentElement.dataset.density = density;
});
