// Keeps the store up to date: one event stream for all tabs of a browser, changes asked for where streams do not pass.
//
// Where there are Web Locks, the tab that holds the lock reads the stream and tells the others by BroadcastChannel.
// Without them (plain HTTP on a network) each tab reads its own, and lets go of it while nobody looks.
import { ask } from "./api.js";
import { connection, reset, take, upTo } from "./store.js";

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("btshare") : null;
const hasLocks = Boolean(navigator.locks && channel);
const pauses = [1, 2, 5, 5, 10];

let stream = null;
let poll = 0;
let tries = 0;
let retry = 0;
let isOwner = false;

const tell = (message) => channel?.postMessage(message);

function isLive() {
  tries = 0;
  connection.value = { state: "live", seen: Date.now() };
}

function isLost(pause) {
  const { seen } = connection.peek();
  connection.value = { state: "lost", seen, retry: Date.now() + pause * 1000 };
}

async function onSnapshot(snapshot) {
  try {
    await reset(snapshot);
    isLive();
  } catch {
    if (isOwner || !hasLocks) fail();
    else followSoon();
  }
}

function onDelta(delta) {
  if (connection.peek().state !== "live") isLive();
  take(delta);
}

function stop() {
  stream?.close();
  stream = null;
  clearInterval(poll);
  clearTimeout(retry);
  poll = 0;
}

function fail() {
  stop();
  const pause = pauses[Math.min(tries, pauses.length - 1)];
  tries += 1;
  isLost(pause);
  tell({ kind: "lost", pause });
  retry = setTimeout(open, pause * 1000);
}

function open() {
  stop();
  stream = new EventSource("/api/v1/events");
  let isOpen = false;
  stream.addEventListener("open", () => (isOpen = true));
  stream.addEventListener("snapshot", (event) => {
    const snapshot = JSON.parse(event.data);
    tell({ kind: "snapshot", snapshot });
    onSnapshot(snapshot);
  });
  stream.addEventListener("delta", (event) => {
    const delta = JSON.parse(event.data);
    tell({ kind: "delta", delta });
    onDelta(delta);
  });
  stream.addEventListener("error", () => {
    // Refused (too many streams, something between that does not let them pass): ask every two seconds instead.
    if (!isOpen && stream?.readyState === EventSource.CLOSED) askInstead();
    else fail();
  });
}

async function askInstead() {
  stop();
  const once = async () => {
    try {
      const changes = await ask("GET", `/changes?since=${upTo()}`);
      if (changes.reset) await reset(changes);
      else onDelta(changes);
      tell(changes.reset ? { kind: "snapshot", snapshot: changes } : { kind: "delta", delta: changes });
      isLive();
    } catch {
      fail();
    }
  };
  await once();
  if (connection.peek().state === "live") poll = setInterval(once, 2000);
}

function hear({ data }) {
  if (data.kind === "snapshot") onSnapshot(data.snapshot);
  else if (data.kind === "delta") onDelta(data.delta);
  else if (data.kind === "lost") isLost(data.pause);
  else if (data.kind === "again" && isOwner) open();
}

/** Tries at once, from whichever tab. */
export function tryAgain() {
  if (isOwner || !hasLocks) open();
  else tell({ kind: "again" });
}

// What there is, before anything arrives from the tab that reads the stream.
async function follow() {
  try {
    await onSnapshot(await ask("GET", "/changes"));
  } catch {
    followSoon();
  }
}

function followSoon() {
  isLost(2);
  retry = setTimeout(() => isOwner || follow(), 2000);
}

/** Begins; called once, by somebody who is logged in. */
export function startLive() {
  if (!hasLocks) {
    document.addEventListener("visibilitychange", () => (document.hidden ? stop() : open()));
    open();
    return;
  }
  channel.addEventListener("message", hear);
  navigator.locks.request("btshare-stream", { ifAvailable: true }, (lock) => {
    if (lock) return own();
    follow();
    navigator.locks.request("btshare-stream", own);
    return undefined;
  });
}

function own() {
  isOwner = true;
  open();
  return new Promise(() => {}); // held until the tab goes
}
