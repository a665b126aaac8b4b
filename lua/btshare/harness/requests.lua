-- Requests to the routes of a plugin under test: through the real router, without a listener.
local json = require "core.json"
local router = require "btshare.http.router"

---@class btshare.harness.Requests
---@field list {pattern: string, on: string, scope: string?}[] the routes that there are
---@field private routers table<string, btshare.Router>
local Requests = {}
Requests.__index = Requests

local requests = {}

local ranks = { read = 1, share = 2, admin = 3 }

---@return btshare.harness.Requests
function requests.new()
  return setmetatable({ list = {}, routers = { public = router.new(), console = router.new() } }, Requests)
end

---What the plugin manager adds routes with.
---@param about table?
---@return fun() undo
function Requests:add(pattern, handler, _, about)
  about = about or {}
  local on = about.on or "public"
  local item = { pattern = pattern, on = on, scope = about.scope }
  local remove = self.routers[on]:add(pattern, handler, about)
  table.insert(self.list, item)
  return function()
    remove()
    for index, candidate in ipairs(self.list) do
      if candidate == item then return table.remove(self.list, index) end
    end
  end
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function split(path)
  local segments = {}
  for segment in path:gmatch("[^/]+") do segments[#segments + 1] = unescape(segment) end
  return segments
end

local function lower(headers)
  local made = {}
  for name, value in pairs(headers or {}) do made[name:lower()] = value end
  return made
end

local function scopes_up_to(scope)
  local scopes = {}
  for name, rank in pairs(ranks) do scopes[name] = rank <= (ranks[scope] or 0) or nil end
  return scopes
end

-- The console is for its owner; another scope is what somebody with an API token may do.
local function refusal(about, scope)
  local needed = about.scope or "admin"
  if (ranks[scope] or 0) >= ranks[needed] then return nil end
  return { status = scope and 403 or 401, headers = {}, body = "" }
end

local function find(self, method, path, wanted)
  for _, on in ipairs(wanted and { wanted } or { "public", "console" }) do
    local handler, parameters, about = self.routers[on]:find(method, split(path))
    if handler then return handler, parameters, about or {}, on end
  end
  return nil, 404
end

---Asks as a browser or a program would. Call in a task.
---@param line string "GET /x/5?y=1"
---@param options {on: string?, scope: string?, headers: table?, body: string?, address: string?, json: any}?
---@return {status: integer, headers: table, body: string, json: any}
function Requests:ask(line, options)
  options = options or {}
  local method, path, query = line:match("^(%u+) (/[^?%s]*)%??(%S*)$")
  if not method then error(('request: "GET /path" is wanted, not "%s"'):format(tostring(line)), 0) end
  local handler, parameters, about, on = find(self, method, path, options.on)
  if not handler then return { status = parameters, headers = {}, body = "" } end
  local scope = options.scope == nil and "admin" or options.scope
  local refused = on == "console" and refusal(about, scope)
  if refused then return refused end
  local body = options.json ~= nil and json.encode(options.json) or options.body or ""
  local address = options.address or "192.0.2.7"
  local answer = handler({
    method = method, target = line:match(" (.*)$"), path = path, segments = split(path), query = query, body = body,
    headers = lower(options.headers), address = address, client = address, host = "192.0.2.1:8702",
    who = { scopes = scopes_up_to(scope) },
  }, parameters)
  return requests.shape(answer)
end

---@param answer any what a handler gave
---@return {status: integer, headers: table, body: string, json: any}
function requests.shape(answer)
  if type(answer) ~= "table" then error("the route answered with a " .. type(answer), 0) end
  local shaped = { status = answer.status, headers = lower(answer.headers), body = answer.body or "" }
  if tostring(shaped.headers["content-type"]):find("json") then shaped.json = json.decode(shaped.body) end
  return shaped
end

return requests
