-- The console's side of the real program on loopback, for specs that send it what a browser or an attacker would.
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
local place_module = require "place"

local console = {}

---@class Console
---@field place Place
---@field daemon Daemon
---@field port integer
---@field url string "http://127.0.0.1:PORT/"
---@field key string the one that it printed
local Console = {}
Console.__index = Console

local function note_start(self)
  local started = self.daemon:wait("started")
  self.url, self.key = started.console, started.key_url:match("#k=(.*)$")
  self.port = tonumber(started.console:match(":(%d+)/"))
  self.public = tonumber(started.public:match(":(%d+)/"))
end

---@param more DaemonOptions?
---@param plugins table<string, string>? texts of the user's own, by name
---@return Console
function console.start(more, plugins)
  local self = setmetatable({ place = place_module.open() }, Console)
  for name, text in pairs(plugins or {}) do self.place:write_plugin(name, text) end
  self.place:put("film.txt", "a film")
  self.more = more
  self.daemon = self.place:start(more)
  note_start(self)
  return self
end

---Ends it and starts it again on the same port.
---@param is_crash boolean? whether it gets no time to end
function Console:restart(is_crash)
  if is_crash then self.daemon:crash() else self.daemon:stop() end
  self.more = self.more or {}
  self.more.console = "127.0.0.1:" .. self.port
  self.daemon = self.place:start(self.more)
  note_start(self)
end

---Sends one request on a connection of its own.
---@param method string
---@param target string
---@param headers table<string, string|false>? over the usual; false leaves one out
---@param body any? a table is sent as JSON
---@param from string? the address that asks
---@return table response { status, headers, body, head, raw, json }
function Console:ask(method, target, headers, body, from)
  local all = { Host = "127.0.0.1:" .. self.port, Connection = "close" }
  if type(body) == "table" then
    body = json.encode(body)
    all["Content-Type"] = "application/json"
  end
  if body then all["Content-Length"] = tostring(#body) end
  for name, value in pairs(headers or {}) do all[name] = value or nil end
  local lines = { ("%s %s HTTP/1.1"):format(method, target) }
  for name, value in pairs(all) do lines[#lines + 1] = name .. ": " .. value end
  local text = table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")
  local raw = client.exchange({ port = self.port, from = from }, text, 20)
  local response = assert(client.parse(raw, method == "HEAD"), "no whole response: " .. raw:sub(1, 200))
  response.raw = raw
  if (response.headers["content-type"] or ""):find("json", 1, true) then response.json = json.decode(response.body) end
  return response
end

---What the console's own page adds to what it sends.
---@param cookie string?
---@return table<string, string>
function Console:own(cookie)
  return {
    ["X-BTshare"] = "1", Origin = "http://127.0.0.1:" .. self.port, ["Sec-Fetch-Site"] = "same-origin",
    Cookie = cookie,
  }
end

---Logs in with a key, as the page does.
---@param key string? default: the printed one
---@return string cookie "btshare_PORT=SECRET"
function Console:log_in(key)
  local route = self:ask("GET", "/api/v1/session").json.wants == "setup" and "setup" or "session"
  local response = self:ask("POST", "/api/v1/" .. route, self:own(), { key = key or self.key })
  assert(response.status == 204, response.raw)
  return response.headers["set-cookie"]:match("^[^;]+")
end

---@return string key a new one
function Console:mint()
  return (self.daemon:command { "open", "--print" }):match("#k=(%S+)")
end

---@param name string
---@param ... string further words
---@return string secret
function Console:token(name, ...)
  return (self.daemon:command { "token", name, ... }):match("btsh_[%w_-]+")
end

---All that is in the database's files.
---@return string bytes
function Console:stored()
  local all = {}
  for _, ending in ipairs { "", "-wal" } do
    local file = io.open(self.place.state .. "/btshare.db" .. ending, "rb")
    if file then
      all[#all + 1] = file:read("a")
      file:close()
    end
  end
  return table.concat(all)
end

---Every route of the API, from its own table: method and path, parameters filled in.
---@return {method: string, target: string, scope: string}[]
function console.routes()
  local anything
  function anything()
    return setmetatable({}, {
      __index = function(self, key)
        local value = anything()
        rawset(self, key, value)
        return value
      end,
      __call = function() return anything() end,
    })
  end
  local list = {}
  for _, route in ipairs(require("btshare.routes.api").new(anything()).routes) do
    list[#list + 1] = { method = route.method, target = route.path:gsub(":[%w_]+", "x"), scope = route.scope }
  end
  assert(#list > 5)
  return list
end

function Console:close()
  local clean, message = pcall(self.daemon.stop, self.daemon)
  self.place:close()
  if not clean then error(message, 2) end
end

console.wait_for = helper.wait_for

return console
