// The answers of the daemon that is none, route by route.
import { boxRoutes } from "./console_fake_boxes.js";
import { pluginRoutes } from "./console_fake_plugins.js";

const full = (row) => ({ ...row, path: `${row.root}/${row.name}`, info_hash: "1d0ce0b633c4ed7db92a8c5f09ade3f5aee40eda",
  magnet: row.exposure === "link" ? `magnet:?xt=urn:btih:1d0ce0b633c4ed7db92a8c5f09ade3f5aee40eda&dn=${encodeURIComponent(row.name)}` : undefined,
  torrent: row.link && `${row.link}/torrent`, direct: row.link && `${row.link}/f/1/${encodeURIComponent(row.name)}`, limits: row.up_limit ? { up: row.up_limit } : {},
  effective: { listed: row.own?.listed ?? false, format: row.own?.format ?? "v1", web_seed: row.own?.web_seed ?? "auto" }, chosen: row.own ?? {} });

// What was chosen for a share alone; null takes it back.
function choose(row, wanted) {
  const own = { ...row.own };
  for (const [name, value] of Object.entries(wanted)) {
    if (value === null || value === undefined || value.length === 0) delete own[name];
    else own[name] = value;
  }
  return own;
}

const series = (length, most) => Array.from({ length }, (_, at) => Math.round(most * (0.5 + 0.5 * Math.sin(at / 9)) * ((at * 37) % 10) / 10));

/**
 * @param {ReturnType<import("./console_fake_world.js").makeWorld>} world
 * @param {(delta: object) => void} tell all streams
 */
export function answersOf(world, tell) {
  const share = (id) => world.shares.find((row) => row.id === id);
  const download = (id) => world.downloads.find((row) => row.id === id);

  const routes = [
    ["GET", /^\/session$/, () => world.session],
    ["POST", /^\/(session|setup)$/, (_, { body }) => {
      if (body.key === "good" || body.password === "good") {
        world.session.authenticated = true;
        return undefined;
      }
      return [body.password === "often" ? 429 : 401, { title: "denied", detail: "the password is wrong" }];
    }],
    ["GET", /^\/status$/, () => world.status()],
    ["POST", /^\/reachability\/ask$/, () => {
      world.reach = "asking";
      tell({ status: { reachability: world.status().reachability } });
      return undefined;
    }],
    ["POST", /^\/damage\/confirm$/, () => {
      tell({ status: { notices: [] } });
      return { shares: 3 };
    }],
    ["GET", /^\/changes$/, () => world.snapshot()],
    ["GET", /^\/diagnostics$/, () => ({ version: "0.1.0", text: `BTshare     0.1.0 (MIT)\nlibraries   libtorrent 2.0.8.0 (BSD-3-Clause)\n${
      "kernel      Linux 6.1.0-18-amd64, x86_64, #1 SMP PREEMPT_DYNAMIC Debian 6.1.90-1 (2024-05-03)"}\nwrite lock  Landlock, ABI 3` })],
    ["GET", /^\/skipped$/, () => ({ total: 3, skipped: [{ root: "/home/paul/Public", path: "lien", reason: "a symbolic link" },
      { root: "/home/paul/Public", path: "pipe", reason: "not a file or folder" }, { root: "/home/paul/Public", path: ".caché", reason: "hidden" }] })],
    ["GET", /^\/shares$/, (_, { query }) => {
      const q = query.get("q")?.toLowerCase();
      const found = q ? world.shares.filter((row) => row.name.toLowerCase().includes(q)) : world.shares;
      return { shares: found.slice(0, query.get("limit") ?? found.length), total: found.length, counts: world.counts(), number: world.number };
    }],
    ["POST", /^\/shares$/, (_, { body }) => (/^\/nowhere/.test(body.path)
      ? [422, { title: "invalid", detail: `${body.path}: no such file or folder` }]
      : full({ ...world.shares[1], id: "new", name: body.path.split("/").pop() }))],
    ["GET", /^\/shares\/([^/]+)$/, ([id]) => share(id) && full(share(id))],
    ["PATCH", /^\/shares\/([^/]+)$/, ([id], { body }) => {
      const row = share(id);
      const { paused, listed, format, web_seed, trackers, ...others } = body;
      if (trackers?.some((url) => url.includes("127.0.0.1"))) {
        return [400, { title: "invalid", detail: "trackers: 127.0.0.1: not on the internet; trackers of your own network are named in config.lua" }];
      }
      const named = Object.entries({ listed, format, web_seed, trackers }).filter(([name]) => name in body);
      Object.assign(row, others, { own: choose(row, Object.fromEntries(named)), revision: row.revision + 1 });
      if (paused !== undefined) row.state = paused ? "paused" : "ready";
      if (row.expires === null) delete row.expires;
      tell({ shares: [row] });
      return full(row);
    }],
    ["DELETE", /^\/shares\/([^/]+)$/, ([id]) => {
      world.shares.splice(world.shares.indexOf(share(id)), 1);
      tell({ removed: [id] });
      return undefined;
    }],
    ["GET", /^\/shares\/([^/]+)\/recipients$/, ([id]) => (share(id)?.recipients || share(id)?.complete
      ? { recipients: world.recipients, complete: share(id).complete, copies_elsewhere: 2 }
      : { recipients: [], complete: 0, copies_elsewhere: 0 })],
    ["GET", /^\/shares\/([^/]+)\/files$/, ([id], { query }) => {
      const under = query.get("under");
      const files = Array.from({ length: Math.min(share(id).files, 100) }, (_, at) => ({ number: at,
        path: `${under && `${under}/`}${world.fileNames?.[at] ?? `IMG_20240${at}.jpg`}`,
        size: 4218332 + at * 9999, link: `${share(id).link}/f/${at}`, preview: `${share(id).link}/view/${at}`, downloads: at }));
      const folders = under ? [] : [{ path: "Bretagne", files: 3, size: 12e6 }, { path: "Une semaine entière à la campagne", files: 120, size: 48e7 }];
      return { total: files.length + folders.length, folders, files };
    }],
    ["GET", /^\/shares\/([^/]+)\/links$/, () => ({ links: world.links })],
    ["POST", /^\/shares\/([^/]+)\/links$/, (_, { body }) => {
      const link = { id: `l${world.links.length + 1}`, name: body.name, state: "live", created: world.now, downloads: 0,
        link: `http://192.168.1.20:8702/s/${encodeURIComponent(body.name)}` };
      world.links.push(link);
      return link;
    }],
    ["DELETE", /^\/shares\/[^/]+\/links\/([^/]+)$/, ([id]) => {
      world.links = world.links.filter((link) => link.id !== id);
      return undefined;
    }],
    ["GET", /^\/shares\/([^/]+)\/history$/, (_, { query }) => {
      const from = Number(query.get("offset") ?? 0);
      return { events: world.events.slice(from, from + Number(query.get("limit") ?? 6)), total: world.events.length };
    }],
    ["GET", /^\/activity$/, () => ({ step: 60, start: world.now - 3600, up: series(60, 2e6), down: series(60, 4e5),
      totals: { sent: 81200000000, received: 9400000000, people: 41, downloads: 128, ratio: 8.6 } })],
    ["GET", /^\/activity\/events$/, (_, { query }) => {
      const q = query.get("q");
      const found = q ? world.events.filter((event) => event.share.name.includes(q)) : world.events;
      return { events: found, total: found.length };
    }],
    ["GET", /^\/settings$/, () => ({ settings: world.settings, revision: 1 })],
    ["PATCH", /^\/settings$/, (_, { body }) => {
      for (const setting of world.settings) {
        if (setting.key in body) Object.assign(setting, { value: body[setting.key] ?? setting.default, source: "console" });
      }
      return { settings: world.settings, revision: 2 };
    }],
    ["GET", /^\/settings\/lua$/, () => 'name = "Paul"\nshare "~/Public"\nlimits { up = "2M" }\n'],
    ["GET", /^\/tokens$/, () => ({ tokens: world.tokens })],
    ["POST", /^\/tokens$/, (_, { body }) => {
      const token = { id: "t2", created: world.now, ...body };
      world.tokens.push(token);
      return { ...token, secret: "bts_3yT0sVq9cB2k1mN8xR4wLz7d" };
    }],
    ["DELETE", /^\/tokens\/(.+)$/, ([id]) => {
      world.tokens = world.tokens.filter((token) => token.id !== id);
      return undefined;
    }],
    ["PUT", /^\/password$/, () => undefined],
    ...pluginRoutes(world),
    ...boxRoutes(world, tell),
    ["GET", /^\/downloads$/, () => ({ downloads: world.downloads })],
    ["POST", /^\/downloads$/, (_, { body }) => {
      if (body.source && !/^(magnet:|https?:)/.test(body.source)) return [422, { title: "invalid", detail: "source: not a magnet or an address" }];
      const made = { ...world.downloads[2], id: `d${world.downloads.length + 1}`, name: "Album",
        address: body.source?.startsWith("http") ? body.source : undefined,
        state: body.source?.endsWith("/s/locked") ? "fetching" : "choosing" };
      world.downloads.push(made);
      tell({ downloads: [made] });
      return made;
    }],
    ["GET", /^\/downloads\/([^/]+)$/, ([id]) => download(id)],
    ["PATCH", /^\/downloads\/([^/]+)$/, ([id], { body }) => {
      const row = download(id);
      Object.assign(row, body, { revision: row.revision + 1 });
      if (body.start) row.state = "downloading";
      if (body.paused !== undefined) row.state = body.paused ? "paused" : "downloading";
      if (body.password) {
        Object.assign(row, { password: undefined, state: "fetching", locked: undefined, reason: undefined });
        world.passwords.push(body.password);
      }
      tell({ downloads: [row] });
      return row;
    }],
    ["DELETE", /^\/downloads\/([^/]+)$/, ([id]) => {
      world.downloads.splice(world.downloads.indexOf(download(id)), 1);
      tell({ downloads_removed: [id] });
      return undefined;
    }],
    ["GET", /^\/downloads\/([^/]+)\/files$/, () => ({ total: 3, files: [1, 2, 3].map((number) =>
      ({ number, path: `Album/0${number} – Piste.flac`, size: number * 31000000, done: 0, wanted: true })) })],
    ["PUT", /^\/uploads\/(.+)$/, () => undefined],
  ];

  return function answer(request, url, bytes, response) {
    const path = url.pathname.slice("/api/v1".length);
    if (path.endsWith("/qr.svg")) {
      response.writeHead(200, { "content-type": "image/svg+xml" });
      response.end('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path d="M0 0h7v7H0zM22 0h7v7h-7zM0 22h7v7H0zM10 3h3v9h-3zM15 12h8v3h-8zM12 20h9v4h-9z"/></svg>');
      return;
    }
    const send = (status, value) => {
      if (value === undefined) return response.writeHead(status === 200 ? 204 : status).end();
      const type = typeof value === "string" ? "text/x-lua" : status < 400 ? "application/json" : "application/problem+json";
      return response.writeHead(status, { "content-type": type }).end(typeof value === "string" ? value : JSON.stringify(value));
    };
    if (request.method !== "GET" && request.headers["x-btshare"] !== "1") return send(403, { title: "denied", detail: "X-BTshare is wanted" });
    for (const [method, form, handle] of routes) {
      const found = method === request.method && form.exec(path);
      if (!found) continue;
      const body = /json/.test(request.headers["content-type"] ?? "") ? JSON.parse(bytes.toString()) : {};
      const value = handle(found.slice(1).map(decodeURIComponent), { body, query: url.searchParams });
      if (Array.isArray(value)) return send(...value);
      return send(value === undefined && method === "GET" ? 404 : 200, value ?? (method === "GET" ? { title: "missing" } : undefined));
    }
    return send(404, { title: "missing", detail: `${request.method} ${path}: no such route` });
  };
}
