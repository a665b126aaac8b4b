-- A running btshare: started with --json, its lines kept as events with the time they came.
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local uv = require "luv"

local btshare = {}

---The program under test; BTSHARE names another one.
btshare.program = os.getenv("BTSHARE") or uv.exepath():match("^(.*)/") .. "/btshare"

---@class DaemonOptions
---@field state string the state directory
---@field home string
---@field namespace Namespace?
---@field address string? where it may be reached, default 127.0.0.1
---@field config string? lines of config.lua

---@class Daemon
---@field events table[] every line, decoded; `at` is the time in seconds
---@field process Process
---@field options DaemonOptions
local Daemon = {}
Daemon.__index = Daemon

local function now()
  return uv.hrtime() / 1e9
end

---Starts sharing `folders` and returns at once.
---@param folders string[]
---@param options DaemonOptions
---@return Daemon
function btshare.spawn(folders, options)
  uv.fs_mkdir(options.home, 448) -- 0700
  local config = options.home .. "/config.lua"
  helper.write(config, "map_ports = false\n" .. (options.config or ""))
  -- Without root's capabilities, so that it may read and write no more than an ordinary user.
  local command = { "setpriv", "--bounding-set", "-all", "--", btshare.program, table.unpack(folders) }
  table.move({
    "--state", options.state, "--config", config, "--public", (options.address or "127.0.0.1") .. ":0",
    "--console", "127.0.0.1:0", "--port", "0", "--json",
  }, 1, 11, #command + 1, command)
  local daemon = setmetatable({ events = {}, options = options }, Daemon)
  daemon.process = process.start(command, {
    namespace = options.namespace, home = options.home,
    on_line = function(line)
      local event, _, message = json.decode(line)
      event = type(event) == "table" and event or { event = "not-json", line = line, message = message }
      event.at = now()
      table.insert(daemon.events, event)
    end,
  })
  return daemon
end

---Starts sharing and waits until it says that it has started.
---@param folders string[]
---@param options DaemonOptions
---@return Daemon
function btshare.start(folders, options)
  local daemon = btshare.spawn(folders, options)
  daemon:wait("started")
  return daemon
end

---The first event of that kind, from the event after number `from` on, for which `matches` is true.
---@param kind string
---@param matches (fun(event: table): any)?
---@param from integer?
---@return table?
function Daemon:find(kind, matches, from)
  for index = (from or 0) + 1, #self.events do
    local event = self.events[index]
    if event.event == kind and (not matches or matches(event)) then return event end
  end
end

---How many such events there were.
---@param kind string
---@param matches (fun(event: table): any)?
---@return integer
function Daemon:count(kind, matches)
  local count = 0
  for _, event in ipairs(self.events) do
    if event.event == kind and (not matches or matches(event)) then count = count + 1 end
  end
  return count
end

---Waits for such an event.
---@param kind string
---@param matches (fun(event: table): any)?
---@param options {from: integer?, seconds: number?}?
---@return table
function Daemon:wait(kind, matches, options)
  options = options or {}
  return self.process:wait_for(function()
    local event = self:find(kind, matches, options.from)
    if not event and self.process.code then error("btshare ended: " .. self.process.output) end
    return event
  end, options.seconds or 15, "event " .. kind)
end

---Waits until the share of that name is ready.
---@param name string
---@param options {from: integer?, seconds: number?}?
---@return table share
---@return table event
function Daemon:ready(name, options)
  local event = self:wait("share-ready", function(event) return event.share.name == name end, options)
  return event.share, event
end

---Waits until the share of that name is ready with another info-hash than `share` has.
---@param share table
---@param seconds number
---@return table share
---@return table event
function Daemon:renewed(share, seconds)
  local event = self:wait("share-ready", function(event)
    return event.share.name == share.name and event.share.info_hash ~= share.info_hash
  end, { seconds = seconds })
  return event.share, event
end

---What `btshare list --json` prints.
---@return table[]
function Daemon:list()
  return json.decode(self:command { "list", "--json" })
end

---Runs another command of btshare against this instance.
---@param words string[]
---@return string output
function Daemon:command(words)
  local command = { btshare.program, table.unpack(words) }
  command[#command + 1] = "--state"
  command[#command + 1] = self.options.state
  return process.run(command, { namespace = self.options.namespace, home = self.options.home })
end

---Whether it runs and answers.
---@return boolean
function Daemon:lives()
  return not self.process.code and type(self:list()) == "table"
end

---Ends it politely; raises when it does not end cleanly.
function Daemon:stop()
  self.process:kill("sigterm")
  local code = self.process:wait(10)
  assert(code == 0 or code == 130, "btshare ended with " .. code .. ": " .. self.process.output)
end

---Ends it without a word, as a crash would.
function Daemon:crash()
  self.process:stop()
end

return btshare
