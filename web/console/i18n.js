// Texts, numbers, sizes and times in the language of the person: texts from the daemon's catalogue, the rest from Intl.
import { computed, signal } from "@preact/signals";
import { preferences } from "./preferences.js";

export const languages = ["en", "fr"];

/** The language that is shown, and its texts; both change together when they have arrived. */
const spoken = signal({ language: "en", texts: {} });
export const language = computed(() => spoken.value.language);

const wanted = computed(() => {
  const { language: chosen } = preferences.value;
  if (chosen !== "system") return chosen;
  const own = navigator.languages.map((tag) => tag.slice(0, 2));
  return own.find((tag) => languages.includes(tag)) ?? "en";
});

/** @returns {Promise<void>} when the texts of the wanted language are there */
export async function loadTexts() {
  const code = wanted.peek();
  const answer = await fetch(`/i18n/${code}.json`);
  if (!answer.ok) throw new Error(`texts: ${answer.status}`);
  spoken.value = { language: code, texts: (await answer.json()).texts };
  document.documentElement.lang = code;
}

export function followLanguage() {
  wanted.subscribe((code) => {
    if (code !== spoken.peek().language) loadTexts().catch(() => {});
  });
}

const tools = computed(() => {
  const code = language.value;
  return {
    plural: new Intl.PluralRules(code),
    number: new Intl.NumberFormat(code),
    one: new Intl.NumberFormat(code, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    day: new Intl.DateTimeFormat(code, { day: "numeric", month: "long", year: "numeric" }),
    time: new Intl.DateTimeFormat(code, { hour: "2-digit", minute: "2-digit" }),
    moment: new Intl.DateTimeFormat(code, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
    ago: new Intl.RelativeTimeFormat(code, { numeric: "auto" }),
    list: new Intl.ListFormat(code, { type: "conjunction" }),
    order: new Intl.Collator(code, { numeric: true, sensitivity: "base" }),
  };
});

/** @param {number} n @returns {string} */
export const number = (n) => tools.value.number.format(n);
/** @param {string[]} words */
export const list = (words) => tools.value.list.format(words);
/** Compares two names as a dictionary would. */
export const collator = () => tools.value.order;

/** @param {string} key @returns {boolean} */
export const hasText = (key) => key in spoken.value.texts;

/**
 * @param {string} key of the catalogue
 * @param {Record<string, string|number>} [values] what {name} stands for; n chooses the plural
 */
export function t(key, values = {}) {
  let text = spoken.value.texts[key];
  if (text === undefined) return key;
  if (typeof text === "object") text = tools.value.plural.select(Number(values.n)) === "one" ? text.one : text.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : String(value ?? "");
  });
}

/** @param {number} part 0…1 @returns {string} whole percents; never 100 before all is there */
export const percent = (part) => t("console.percent", { value: Math.floor(part * 100) });

const units = { en: ["B", "kB", "MB", "GB", "TB", "PB"], fr: ["o", "Ko", "Mo", "Go", "To", "Po"] };

/** @param {number} bytes @returns {string} "1.9 GB", "1,9 Go" */
export function size(bytes) {
  let value = bytes;
  let place = 0;
  while (value >= 999.5 && place < 5) {
    value /= 1000;
    place += 1;
  }
  const digits = place === 0 || value >= 99.95 ? number(Math.round(value)) : tools.value.one.format(value);
  return `${digits}\u00a0${units[language.value][place]}`;
}

/** @param {number} bytes of a limit @returns {string} "4 GB" */
export const roundSize = (bytes) => size(bytes).replace(/[.,]0(?=\s)/, "");

/** @param {number} bytes a second */
export const rate = (bytes) => `${size(Math.round(bytes))}/s`;

/** @type {[number, string][]} */
const steps = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

/** @param {number} seconds @returns {string} its two largest units, "3 h 20 min" */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const at = Math.max(0, steps.findIndex(([length]) => whole >= length));
  const first = whole === 0 ? 3 : at;
  const name = (unit) => (unit === "d" && language.value === "fr" ? "j" : unit);
  const [large, largeName] = steps[first];
  const text = `${number(Math.floor(whole / large))}\u00a0${name(largeName)}`;
  if (first === 3) return text;
  const [small, smallName] = steps[first + 1];
  const rest = Math.floor((whole % large) / small);
  return rest === 0 ? text : `${text} ${rest}\u00a0${name(smallName)}`;
}

/** @param {number} time seconds since 1970 */
export const day = (time) => tools.value.day.format(time * 1000);
export const clock = (time) => tools.value.time.format(time * 1000);
export const moment = (time) => tools.value.moment.format(time * 1000);

/** @type {[number, Intl.RelativeTimeFormatUnit][]} */
const spans = [[86400, "day"], [3600, "hour"], [60, "minute"]];

/** @param {number} time seconds since 1970 @returns {string} "5 minutes ago", "yesterday" */
export function ago(time) {
  const seconds = time - Date.now() / 1000;
  for (const [length, unit] of spans) {
    if (Math.abs(seconds) >= length) return tools.value.ago.format(Math.round(seconds / length), unit);
  }
  return tools.value.ago.format(0, "second");
}
