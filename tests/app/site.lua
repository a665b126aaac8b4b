-- The real program on loopback, for specs of what it shows to the public.
local client = require "http_client"
local place = require "place"

local site = {}

---@class Site
---@field folder string all of it is below this
---@field share string the shared folder
---@field public {port: integer}
---@field console {port: integer}
---@field private place Place
---@field private daemon Daemon
local Site = {}
Site.__index = Site

local function endpoint(url)
  return { port = tonumber(url:match(":(%d+)/")) }
end

---@param fill fun(share: string) puts files into the share before it is shared
---@param config string? lines of config.lua
---@return Site
function site.start(fill, config)
  local here = place.open()
  fill(here.share)
  local daemon = here:spawn { config = config }
  local started = daemon:wait("started")
  return setmetatable({
    folder = here.folder, share = here.share, place = here, daemon = daemon,
    public = endpoint(started.public), console = endpoint(started.console),
  }, Site)
end

---@param kind string of event
---@param name string? of the share
---@return table event
function Site:wait(kind, name)
  return self.daemon:wait(kind, name and function(event) return event.share.name == name end, { seconds = 20 })
end

---How many events there were, for `wait_for`.
---@return integer
function Site:mark()
  return self.daemon:mark()
end

---@param kind string of event
---@param name string of the share
---@param from integer the events before are not meant
---@return table event
function Site:wait_for(kind, name, from)
  return self.daemon:wait(kind, function(event) return event.share.name == name end, { from = from, seconds = 20 })
end

---@param name string of a share
---@return string path of its page
function Site:page(name)
  return self:wait("share-created", name).share.link:match("/s/.*$")
end

---Runs another command against it.
---@param ... string
function Site:command(...)
  self.daemon:command { ... }
end

Site.accepts = {
  html = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nUser-Agent: Mozilla/5.0\r\n",
  plain = "Accept: */*\r\nUser-Agent: curl/7.88.1\r\n",
  json = "Accept: application/json\r\n",
  torrent = "Accept: application/x-bittorrent\r\n",
}

---Asks the public side.
---@param target string
---@param form string? "html" (default), "plain", "json", "torrent", or header lines
---@param method string? default GET
---@return table response { status, headers, body, head, raw }
function Site:get(target, form, method)
  local lines = ("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n%s\r\n"):format(
    method or "GET", target, self.public.port, self.accepts[form or "html"] or form)
  local bytes = client.exchange(self.public, lines, 20)
  local response = client.parse(bytes, method == "HEAD")
  assert(response, "no whole response: " .. bytes:sub(1, 200))
  response.raw = bytes
  return response
end

---Ends it politely, and all that it left behind.
function Site:close()
  local clean, message = pcall(self.daemon.stop, self.daemon)
  self.place:close()
  if not clean then error(message, 2) end
end

return site
