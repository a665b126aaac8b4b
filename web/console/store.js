// What the page knows of the daemon: its status, shares, downloads and drop boxes, kept up to date by deltas, one pass a
// frame.
import { batch, computed, signal } from "@preact/signals";
import { ask } from "./api.js";

/** @type {Map<string, Share>} a row is replaced, never changed: who holds the same object has seen it all */
export const shares = new Map();
/** @type {Map<string, Download>} */
export const downloads = new Map();
/** @type {Map<string, Box>} */
export const boxes = new Map();

/** Grows whenever shares differ; and whenever their set, names or states do, so that an order has to be made anew. */
export const version = signal(0);
export const arrangement = signal(0);
export const downloadsVersion = signal(0);
export const boxesVersion = signal(0);
/** @type {import("@preact/signals").Signal<Status>} */
export const status = signal({});
/** @type {import("@preact/signals").Signal<{state: "connecting"|"live"|"lost", seen?: number, retry?: number}>} */
export const connection = signal({ state: "connecting" });
export const isLoaded = signal(false);
/** Events of the stream, newest first, as many as a screen shows. @type {import("@preact/signals").Signal<HistoryEvent[]>} */
export const recent = signal([]);

let number = 0;
let listed = 0; // the delta up to which the list of shares went, which may be further
/** @type {Delta[]} */
let waiting = [];
let isPlanned = false;
let resets = 0; // how many have begun
let isResetting = false;

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

/** How many files, in all drop boxes, the owner has still to look at. */
export const waitingFiles = computed(() => {
  boxesVersion.value;
  return [...boxes.values()].reduce((sum, box) => sum + (box.waiting ?? 0), 0);
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

// Of what is few, and so has no arrangement that is kept.
function applyFew(known, changes, rows, gone) {
  for (const row of rows ?? []) known.set(row.id, row);
  for (const id of gone ?? []) known.delete(id);
  if (rows || gone) changes.value += 1;
}

/** @param {Delta} delta */
function applyOthers(delta) {
  applyFew(downloads, downloadsVersion, delta.downloads, delta.downloads_removed);
  applyFew(boxes, boxesVersion, delta.boxes, delta.boxes_removed);
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
      if (delta.number > listed) applyShares(delta);
      applyOthers(delta);
      if (delta.events) recent.value = [...[...delta.events].reverse(), ...recent.peek()].slice(0, 200);
    }
  });
}

/** Takes a delta in with the next frame; in a hidden tab, where there are no frames, soon. */
export function take(delta) {
  waiting.push(delta);
  if (isPlanned || isResetting || !isLoaded.peek()) return;
  isPlanned = true;
  if (document.hidden) setTimeout(flush, 200);
  else requestAnimationFrame(flush);
}

/** @returns {number} up to which delta the page is up to date */
export const upTo = () => number;

/**
 * Takes a snapshot's status, downloads and drop boxes once all shares, which it asks for, are here. What the stream says
 * meanwhile waits; what was added here meanwhile stays.
 */
export async function reset(snapshot) {
  resets += 1;
  const turn = resets;
  const former = { downloads_removed: [...downloads.keys()], boxes_removed: [...boxes.keys()] };
  isResetting = true;
  let list;
  try {
    list = await ask("GET", "/shares?view=row");
  } catch (error) {
    if (turn === resets) [waiting, isResetting] = [[], false]; // the next snapshot has it all
    throw error;
  }
  if (turn !== resets) return; // a newer snapshot has come
  isResetting = false;
  batch(() => {
    status.value = snapshot.status;
    applyOthers(former);
    applyOthers({ downloads: snapshot.downloads ?? [], boxes: snapshot.boxes ?? [] });
    shares.clear();
    for (const row of list.shares) shares.set(row.id, row);
    number = snapshot.number;
    listed = list.number;
    version.value += 1;
    arrangement.value += 1;
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

export const putDownload = (row) => applyOthers({ downloads: [row] });
export const forgetDownload = (id) => applyOthers({ downloads_removed: [id] });
export const putBox = (row) => applyOthers({ boxes: [row] });
export const forgetBox = (id) => applyOthers({ boxes_removed: [id] });
