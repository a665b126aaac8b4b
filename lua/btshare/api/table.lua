-- The table of the API's routes: what each takes and gives stands there once, and requests are checked by it before a
-- handler sees them. The same table makes the OpenAPI document and the tests.
local accept = require "btshare.http.accept"
local i18n = require "btshare.i18n"
local json = require "core.json"
local query = require "btshare.api.query"
local repeats = require "btshare.api.repeats"
local reply = require "btshare.http.reply"
local schema = require "btshare.api.schema"
local versions = require "btshare.api.versions"

---@class btshare.api.Route
---@field [1] string "GET /api/v1/shares/:id"
---@field scope "open"|"read"|"share"|"admin"
---@field summary string one sentence
---@field parameters table<string, btshare.api.schema>? of the path; default: a text
---@field query table<string, btshare.api.schema>?
---@field body btshare.api.schema?
---@field body_kind "json"|"octets"|nil default json, where there is a body
---@field answers table<integer, btshare.api.schema|true>
---@field body_limit integer? bytes, default 64 KiB
---@field receive (fun(request: core.http.Request): integer?, core.http.Reply?)? opens the file of octets
---@field media string? of the answer, default application/json
---@field also string[]? further media of the answer, for those who ask for them
---@field current (fun(call: btshare.api.Call): table?)? for If-Match: the object as it is now, with its revision
---@field handler fun(call: btshare.api.Call): core.http.Reply in a task
---@field method string made here
---@field path string made here

---@class btshare.api.Call
---@field request core.http.Request
---@field parameters table<string, string>
---@field query table<string, any>
---@field body any checked
---@field services btshare.Services
---@field who btshare.api.Who

---@class btshare.api.Who
---@field kind "socket"|"session"|"token"|"nobody"
---@field scopes table<"read"|"share"|"admin", true>
---@field id string?

---@alias btshare.api.Guard fun(call: btshare.api.Call, route: btshare.api.Route): true|core.http.Reply

---@class btshare.api.Table
---@field routes btshare.api.Route[]
---@field private services btshare.Services
---@field private repeats btshare.api.Repeats
local Table = {}
Table.__index = Table

local api_table = {}

local scopes = { open = true, read = true, share = true, admin = true }
local identifier = schema.string { min = 1, max = 256 }

---@param services btshare.Services
---@return btshare.api.Table
function api_table.new(services)
  return setmetatable({ routes = {}, services = services, repeats = repeats.new() }, Table)
end

local function check_route(route)
  local method, path = (route[1] or ""):match("^(%u+) (/.*)$")
  if not method then error("route " .. tostring(route[1]) .. ': is not like "GET /path/:name"', 3) end
  local function complain(what) error("route " .. route[1] .. ": " .. what, 4) end
  if not scopes[route.scope] then complain("has no scope") end
  if not route.summary then complain("has no summary") end
  if not route.answers or not next(route.answers) then complain("has no answers") end
  if route.body and (method == "GET" or method == "DELETE") then complain("takes no body") end
  route.method, route.path = method, path
  return route
end

---Adds routes, before `serve`.
---@param routes btshare.api.Route[]
function Table:add(routes)
  for _, route in ipairs(routes) do
    self.routes[#self.routes + 1] = check_route(route)
  end
end

local function refuse(status, message, member)
  return reply.problem(status, message, { code = "invalid", member = member })
end

local function read_parameters(route, given)
  for name, value in pairs(given) do
    local of = route.parameters and route.parameters[name] or identifier
    local converted = schema.convert(of, value, name)
    if converted == nil then
      return nil, reply.problem("missing", ("%s: no such thing here"):format(value:sub(1, 100)))
    end
    given[name] = converted
  end
  return given
end

local function media_of(request)
  return (request.headers["content-type"] or ""):lower():match("^%s*([^;%s]*)")
end

-- Where nothing was sent there is nothing to say of its kind; everything else must be what the route takes, so that no
-- form of another site can send it.
local function read_body(route, call)
  local request = call.request
  local text, media = request.body, media_of(request)
  if not route.body then
    if text ~= "" then return nil, refuse(400, "body: nothing may be sent here") end
    return true
  elseif route.body_kind == "octets" then
    if media ~= "application/octet-stream" then
      return nil, refuse(415, "body: must be sent as application/octet-stream")
    end
    return true
  elseif media ~= "application/json" and not (media == "" and call.who.kind == "socket") then
    return nil, refuse(415, "body: must be sent as application/json")
  end
  local value, message = json.decode(text)
  if value == nil then
    return nil, refuse(400, "body: is not JSON: " .. (message or "nothing was sent"))
  end
  local checked, why, member = schema.check(route.body, value, "body")
  if checked == nil then return nil, refuse(422, why, member) end
  call.body = checked
  return true
end

-- All that can be said before the handler: nil where it may go on, or the reply.
local function prepare(route, call, guard)
  local verdict = guard(call, route)
  if verdict ~= true then return verdict end
  if route.scope ~= "open" and not call.who.scopes[route.scope] then
    return reply.problem("denied", ("this needs the right \"%s\""):format(route.scope))
  end
  local parameters, problem = read_parameters(route, call.parameters)
  if not parameters then return problem end
  local values, message, member = query.read(route.query, call.request.query)
  if not values then return refuse(400, message, member) end
  call.query = values
  local fine
  fine, problem = read_body(route, call)
  if not fine then return problem end
  return versions.check(route, call)
end

local function answer(self, route, call, guard)
  local refused = prepare(route, call, guard)
  if refused then return refused end
  if route.method == "POST" and route.scope ~= "open" then -- a log-in is never given a second time
    return self.repeats:answer(call, route.handler)
  end
  return route.handler(call)
end

-- What is wrong is said in the language of whoever asked (RFC 9457 §3.1.4); programs go by the code.
local function in_language(request, given)
  local language = accept.language(request.headers["accept-language"], i18n.languages) or i18n.default
  local media = given.headers and given.headers["Content-Type"]
  if language == i18n.default or media ~= "application/problem+json" then return given end
  local english = json.decode(given.body).detail
  local first, last = given.body:find('"detail":' .. json.encode(english), 1, true)
  local said = json.encode(i18n.speaker(language):message(english))
  local copy = {} -- the same answer may be given again
  for name, value in pairs(given) do copy[name] = value end
  copy.body = given.body:sub(1, first - 1) .. '"detail":' .. said .. given.body:sub(last + 1)
  return copy
end

---Puts the routes on a router.
---@param router btshare.Router
---@param guard btshare.api.Guard asked before each request, by the listener's way of knowing who asks; sets call.who
function Table:serve(router, guard)
  for _, route in ipairs(self.routes) do
    router:add(route[1], function(request, parameters)
      return in_language(request, answer(self, route, {
        request = request, parameters = parameters, services = self.services,
        who = { kind = "nobody", scopes = {} },
      }, guard))
    end, route)
  end
end

---The guard of the console, whose gate has found out who asks.
---@param call btshare.api.Call
---@return true
function api_table.admitted(call)
  call.who = call.request.who
  return true
end

---The guard of the control socket: who may open it may do everything.
---@param call btshare.api.Call
---@return true
function api_table.trust(call)
  call.who = { kind = "socket", scopes = { read = true, share = true, admin = true } }
  return true
end

return api_table
