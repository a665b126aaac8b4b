// What the daemon that is none knows: shares, recipients, downloads, settings, the same at each start.

const now = 1795000000;
const names = ["Vacances 2024", "Projet.pdf", "Concert de la fête de la musique.flac", "debian-12.7.0-amd64-netinst.iso",
  "Rapport annuel – version définitive corrigée (3).odt", "Bretagne.mp4", "Photos de famille", "sauvegarde.tar.zst",
  "IMG_20240714_181203.jpg", "Thèse"];

/** @param {number} at @returns {object} the row of a share */
function rowOf(at) {
  const name = at < names.length ? names[at] : `${names[at % names.length].replace(/(\.[a-z]+)?$/, ` ${at}$1`)}`;
  const isFolder = !/\.[a-z0-9]{2,4}$/.test(name);
  const state = at === 4 ? "preparing" : at === 6 ? "missing" : at === 7 ? "paused" : at === 8 ? "changed"
    : at % 1000 === 999 ? "failed" : "ready";
  const recipients = at === 0 ? 3 : at % 50 === 2 ? 1 : 0;
  return {
    id: `s${at}`, name, kind: isFolder ? "folder" : "file", size: ((at * 7919) % 4000) * 1000000 + 4218, files: isFolder ? 142 : 1,
    state, reason: state === "missing" ? "The file was moved or deleted." : undefined,
    progress: state === "preparing" ? 0.43 : undefined, exposure: at === 3 ? "public" : "link",
    link: state === "missing" ? undefined : `http://192.168.1.20:8702/s/4uUrQqUClq1sdqBpI2-da_h4C3M${at}`,
    created: now - at * 3600, changed: now - at * 1800, recipients, complete: at % 7, downloads: (at * 3) % 11,
    sent: at * 1200000, up_rate: recipients * 640000, revision: 1, root: "/home/paul/Public",
  };
}

const pieces = (part) => Buffer.from(Array.from({ length: 256 }, (_, at) =>
  (at / 256 < part ? 255 : (at * 37) % 100 < part * 40 ? 160 : 0))).toString("base64");

const recipients = () => [
  { id: "r1", name: "Marie Dubois", link: "l1", way: "torrent", client: "Transmission 4.0", address: "192.168.1.31", where: "local",
    progress: 0.62, up_rate: 1200000, sent: 740000000, left_seconds: 185, since: now - 600, last: now, state: "active", pieces: pieces(0.62) },
  { id: "r2", way: "direct", address: "203.0.113.7", where: "internet", progress: 0.2, up_rate: 540000, sent: 240000000,
    left_seconds: 1260, since: now - 200, last: now, state: "active" },
  { id: "r3", name: "Ahmed", link: "l2", way: "torrent", client: "qBittorrent 4.5", address: "198.51.100.20", where: "internet",
    progress: 0.05, up_rate: 0, sent: 32000000, since: now - 90, last: now, state: "active", pieces: pieces(0.05) },
  { id: "r4", name: "Lucie", link: "l3", way: "direct", address: "198.51.100.9", where: "internet", progress: 1, up_rate: 0,
    sent: 1200000000, since: now - 90000, last: now - 80000, finished: now - 80000, state: "done" },
];

const downloads = () => [
  { id: "d1", name: "archlinux-2026.11.01-x86_64.iso", state: "downloading", size: 1300000000, wanted: 1300000000, done: 559000000,
    progress: 0.43, down_rate: 4200000, up_rate: 120000, left_seconds: 176, people: 12, folder: "/home/paul/Downloads", files: 1,
    created: now - 300, share_after: true, paused: false, revision: 1, source: "magnet" },
  { id: "d2", name: "Conférence 2025", state: "stalled", reason: { key: "download.reason.nobody",
    text: "Nobody who has the file is online. Trying for 3 min.", values: {} }, size: 8200000000, wanted: 8200000000, done: 820000000,
    progress: 0.1, down_rate: 0, up_rate: 0, people: 0, folder: "/home/paul/Downloads", files: 14, created: now - 9000,
    share_after: false, paused: false, revision: 1, source: "torrent" },
  { id: "d3", name: "Album", state: "choosing", size: 420000000, wanted: 420000000, done: 0, progress: 0, down_rate: 0, up_rate: 0,
    people: 0, folder: "/home/paul/Downloads", files: 12, created: now - 20, share_after: true, paused: false, revision: 1, source: "link" },
  { id: "d4", name: "Film.mkv", state: "sharing", size: 2420000000, wanted: 2420000000, done: 2420000000, progress: 1, down_rate: 0,
    up_rate: 32000, people: 2, folder: "/home/paul/Downloads", files: 1, created: now - 99000, finished: now - 70000, share_after: true,
    paused: false, revision: 1, source: "magnet" },
];

const boxes = () => [
  { id: "b1", title: "Photos du mariage", note: "Merci à tous !\nEn pleine taille, s'il vous plaît.", is_open: true,
    link: "http://192.168.1.20:8702/d/7hQpT3zKfW0aYx-Vn2LrEo5CdJm", token: "7hQpT3zKfW0aYx-Vn2LrEo5CdJm", qr: "/api/v1/boxes/b1/qr.svg",
    created: now - 90000, expires: now + 4e9, limits: { files: 100, bytes: 10e9, file_bytes: 4e9 },
    received: { files: 5, bytes: 431e6 }, waiting: 3, coming: 1, version: 4 },
  { id: "b2", title: "Devoirs", is_open: false, link: "http://192.168.1.20:8702/d/Zm5vYmFyYmF6cXV4MDEyMzQ1Njc", qr: "/api/v1/boxes/b2/qr.svg",
    created: now - 190000, expires: null, limits: { files: 30, bytes: 1e9, file_bytes: 100e6 }, received: { files: 0, bytes: 0 },
    waiting: 0, coming: 0, version: 1 },
];

const upload = (id, values) => ({ id, box: "b1", state: "waiting", received: values.size, address: "203.0.113.0", begun: now - 700,
  finished: now - 600, ...values });
const uploads = () => [
  upload("u1", { name: "Film de la cérémonie.mp4", size: 2400000000, received: 1560000000, state: "coming", sender: "Oncle Jean", begun: now - 60,
    finished: undefined }),
  upload("u2", { name: "IMG_20261114_161203.jpg", size: 4218332, sender: "Marie Dubois", note: "Les photos promises !\nLe reste suit.", receipt: "K7QF" }),
  upload("u3", { name: "IMG_20261114_161207.jpg", size: 4418332, sender: "Marie Dubois", note: "Les photos promises !\nLe reste suit.", receipt: "K7QG" }),
  upload("u4", { name: "Discours – version définitive corrigée (3).odt", size: 61000, address: "198.51.100.0", receipt: "T2XM" }),
  upload("u5", { name: "Chanson.ogg", size: 4100000, sender: "Lucie", state: "accepted", path: "/home/paul/Downloads/Inbox/Chanson.ogg" }),
];

const settings = () => [
  { key: "name", section: "general", type: "text", value: "Paul", source: "config", line: 12, restart: false, editable: false },
  { key: "ignore", section: "sharing", type: "list", value: ["*.iso"], default: [], source: "console", restart: false, editable: true },
  { key: "web_seed", section: "sharing", type: "choice", value: "auto", default: "auto", choices: ["auto", true, false],
    source: "default", restart: false, editable: true },
  { key: "limits.up", section: "network", type: "size", unit: "bytes/s", value: 2000000, default: 0, source: "console", restart: false,
    editable: true },
  { key: "map_ports", section: "network", type: "boolean", value: true, default: true, source: "default", restart: false, editable: true },
  { key: "console", section: "network", type: "address", value: "127.0.0.1:8701", default: "127.0.0.1:8701", source: "default",
    restart: true, editable: true },
  { key: "port", section: "network", type: "integer", value: 0, source: "default", restart: true, editable: true },
  { key: "torrent.enable_dht", section: "network", type: "boolean", value: true, default: true, source: "default", restart: false,
    editable: true },
  { key: "uploads", section: "receive", type: "path", source: "default", restart: true, editable: true },
];

const history = (shares) => Array.from({ length: 24 }, (_, at) => ({
  id: at + 1, time: now - at * 4000, kind: at % 3 ? "recipient-finished" : "share-created",
  share: { id: shares[at % 4].id, name: shares[at % 4].name }, who: at % 3 ? "Marie Dubois" : undefined, way: "torrent",
  text_key: "history.unknown", values: {},
}));

const reaches = {
  mapped: "yes, the router opened ports 8702 (downloads) and 51413 (BitTorrent)",
  closed: "no, no router answered; in the router's settings, let TCP ports 8702 and 51413 through to 192.168.1.20",
  refused: "not as far as we know, map_ports = false in config.lua forbids to ask the router",
  asking: "not known yet, the router is being asked",
};

/** @param {{shares?: number, authenticated?: boolean, reach?: string}} how */
export function makeWorld(how) {
  const shares = Array.from({ length: how.shares ?? 14 }, (_, at) => rowOf(at));
  const count = (test) => shares.filter(test).length;
  const world = {
    passwords: [], now, reach: how.reach ?? "mapped", number: 1, isGone: false, shares, recipients: recipients(), downloads: how.downloads ?? downloads(),
    boxes: how.boxes ?? boxes(), uploads: how.uploaded ?? uploads(), settings: settings(),
    events: shares.length >= 4 ? history(shares) : [], tokens: [{ id: "t1", name: "backup script", scopes: ["read", "share"], created: now - 86400 * 9, used: now - 4000 }],
    links: [{ id: "l1", name: "Marie Dubois", state: "live", created: now - 900, downloads: 0, used: now, link: "http://192.168.1.20:8702/s/marie" }],
    session: { authenticated: how.authenticated ?? true, wants: how.wants ?? "key", has_password: how.wants === "password", name: "Paul",
      version: "0.1.0", scopes: ["read", "share", "admin"] },
    counts: () => ({ all: shares.length, sending: count((row) => row.recipients > 0), never: count((row) => row.downloads === 0),
      attention: count((row) => row.state === "failed" || row.state === "missing") }),
    status: () => ({
      version: "0.1.0", libtorrent: "2.0.8.0", utp: false, pid: 4711, uptime: 86400, console: "127.0.0.1:8701", public: "0.0.0.0:8702", port: 51413,
      name: "Paul", number: world.number, preparing: how.preparing ?? { shares: 1, bytes: 0, done: 0 }, counts: world.counts(), skipped: 3,
      uploads: how.uploads ? { folder: "/home/paul/Public" } : {}, languages: ["en", "fr"],
      roots: [{ path: "/home/paul/Public", skipped: 3, watched: true }],
      sandbox: "Landlock, ABI 3", directories: { state: "/home/paul/.local/state/btshare", cache: "/home/paul/.cache/btshare" },
      reachability: { lan: { state: "yes", sentence: "yes, at http://192.168.1.20:8702/" },
        internet: { state: world.reach, sentence: reaches[world.reach] ?? reaches.mapped, can_ask: ["closed", "refused"].includes(world.reach) },
        addresses: [{ address: "192.168.1.20", scope: "lan" }] },
    }),
    snapshot: () => ({ number: world.number, reset: true, status: world.status(), downloads: world.downloads, boxes: world.boxes }),
  };
  return world;
}
