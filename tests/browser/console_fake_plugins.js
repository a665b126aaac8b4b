// The plugins of the daemon that is none: a panel of every kind, in every slot.

const actions = [{ name: "refresh", title: "Look again" }, { name: "clear", title: "Clear all", confirm: "All that was noted is forgotten." }];

const list = [
  { name: "expiry", description: "Ends shares after a time.", path: "/usr/share/btshare/plugins/expiry.lua", is_running: true, strikes: 0, memory: 48200,
    panels: [{ id: "soon", slot: "settings.section", title: "Ends soon", kind: "table" },
      { id: "sum", slot: "activity.card", title: "Ended so far", kind: "stats" },
      { id: "words", slot: "settings.section", title: "What it does", kind: "html" }] },
  { name: "watcher", description: "Notes who came by.", path: "/home/paul/.config/btshare/plugins/watcher.lua", is_running: true, strikes: 1, memory: 1230000,
    panels: [{ id: "card", slot: "shares.card", title: "Today", kind: "stats" }, { id: "mail", slot: "receive", title: "Tell me by mail", kind: "form" },
      { id: "load", slot: "activity.card", title: "Visitors", kind: "chart" }, { id: "beside", slot: "share.detail", title: "Who looked", kind: "log" },
      { id: "visits", slot: "nav", title: "Visits", kind: "log" }] },
  { name: "password", description: "A share opens only for those who know its password.", path: "/usr/share/btshare/plugins/password.lua", is_running: true,
    strikes: 0, memory: 20100, panels: [{ id: "password", slot: "share.limits", title: "Password", kind: "form" }] },
  { name: "greeter", path: "/home/paul/.config/btshare/plugins/greeter.lua", is_running: false, strikes: 10,
    reason: "greeter.lua:4: attempt to index a nil value (field 'share')", held: { count: 3, longest: 0.314, place: "greeter.lua:9" }, panels: [] },
];

const log = (now) => [
  { time: now - 60, level: "info", text: "203.0.113.7 looked at Vacances 2024" },
  { time: now - 4000, level: "warning", text: "an-address-that-is-so-long-that-it-must-be-broken.somewhere.example.org came too often" },
  { time: now - 9000, level: "error", text: "could not ask <b>anybody</b>" },
];

const failures = (now) => [
  { time: now - 30, level: "error", text: "set aside: greeter.lua:4: attempt to index a nil value (field 'share')" },
  { time: now - 90, level: "error", text: "greeter.lua:4: attempt to index a nil value (field 'share')\n    stack traceback:\n      greeter.lua:4: in function <greeter.lua:3>" },
  { time: now - 4000, level: "info", text: "greets in French" },
];

const data = (world) => ({
  sum: { kind: "stats", stats: [{ label: "This week", value: 4 }, { label: "In all", value: 31 }, { label: "Freed", value: 8.1e9, unit: "bytes" }] },
  soon: { kind: "table", columns: ["Share", "Ends", "Days"], rows: [["Projet.pdf", "tomorrow", 1], ["Thèse", "in 3 days", 3]] },
  card: { kind: "stats", actions, stats: [{ label: "Visits", value: 12 }, { label: "Up", value: 2e5, unit: "bytes/s" }] },
  mail: { kind: "form", button: "Tell me", fields: [{ name: "to", label: "Address", kind: "text", value: "paul@example.org" }, { name: "each", label: "Every so many visits", kind: "number", value: 10 },
    { name: "on", label: "Send them", kind: "switch", value: true }, { name: "how", label: "How", kind: "choice", choices: ["short", "long"], value: "long" },
    { name: "password", label: "Password", kind: "secret", is_set: true }] },
  load: { kind: "chart", unit: "bytes/s", times: Array.from({ length: 60 }, (_, at) => world.now - 3600 + at * 60),
    series: [{ label: "Browsers", values: Array.from({ length: 60 }, (_, at) => 1e5 + (at * 37 % 11) * 1e4) },
      { label: "Torrent apps", values: Array.from({ length: 60 }, (_, at) => (at % 9 ? 5e4 + at * 900 : null)) }] },
  words: { kind: "html", markup: [{ tag: "h4", children: ["In short"] }, { tag: "p", children: ["Ends ", { tag: "b", children: ["<b>shares</b> \u202eafter"] }, " a time. ",
    { tag: "a", href: "https://example.org/", children: ["More of it"] }] }, { tag: "ul", children: [{ tag: "li", children: ["by day"] }, { tag: "li", children: ["by month"] }] },
    { tag: "script", children: ["globalThis.hasRun = true"] }, { tag: "img", href: "x" }, { tag: "pre", children: ['plugin "expiry" {\n  after = "30d" }'] },
    { tag: "table", children: [{ tag: "tr", children: [{ tag: "th", children: ["Share"] }, { tag: "th", children: ["Ends"] }] },
      { tag: "tr", children: [{ tag: "td", children: ["Une-thèse-au-nom-interminable-qui-ne-tient-pas.odt"] }, { tag: "td", children: ["demain"] }] }] }] },
  beside: { kind: "log", log: log(world.now) },
  visits: { kind: "log", log: log(world.now), actions },
  asks: { kind: "table", columns: ["Who", "With", "Since", "Page"], rows: world.plugins.asking.map((who) => [who, "Firefox", "18:02", "open"]),
    keys: world.plugins.asking, actions: [{ name: "let_in", title: "Let in", each: true }, { name: "refuse", title: "Refuse", each: true }] },
  password: { kind: "form", fields: [{ name: "password", label: "Password", kind: "secret", is_set: Boolean(world.plugins.password) }],
    summary: world.plugins.password ? "Password needed." : undefined },
  often: { kind: "form", fields: [{ name: "downloads", label: "Downloads", kind: "number", value: world.plugins.downloads ?? undefined }],
    summary: world.plugins.downloads ? `${world.plugins.downloads - 4} of ${world.plugins.downloads} downloads left.` : undefined },
});

/** @param {ReturnType<import("./console_fake_world.js").makeWorld>} world */
export function pluginRoutes(world) {
  world.plugins = { list: [...list], asked: [], password: "", downloads: null, asking: [] };
  return [
    ["GET", /^\/plugins$/, () => ({ plugins: world.plugins.list })],
    ["GET", /^\/plugins\/([^/]+)\/panels\/([^/]+)$/, ([name, id]) => {
      const { title } = world.plugins.list.flatMap((plugin) => plugin.panels).find((panel) => panel.id === id) ?? {};
      if (world.plugins.hidden === id || id === "asks" && world.plugins.asking.length === 0) return { title, actions: [], hidden: true };
      return title && { title, actions: [], ...data(world)[id] };
    }],
    ["GET", /^\/plugins\/([^/]+)\/log$/, ([name]) => ({ log: name === "greeter" ? failures(world.now) : [] })],
    ["POST", /^\/plugins\/([^/]+)\/panels\/([^/]+)$/, ([name, id], { body }) => {
      if (id === "password" || id === "often") {
        if (body.values.downloads > 1000) return [422, { title: "invalid", detail: "that is too many" }];
        Object.assign(world.plugins, body.values);
        return {};
      }
      if (!body.values.to) return [422, { title: "invalid", detail: "to: must be an address", member: "body.values.to" }];
      world.plugins.asked.push(body.values);
      return {};
    }],
    ["POST", /^\/plugins\/([^/]+)\/panels\/([^/]+)\/actions\/([^/]+)$/, ([name, id, action], { query }) => {
      if (name === "ask") {
        world.plugins.asking = world.plugins.asking.filter((who) => who !== query.get("row"));
        world.plugins.asked.push(`${action} ${query.get("row")} ${query.get("share")}`);
        return {};
      }
      world.plugins.asked.push(action);
      return { message: action === "clear" ? "All 12 are forgotten." : undefined };
    }],
    ["POST", /^\/plugins\/([^/]+)\/reload$/, () => undefined],
  ];
}
