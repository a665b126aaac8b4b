// Which shares the list shows, and in what order: chips, search and sort, over all that the page knows.
import { computed, effect, signal } from "@preact/signals";
import { ask, query as withQuery } from "../api.js";
import { collator } from "../i18n.js";
import { preferences } from "../preferences.js";
import { arrangement, filters, shares } from "../store.js";

export const filter = signal("all");
export const query = signal("");
export const sorts = ["activity", "name", "newest", "size", "sent"];

/** Ids of the shares in which a file's name matches, as far as the daemon has said. */
const byFile = signal({ query: "", ids: new Set() });

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const folded = new Map(); // id → [name, its folded form]

function foldedName(row) {
  const known = folded.get(row.id);
  if (known?.[0] === row.name) return known[1];
  const form = fold(row.name);
  folded.set(row.id, [row.name, form]);
  return form;
}

const newest = (row) => Math.max(row.created ?? 0, row.changed ?? 0);
const isBusy = (row) => (row.recipients > 0 || row.state === "preparing" ? 1 : 0);

/** @returns {(a: Share, b: Share) => number} */
function comparison(sort) {
  const { compare } = collator();
  const byName = (a, b) => compare(a.name, b.name);
  return {
    activity: (a, b) => isBusy(b) - isBusy(a) || newest(b) - newest(a) || byName(a, b),
    name: byName,
    newest: (a, b) => (b.created ?? 0) - (a.created ?? 0) || byName(a, b),
    size: (a, b) => (b.size ?? 0) - (a.size ?? 0) || byName(a, b),
    sent: (a, b) => (b.sent ?? 0) - (a.sent ?? 0) || byName(a, b),
  }[sort];
}

/** All ids in order. Kept apart from the search, so that a key pressed sorts nothing. */
const sorted = computed(() => {
  arrangement.value;
  return [...shares.values()].sort(comparison(preferences.value.sort)).map((row) => row.id);
});

/** @type {import("@preact/signals").ReadonlySignal<string[]>} */
export const arranged = computed(() => {
  const passes = filters[filter.value] ?? filters.all;
  const words = fold(query.value).split(/\s+/).filter(Boolean);
  const inFiles = byFile.value.query === query.value ? byFile.value.ids : new Set();
  const matches = (row) => words.every((word) => foldedName(row).includes(word)) || inFiles.has(row.id);
  return sorted.value.filter((id) => {
    const row = shares.get(id);
    return row && passes(row) && (words.length === 0 || matches(row));
  });
});

// Names of files are the daemon's to search; what it finds joins what the page found by itself.
effect(() => {
  const text = query.value.trim();
  if (text.length < 2) return undefined;
  const asked = new AbortController();
  ask("GET", `/shares${withQuery({ view: "row", q: text, limit: 500 })}`, { signal: asked.signal })
    .then((found) => (byFile.value = { query: query.peek(), ids: new Set(found.shares.map((row) => row.id)) }))
    .catch(() => {});
  return () => asked.abort();
});
