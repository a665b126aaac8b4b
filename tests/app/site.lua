-- The real program on loopback, for specs of what it shows to the public.
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
local uv = require "luv"

local site = {}

local program = os.getenv("BTSHARE") or uv.exepath():match("^(.*)/") .. "/btshare"

---@class Site
---@field folder string all of it is below this
---@field share string the shared folder
---@field events table[] what it told
---@field public {port: integer}
---@field console {port: integer}
local Site = {}
Site.__index = Site

-- Runs a program to its end or, with `on_line`, until it is ended.
local function spawn(command, on_line)
  local output, errors = uv.new_pipe(false), uv.new_pipe(false)
  local child = { output = "" }
  child.handle = assert(uv.spawn("setpriv", {
    args = { "--pdeathsig", "KILL", "--", table.unpack(command) }, stdio = { nil, output, errors },
  }, function(code)
    child.code = code
    child.handle:close()
  end))
  local rest = ""
  output:read_start(function(_, data)
    if not data then return output:close() end
    child.output = child.output .. data
    rest = rest .. data
    for line in rest:gmatch("([^\n]*)\n") do
      if on_line then on_line(line) end
    end
    rest = rest:match("[^\n]*$")
  end)
  errors:read_start(function(_, data)
    if not data then return errors:close() end
    child.output = child.output .. data
  end)
  return child
end

---@param fill fun(share: string) puts files into the share before it is shared
---@param config string? lines of config.lua
---@return Site
function site.start(fill, config)
  local folder = helper.folder()
  local self = setmetatable({ folder = folder, share = folder .. "/share", events = {} }, Site)
  assert(uv.fs_mkdir(self.share, 493))
  fill(self.share)
  helper.write(folder .. "/config.lua", "map_ports = false\n" .. (config or ""))
  self:spawn()
  return self
end

---Starts the program; also a second time, after `stop`.
function Site:spawn()
  self.events = {}
  self.child = spawn({
    program, self.share, "--state", self.folder .. "/state", "--config", self.folder .. "/config.lua", "--public",
    "127.0.0.1:0", "--console", "127.0.0.1:0", "--port", "0", "--json",
  }, function(line) table.insert(self.events, (json.decode(line))) end)
  local started = self:wait("started")
  self.public = { port = tonumber(started.public:match(":(%d+)/")) }
  self.console = { port = tonumber(started.console:match(":(%d+)/")) }
end

---@param kind string of event
---@param name string? of the share
---@return table event
function Site:wait(kind, name)
  return helper.wait_for(function()
    assert(not self.child.code, self.child.output)
    for _, event in ipairs(self.events) do
      if event.event == kind and (not name or event.share.name == name) then return event end
    end
  end, 20, kind .. " " .. (name or ""))
end

---@param name string of a share
---@return string path of its page
function Site:page(name)
  return self:wait("share-created", name).share.link:match("/s/.*$")
end

---Runs another command against it.
---@param ... string
function Site:command(...)
  local command = table.pack(program, ...)
  table.move({ "--state", self.folder .. "/state" }, 1, 2, #command + 1, command)
  local child = spawn(command)
  helper.wait_for(function() return child.code end, 20, "a command")
  assert(child.code == 0, child.output)
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
---@return table response { status, headers, body, head }
function Site:get(target, form, method)
  local lines = ("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n%s\r\n"):format(
    method or "GET", target, self.public.port, self.accepts[form or "html"] or form)
  local bytes = client.exchange(self.public, lines, 20)
  local response = client.parse(bytes, method == "HEAD")
  assert(response, "no whole response: " .. bytes:sub(1, 200))
  response.raw = bytes
  return response
end

function Site:stop()
  self.child.handle:kill("sigterm")
  helper.wait_for(function() return self.child.code end, 20, "the end of btshare")
  assert(self.child.code == 0 or self.child.code == 130, self.child.output)
end

function Site:close()
  if not self.child.code then self:stop() end
  helper.remove(self.folder)
end

return site
