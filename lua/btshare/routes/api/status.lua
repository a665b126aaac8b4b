-- The API's routes for BTshare as a whole: its state, what it does not share, a new reading of its configuration, its
-- end.
local accept = require "btshare.http.accept"
local common = require "btshare.routes.api.common"
local damage = require "btshare.store.damage"
local diagnostics = require "btshare.diagnostics"
local i18n = require "btshare.i18n"
local json = require "core.json"
local notices = require "btshare.live.notices"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"
local task = require "btshare.task"
local uv = require "luv"

local function each_skipped(services, fn)
  for _, root in ipairs(services.library.roots) do
    for _, list in pairs(root.skipped) do
      for path, reason in pairs(list) do fn(root, path, reason) end
    end
  end
end

local function describe_roots(services)
  local roots, skipped, all_skipped = {}, {}, 0
  each_skipped(services, function(root)
    skipped[root], all_skipped = (skipped[root] or 0) + 1, all_skipped + 1
  end)
  for _, root in ipairs(services.library.roots) do
    roots[#roots + 1] = not services.library:is_over(root) and {
      path = root.path, only = root.only, exposure = root.options.exposure, skipped = skipped[root] or 0,
      watched = not root.is_polled, lost = root.is_lost,
    } or nil
  end
  return json.array(roots), all_skipped
end

-- By state, what is being prepared, and what a person looks for, in one walk.
local function count(services)
  local states, preparing = {}, { shares = 0, bytes = 0, done = 0 }
  for index, share in ipairs(services.shares:list()) do
    states[share.state] = (states[share.state] or 0) + 1
    if share.state == "preparing" or share.state == "changed" then
      preparing.shares, preparing.bytes = preparing.shares + 1, preparing.bytes + share.size
      preparing.done = preparing.done + math.floor(share.size * (share.progress or 0))
    end
    if index % 500 == 0 then task.breathe(10) end
  end
  local _, counts = services.listing:find {}
  return states, preparing, counts
end

local function languages()
  local names = {}
  for name in pairs(i18n.languages) do names[#names + 1] = name end
  table.sort(names)
  return json.array(names)
end

local function describe_damage(services)
  local known = services.store.damage
  return known and {
    found = known.found, reason = known.reason, aside = known.aside, copy = known.copy,
    held = services.shares:count_unconfirmed(), message = damage.words(known),
  } or nil
end

local function describe(services)
  local states, preparing, counts = count(services)
  local roots, skipped = describe_roots(services)
  local reachability = services.reachability:describe()
  reachability.addresses = json.array(reachability.addresses)
  return {
    version = services.host.version,
    name = services.config.name,
    libtorrent = services.engine.library,
    utp = services.engine.speaks_utp,
    pid = math.tointeger(uv.os_getpid()),
    uptime = (uv.now() - services.started_at) // 1000,
    number = services.live and services.live.number or 0,
    console = services.addresses.console,
    public = services.addresses.public,
    port = services.reach.torrent_port,
    addresses = json.array(services.reach:addresses()),
    reachability = reachability,
    roots = roots,
    shares = states,
    counts = counts,
    preparing = preparing,
    skipped = skipped,
    uploads = { folder = services.uploads and services.uploads.folder or nil },
    inbox = { folder = services.inbox, why = not services.inbox and services.why_no_inbox or nil },
    languages = languages(),
    memory = services.host.memory(),
    sandbox = services.sandbox,
    traffic = services.engine.traffic,
    uploaded = services.engine.traffic.uploaded,
    plugins = json.array(services.plugins:list()),
    notices = json.array(notices(services)),
    damage = describe_damage(services),
    directories = { state = services.paths.state, cache = services.paths.cache, home = services.paths.home },
  }
end

local function status(call)
  return reply.json(200, describe(call.services))
end

local function diagnose(call)
  local found = diagnostics.collect(call.services, call.services.log, describe(call.services))
  found.text = diagnostics.text(found)
  return reply.json(200, found)
end

local function skipped(call)
  local language = accept.language(call.request.headers["accept-language"], i18n.languages) or i18n.default
  local speaker, list = i18n.speaker(language), {}
  each_skipped(call.services, function(root, path, reason)
    list[#list + 1] = { root = root.path, path = path, reason = reason }
  end)
  table.sort(list, function(a, b)
    if a.root ~= b.root then return a.root < b.root end
    return a.path < b.path
  end)
  local page = common.page(list, call.query, 200)
  for _, item in ipairs(page) do item.reason = speaker:message(item.reason) end
  return reply.json(200, { skipped = page, total = #list })
end

local function ask_router(call)
  local asked, message, code = call.services.reachability:ask()
  if not asked then return reply.problem(code, message) end
  return reply.json(202, {})
end

local function reload(call)
  local mistakes, notes = call.services.instance:reload_now()
  if mistakes then
    return reply.problem(422, mistakes[1], { mistakes = json.array(mistakes), code = "invalid" })
  end
  return reply.json(200, { notes = json.array(notes) })
end

local function confirm(call)
  local shared, message, code = call.services.shares:confirm()
  return common.problem(shared, message, code) or reply.json(200, { shares = shared })
end

local function quit(call)
  local instance = call.services.instance
  task.spawn(function()
    task.yield() -- the answer goes first
    instance:stop("quit")
  end)
  return reply.json(202, {})
end

local function number() return t.integer { min = 0 } end

local shape = t.define("Status", t.object {
  version = t.string(), name = t.optional(t.string()), libtorrent = t.string(),
  utp = t.boolean(), pid = number(), uptime = number(),
  number = t.integer { min = 0, description = "Of the stream of events." },
  console = t.optional(t.string()), public = t.optional(t.string()), port = number(), addresses = t.array(t.string()),
  reachability = t.map(t.any(), { description = "Whether others can reach us, and how that was found out." }),
  roots = t.array(t.object {
    path = t.string(), only = t.optional(t.string()), exposure = t.string(), skipped = number(),
    watched = t.boolean(), lost = t.optional(t.boolean()),
  }),
  shares = t.map(number(), { description = "How many shares are in each state." }),
  counts = t.map(number(), { description = "How many shares each filter of the list would show." }),
  preparing = t.object { shares = number(), bytes = number(), done = number() },
  skipped = t.integer { min = 0, description = "Entries that are not shared." },
  uploads = t.object { folder = t.optional(t.string { description = "Where dropped files go." }) },
  inbox = t.object {
    folder = t.optional(t.string { description = "Where what others send goes." }),
    why = t.optional(t.string { description = "There is none." }),
  },
  languages = t.array(t.string()), memory = t.any(), sandbox = t.string(),
  traffic = t.map(t.integer()), uploaded = number(),
  plugins = t.array(t.any()),
  damage = t.optional(t.object({
    found = common.time "When.", reason = t.string { description = "What was wrong with it." },
    aside = t.optional(t.string { description = "Where it is now." }),
    copy = t.optional(common.time "Of the copy that took its place; without it, there was none."),
    held = t.integer { min = 0, description = "Shares that are held back until they are confirmed." },
    message = t.string { description = "All of it in words." },
  }, { description = "That the state database was damaged, until its owner confirms what is shared." })),
  notices = t.array(t.object {
    plugin = t.optional(t.string { description = "None: BTshare itself." }),
    text = t.map(t.string(), { description = "By language." }),
    share = t.optional(t.string { description = "The id of the share that it is about." }),
    news = t.optional(t.string { description = "Of each such word it may be said in passing, once." }),
    confirm = t.optional(t.map(t.string(), { description = "By language: what to call its confirmation." })),
    action = t.optional(t.object {
      panel = t.string(), name = t.string(), row = t.optional(t.string()),
      title = t.map(t.string(), { description = "By language." }),
    }),
  }, { description = "What a person is needed for." }),
  directories = t.map(t.string()),
})

local diagnosis = t.define("Diagnostics", t.object {
  version = t.string(), licence = t.string(),
  libraries = t.array(t.object { name = t.string(), version = t.string(), licence = t.string() }),
  system = t.object { kernel = t.string(), build = t.string(), machine = t.string() },
  sandbox = t.object { state = t.string(), kernel_abi = t.integer { min = 0, description = "0: no Landlock." } },
  uptime = number(), memory = number(), open_files = t.optional(number()),
  listeners = t.array(t.object {
    name = t.string(), family = t.string { choices = { "IPv4", "IPv6" } }, port = number(),
    reach = t.string { choices = { "loopback", "link-local", "lan", "global", "unspecified" },
      description = "Of what kind its address is." },
  }),
  reachability = t.object { lan = t.string(), internet = t.string() },
  limits = t.object { up = number(), down = number(), connections = t.optional(number()) },
  shares = t.map(number()), roots = t.map(number()), skipped = number(), downloads = number(),
  plugins = t.map(number()),
  set_in_config = t.array(t.string(), { description = "Keys of settings." }),
  warnings = t.array(t.object {
    time = common.time "When.", level = t.string { choices = { "error", "warning" } },
    form = t.optional(t.string { description = "Without what was filled in; none where a plugin said it." }),
    place = t.optional(t.string()),
  }, { description = "The last of them, newest last." }),
  text = t.string { description = "All of it in lines, for a report." },
})

---@param services btshare.Services
---@return btshare.api.Route[]
return function(services)
  if services.live then services.live.status = function() return describe(services) end end
  return {
    { "GET /api/v1/status", scope = "read", summary = "Tells how BTshare is.",
      answers = { [200] = shape }, handler = status },
    { "GET /api/v1/diagnostics", scope = "admin",
      summary = "Tells what a report of a fault must say: versions, limits, counts; no name, address or secret.",
      answers = { [200] = diagnosis }, handler = diagnose },
    { "GET /api/v1/skipped", scope = "read",
      summary = "Lists what is not shared, and why, in the language of who asks.",
      query = common.paged(1000),
      answers = { [200] = t.object {
        skipped = t.array(t.object { root = t.string(), path = t.string(), reason = t.string() }), total = number(),
      } },
      handler = skipped },
    { "POST /api/v1/reachability/ask", scope = "admin",
      summary = "Asks the router to open the ports, until BTshare ends, whatever config.lua says; its answer is in the "
        .. "status.",
      answers = { [202] = t.object {}, [403] = true, [503] = true }, handler = ask_router },
    { "POST /api/v1/reload", scope = "admin", summary = "Reads config.lua and the plugins again.",
      answers = { [200] = t.object {
        notes = t.array(t.string(), { description = "What does not count yet, and which folders are not there." }),
      }, [422] = true }, handler = reload },
    { "POST /api/v1/damage/confirm", scope = "admin",
      summary = "Shares all that is held back since the state database was damaged; the status tells of that no more.",
      answers = { [200] = t.object { shares = number() }, [507] = true }, handler = confirm },
    { "POST /api/v1/quit", scope = "admin", summary = "Ends BTshare.",
      answers = { [202] = t.object {} }, handler = quit },
  }
end
