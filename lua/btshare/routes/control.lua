-- The API of the control socket: what the command line asks the running btshare.
local exposure = require "btshare.exposure"
local json = require "core.json"
local links = require "btshare.routes.links"
local reply = require "btshare.http.reply"
local task = require "btshare.task"
local uv = require "luv"

local control = {}

local page_size = 2500 -- shares in an answer, which is in memory at once, unless more are asked for

local function reachability(services)
  local described = services.reachability:describe()
  described.addresses = json.array(described.addresses)
  return described
end

local function status(services)
  local states, roots = {}, {}
  for _, share in ipairs(services.shares:list()) do
    states[share.state] = (states[share.state] or 0) + 1
  end
  for _, root in ipairs(services.library.roots) do
    local skipped = 0
    for _, list in pairs(root.skipped) do
      for _ in pairs(list) do skipped = skipped + 1 end
    end
    roots[#roots + 1] = {
      path = root.path, only = root.only, exposure = root.options.exposure, skipped = skipped,
      watched = not root.is_polled, lost = root.is_lost,
    }
  end
  return {
    version = services.host.version,
    libtorrent = services.engine.library,
    pid = math.tointeger(uv.os_getpid()),
    uptime = (uv.now() - services.started_at) // 1000,
    console = services.addresses.console,
    public = services.addresses.public,
    port = services.reach.torrent_port,
    addresses = json.array(services.reach:addresses()),
    reachability = reachability(services),
    roots = json.array(roots),
    shares = states,
    memory = services.host.memory(),
    sandbox = services.sandbox,
    traffic = services.engine.traffic,
    uploaded = services.engine.traffic.uploaded,
    plugins = json.array(services.plugins:list()),
    directories = { state = services.paths.state, cache = services.paths.cache },
  }
end

-- Encodes in slices: a list of 10,000 shares must not hold the loop.
local function encode_list(services, matches, first, last)
  local parts = {}
  for index = first, last do
    parts[#parts + 1] = json.encode(services.shares:describe(matches[index]))
    task.breathe(15)
  end
  return table.concat(parts, ",")
end

local function query_value(query, name)
  local value = ("&" .. query):match("&" .. name .. "=([^&]*)")
  return value and (value:gsub("+", " "):gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end))
end

local function query_number(query, name)
  return math.tointeger(tonumber((query_value(query, name))))
end

-- A page of those that match: `limit` of them, from `offset` on.
local function list(services, request)
  local name = query_value(request.query, "name")
  local matches = name and services.shares:find(name) or services.shares:list()
  local offset = math.max(query_number(request.query, "offset") or 0, 0)
  local last = math.min(#matches, offset + (query_number(request.query, "limit") or page_size))
  local answer = reply.json(200, {})
  answer.body = ('{"shares":[%s],"total":%d}'):format(encode_list(services, matches, offset + 1, last), #matches)
  return answer
end

local function add(services, request)
  local body, message = json.decode(request.body)
  if type(body) ~= "table" or type(body.path) ~= "string" then
    return reply.problem("invalid", "body: " .. (message or "needs a path"))
  end
  local seconds = body.for_seconds
  if seconds ~= nil and (type(seconds) ~= "number" or seconds <= 0) then
    return reply.problem("invalid", "for_seconds: must be a number above 0")
  end
  if body.exposure ~= nil and not exposure.sentences[body.exposure] then
    return reply.problem("invalid", "exposure: must be link, private, public or http")
  end
  local share, code
  local expires = seconds and os.time() + math.ceil(seconds)
  share, message, code = services.library:add_path(body.path, expires, body.exposure)
  if not share then
    return reply.problem(code, message)
  end
  return reply.json(201, services.shares:describe(share))
end

local function remove(services, parameters)
  local share = services.shares.by_id[parameters.id]
  if not share or share.is_stopped then
    return reply.problem("missing", parameters.id .. ": no such share")
  end
  local done, message, code = services.shares:stop(share, "owner")
  return done and reply.empty() or reply.problem(code, message)
end

local function find(services, parameters)
  local share = services.shares.by_id[parameters.id]
  if not share or share.is_stopped then
    return reply.problem("missing", parameters.id .. ": no such share")
  end
  return reply.json(200, services.shares:describe(share))
end

local function reload(services)
  local mistakes = services.instance:reload_now()
  if mistakes then
    return reply.problem(422, mistakes[1], { mistakes = json.array(mistakes), code = "invalid" })
  end
  return reply.json(200, {})
end

---Adds the routes to a router.
---@param router btshare.Router
---@param services btshare.Services
function control.add(router, services)
  router:add("GET /api/v1/status", function() return reply.json(200, status(services)) end)
  router:add("GET /api/v1/shares", function(request) return list(services, request) end)
  router:add("POST /api/v1/shares", function(request) return add(services, request) end)
  router:add("GET /api/v1/shares/:id", function(_, parameters) return find(services, parameters) end)
  router:add("DELETE /api/v1/shares/:id", function(_, parameters) return remove(services, parameters) end)
  links.add(router, services)
  router:add("POST /api/v1/reload", function() return reload(services) end)
  router:add("POST /api/v1/quit", function()
    task.spawn(function()
      task.yield() -- the answer goes first
      services.instance:stop("quit")
    end)
    return reply.json(202, {})
  end)
end

return control
