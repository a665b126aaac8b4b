// What the page knows of the daemon: its status, shares and downloads, kept up to date by deltas, one pass a frame.
import { batch, computed, signal } from "@preact/signals";
import { ask } from "./api.js";

/** @type {Map<string, Share>} a row is replaced, never changed: who holds the same object has seen it all */
export const shares = new Map();
/** @type {Map<string, Download>} */
export const downloads = new Map();

/** Grows whenever shares differ; and whenever their set, names or states do, so that an order has to be made anew. */
export const version = signal(0);
export const arrangement = signal(0);
export const downloadsVersion = signal(0);
/** @type {import("@preact/signals").Signal<Status>} */
export const status = signal({});
/** @type {import("@preact/signals").Signal<{state: "connecting"|"live"|"lost", seen?: number, retry?: number}>} */
export const connection = signal({ state: "connecting" });
export const isLoaded = signal(false);
/** Events of the stream, newest first, as many as a screen shows. @type {import("@preact/signals").Signal<HistoryEvent[]>} */
export const recent = signal([]);

let number = 0;
/** @type {Delta[]} */
let waiting = [];
let isPlanned = false;

const isOver = (row) => row.state === "expired" || row.state === "paused";

/** @type {Record<string, (row: Share) => boolean>} the chips, as the daemon counts them */
export const filters = {
  all: () => true,
  sending: (row) => row.recipients > 0,
  never: (row) => !row.downloads && !isOver(row),
  attention: (row) => row.state === "failed" || row.state === "missing",
};

export const counts = computed(() => {
  version.value;
  const found = { all: shares.size, sending: 0, never: 0, attention: 0 };
  for (const row of shares.values()) {
    if (filters.sending(row)) found.sending += 1;
    if (filters.never(row)) found.never += 1;
    if (filters.attention(row)) found.attention += 1;
  }
  return found;
});

// Whether a row moves in some order or between filters, and not only its numbers.
function isArranged(old, row) {
  return old && old.name === row.name && old.state === row.state && old.size === row.size &&
    !old.recipients === !row.recipients && !old.downloads === !row.downloads;
}

/** @param {Delta} delta */
function applyShares(delta) {
  let moved = false;
  for (const row of delta.shares ?? []) {
    moved ||= !isArranged(shares.get(row.id), row);
    shares.set(row.id, row);
  }
  for (const id of delta.removed ?? []) moved = shares.delete(id) || moved;
  if (delta.shares || delta.removed) version.value += 1;
  if (moved) arrangement.value += 1;
}

/** @param {Delta} delta */
function applyDownloads(delta) {
  for (const row of delta.downloads ?? []) downloads.set(row.id, row);
  for (const id of delta.downloads_removed ?? []) downloads.delete(id);
  if (delta.downloads || delta.downloads_removed) downloadsVersion.value += 1;
}

function flush() {
  isPlanned = false;
  const deltas = waiting;
  waiting = [];
  batch(() => {
    for (const delta of deltas) {
      if (delta.number <= number) continue;
      number = delta.number;
      if (delta.status) status.value = { ...status.peek(), ...delta.status };
      applyShares(delta);
      applyDownloads(delta);
      if (delta.events) recent.value = [...[...delta.events].reverse(), ...recent.peek()].slice(0, 200);
    }
  });
}

/** Takes a delta in with the next frame; in a hidden tab, where there are no frames, soon. */
export function take(delta) {
  waiting.push(delta);
  if (isPlanned || !isLoaded.peek()) return;
  isPlanned = true;
  if (document.hidden) setTimeout(flush, 200);
  else requestAnimationFrame(flush);
}

/** @returns {number} up to which delta the page is up to date */
export const upTo = () => number;

/** Takes a snapshot's status and downloads, then asks for all shares. */
export async function reset(snapshot) {
  const list = await ask("GET", "/shares?view=row");
  batch(() => {
    status.value = snapshot.status;
    downloads.clear();
    for (const row of snapshot.downloads ?? []) downloads.set(row.id, row);
    shares.clear();
    for (const row of list.shares) shares.set(row.id, row);
    number = list.number;
    version.value += 1;
    arrangement.value += 1;
    downloadsVersion.value += 1;
    isLoaded.value = true;
  });
  flush();
}

/** Puts in what an answer brought, before the stream says so. */
export function put(row) {
  batch(() => applyShares({ shares: [{ ...shares.get(row.id), ...row }] }));
}

export function forget(id) {
  batch(() => applyShares({ removed: [id] }));
}

export function putDownload(row) {
  downloads.set(row.id, row);
  downloadsVersion.value += 1;
}

export function forgetDownload(id) {
  if (downloads.delete(id)) downloadsVersion.value += 1;
}
