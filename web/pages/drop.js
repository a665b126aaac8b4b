// Sends files to a drop box in pieces, and goes on after a pause, a lost network or a reload (tus 1.0.0).
// Without it the form sends them in one go. What it says stands in data-… of the form.
const form = document.getElementById("send");
const [chooser, choose, list, said, template] = ["files", "choose", "list", "status", "row"].map((id) => document.getElementById(id));
const texts = form.dataset;
const piece = 8 * 1024 * 1024;
const minute = 60000;
const memory = `btshare ${texts.to}`;
const items = [];
let isRunning = false;
let lock;

const say = (key, values) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const format = (value, style, unit, digits = 0) =>
  new Intl.NumberFormat(document.documentElement.lang, { style, unit, maximumFractionDigits: digits }).format(value);
const part = ({ sent, size }) => format(Math.floor((sent * 100) / (size || 1)) / 100, "percent");
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const those = (states) => items.filter((item) => states.includes(item.state));

function sizeOf(bytes) {
  const step = Math.min(4, Math.floor(Math.log10(bytes || 1) / 3));
  return format(bytes / 1000 ** step, "unit", ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"][step], step > 1 ? 1 : 0);
}

// Uploads of earlier visits by file; changed where a change is given.
function known(change) {
  try {
    const all = JSON.parse(localStorage[memory] ?? "{}");
    change?.(all);
    localStorage[memory] = JSON.stringify(all);
    return Object.values(all);
  } catch {
    return []; // a browser that keeps nothing
  }
}

const keep = ({ key, name, size, url, receipt, at }) => known((all) => (all[key] = { key, name, size, url, receipt, at }));

function show(item, state, text = say(state, { ...item, part: part(item) })) {
  item.state = item.row.dataset.state = state;
  const [name, bar, size, what, ...buttons] = item.parts;
  name.textContent = bar.ariaLabel = item.name;
  size.textContent = sizeOf(item.size);
  bar.value = item.size ? item.sent / item.size : Number(/done|kept/.test(state));
  what.textContent = text;
  [texts[`turn${state}`], state === "done" ? texts.back : state !== "kept" && texts.remove].forEach((label, at) => {
    buttons[at].hidden = !label;
    buttons[at].textContent = label;
    buttons[at].ariaLabel = `${label}: ${item.name}`;
  });
  tell();
}

// For those who listen: states, never figures that move.
function tell() {
  const [done, open] = [those("done kept").length, those("queued sending waiting paused").length];
  const text = those("waiting").length ? texts.waiting : isRunning ? say("busy", { done, all: done + open }) : done && !open ? (those("refused").length ? texts.some : texts.all) : "";
  if (said.textContent !== text) said.textContent = text;
}

function make(values) {
  const row = template.content.firstElementChild.cloneNode(true);
  const item = { sent: 0, at: Date.now(), ...values, row, parts: row.querySelectorAll(".name, progress, p span, button") };
  item.parts[4].onclick = () => turn(item);
  item.parts[5].onclick = () => remove(item);
  list.append(row);
  items.push(item);
  return item;
}

// Why a file cannot be sent, as far as the page knows; before anything is.
function against({ name, size }, isFolder) {
  const others = those("ready queued sending waiting paused");
  if (isFolder) return texts.folder;
  if (size > texts.each) return say("large", { size: sizeOf(texts.each) });
  if (!/[^. ]/.test(name)) return texts.name;
  if (others.length >= texts.files) return texts.many;
  return others.reduce((sum, other) => sum + other.size, size) > texts.bytes && texts.full;
}

function add(files, folders = []) {
  for (const file of files) {
    const { name, size } = file;
    const key = `${size} ${file.lastModified} ${name}`;
    const same = items.find((item) => item.key === key);
    if (same?.state === "known") turn(Object.assign(same, { file }));
    if (same) continue;
    const why = against(file, folders.includes(name));
    show(make({ file, key, name, size }), why ? "refused" : isRunning ? "queued" : "ready", why || undefined);
  }
}

const ask = (item, method, url, headers, body) => new Promise((resolve, reject) => {
  const call = (item.call = new XMLHttpRequest()); // fetch does not say how far it is
  call.open(method, url);
  for (const [name, value] of Object.entries({ "Tus-Resumable": "1.0.0", ...headers })) call.setRequestHeader(name, value);
  const { sent, size, start, since } = item;
  if (body) {
    call.upload.onprogress = ({ loaded }) => {
      item.sent = Math.min(sent + loaded, size);
      const left = ((size - item.sent) / (item.sent - start)) * ((Date.now() - since) / minute);
      show(item, "sending", left ? say("left", { part: part(item), left: format(Math.ceil(left), "unit", "minute") }) : texts.finishing);
    };
  }
  call.onload = () => (call.status < 300 ? resolve(call) : reject(call));
  call.onerror = call.onabort = () => reject(call);
  call.send(body);
});

async function sendAll(item) {
  const offset = () => (item.sent = Number(call.getResponseHeader("Upload-Offset")));
  let call;
  if (item.url) call = await ask(item, "HEAD", item.url);
  else {
    const { note, sender } = form.elements;
    const words = Object.entries({ name: item.name, note: note.value, sender: sender.value }).filter(([, text]) => text);
    call = await ask(item, "POST", texts.to, { "Upload-Length": item.size,
      "Upload-Metadata": words.map(([key, text]) => `${key} ${base64(text)}`).join() });
    item.url = new URL(call.getResponseHeader("Location"), location).pathname;
    keep(item);
  }
  Object.assign(item, { start: offset(), since: Date.now() });
  while (item.sent < item.size) {
    const { sent } = item;
    call = await ask(item, "PATCH", item.url, { "Upload-Offset": sent, "Content-Type": "application/offset+octet-stream" },
      item.file.slice(sent, sent + piece));
    offset();
    item.tries = 0;
  }
  Object.assign(item, { receipt: call.getResponseHeader("X-Receipt"), at: Date.now() });
  count(item, 1);
  keep(item);
  finish(item);
}

// What the box still takes.
function count({ size }, sign) {
  texts.files -= sign;
  texts.bytes -= sign * size;
}

// It can be taken back for ten minutes.
function finish(item) {
  show(item, "done");
  setTimeout(() => item.state === "done" && show(item, "kept", say("done", item)), item.at + 10 * minute - Date.now());
}

const refusals = { 400: "name", 403: "denied", 404: "gone", 413: "full", 507: "room" };

async function send(item) {
  item.tries = 0;
  show(item, "sending");
  while (/sending|waiting/.test(item.state)) {
    try {
      await sendAll(item);
    } catch ({ status: answer }) {
      if (!/sending|waiting/.test(item.state)) return;
      if (answer === undefined) show(item, "refused", texts.unreadable);
      else if (answer === 404 && item.url) Object.assign(item, { url: undefined, sent: 0 }); // it is kept no longer
      else if (refusals[answer]) show(item, "refused", texts[refusals[answer]]);
      else {
        show(item, "waiting", answer ? texts.later : texts.waiting);
        await new Promise((resolve) => {
          item.wake = resolve;
          setTimeout(resolve, Math.min(500 * 2 ** item.tries++, 30000));
          addEventListener("online", resolve, { once: true });
        });
      }
    }
  }
}

async function run() {
  if (isRunning) return;
  isRunning = true;
  stayAwake();
  for (let item; (item = those("queued")[0]); ) await send(item);
  isRunning = false;
  lock?.release();
  tell();
}

function interrupt(item) {
  item.call?.abort();
  item.wake?.();
}

function turn(item) {
  if (!item.file) return chooser.click();
  if (/sending|waiting/.test(item.state)) {
    show(item, "paused");
    return interrupt(item);
  }
  show(item, "queued");
  return run();
}

function remove(item) {
  if (item.receipt) count(item, -1);
  item.state = "gone";
  interrupt(item);
  if (item.url) ask({}, "DELETE", item.url).catch(() => {});
  known((all) => delete all[item.key]);
  items.splice(items.indexOf(item), 1);
  item.row.remove();
  chooser.focus();
  tell();
}

const stayAwake = async () => (lock = await navigator.wakeLock?.request("screen").catch(() => {}));
document.addEventListener("visibilitychange", () => isRunning && !document.hidden && stayAwake());
addEventListener("beforeunload", (event) => isRunning && event.preventDefault());

chooser.onchange = () => {
  add(chooser.files);
  chooser.value = "";
};
form.onsubmit = (event) => {
  event.preventDefault();
  for (const item of those("ready")) show(item, "queued");
  run();
};

const over = (isOver) => (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  if (isOver || !event.relatedTarget) form.toggleAttribute("data-over", isOver);
};
addEventListener("dragover", over(true));
addEventListener("dragleave", over(false));
addEventListener("drop", (event) => {
  over(false)(event);
  const { files, items: dropped } = event.dataTransfer;
  add(files, [...dropped].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry?.isDirectory).map((entry) => entry.name));
});

for (const item of known()) {
  if (Date.now() - item.at > (item.receipt ? 10 : 1440) * minute) known((all) => delete all[item.key]);
  else if (item.receipt) finish(make({ ...item, sent: item.size }));
  else show(make(item), "known");
}
chooser.required = false;
choose.className = "button main";
form.dataset.live = "";
form.prepend(chooser.parentElement); // sent without the script, files come after the words for them
