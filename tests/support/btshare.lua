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
---@field public string|false|nil ADDRESS:PORT, default a free port of `address`; false: what btshare does by itself
---@field console string|false|nil ADDRESS:PORT, default a free port of 127.0.0.1; false: what btshare does by itself
---@field port integer? of BitTorrent, default a free one
---@field program string? another btshare than the one under test
---@field words string[]? further ones for the command line
---@field through string[]? a command that runs it, in the end by exec
---@field environment table<string, string>?

---@class Daemon
---@field events table[] every line, decoded; `at` is the time in seconds
---@field process Process
---@field options DaemonOptions
local Daemon = {}
Daemon.__index = Daemon

local function now()
  return uv.hrtime() / 1e9
end

-- Without root's capabilities, so that it may read and write no more than an ordinary user.
local function unprivileged(options)
  local command = table.move(options.through or {}, 1, #(options.through or {}), 1, {})
  if uv.getuid() == 0 then
    table.move({ "setpriv", "--bounding-set", "-all", "--" }, 1, 4, #command + 1, command)
  end
  command[#command + 1] = options.program or btshare.program
  return command
end

-- What `btshare DIR` is started with.
local function share_command(folders, options)
  uv.fs_mkdir(options.home, 448) -- 0700
  local config = options.home .. "/config.lua"
  helper.write(config, "map_ports = false\n" .. (options.config or ""))
  local command = unprivileged(options)
  -- In a namespace of its own the usual ports are free, and a link keeps its port over a restart.
  local ports = options.namespace and { ":8702", ":8701" } or { ":0", ":0" }
  local public = options.public or (options.address or "127.0.0.1") .. ports[1]
  for _, words in ipairs {
    folders,
    { "--state", options.state, "--config", config, "--port", tostring(options.port or 0), "--json" },
    options.public == false and {} or { "--public", public },
    options.console == false and {} or { "--console", options.console or "127.0.0.1" .. ports[2] },
    options.words or {},
  } do
    table.move(words, 1, #words, #command + 1, command)
  end
  return command
end

---Starts sharing `folders` and returns at once.
---@param folders string[]
---@param options DaemonOptions
---@return Daemon
function btshare.spawn(folders, options)
  local daemon = setmetatable({ events = {}, options = options }, Daemon)
  daemon.process = process.start(share_command(folders, options), {
    namespace = options.namespace, home = options.home, environment = options.environment,
    on_line = function(line)
      local event, _, message = json.decode(line)
      event = type(event) == "table" and event or { event = "not-json", line = line, message = message }
      event.at = now()
      table.insert(daemon.events, event)
    end,
  })
  return daemon
end

---Runs any words of btshare to their end.
---@param words string[]
---@param options {home: string, through: string[]?, environment: table<string, string>?, seconds: number?}
---@return Process ended, with `code`, `output` and `errors`
function btshare.run(words, options)
  local command = unprivileged(options)
  table.move(words, 1, #words, #command + 1, command)
  local child = process.start(command, { home = options.home, environment = options.environment })
  child:wait(options.seconds or 15)
  return child
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

---How many events there are; `from` for `find` and `wait` that mean only later ones.
---@return integer
function Daemon:mark()
  return #self.events
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

---What it has said on stderr, without the plugins that took part of a second: on a busy machine anything does.
---@return string
function Daemon:complaints()
  return (self.process.errors:gsub("[^\n]*warning: plugin [%w_-]+: held everything up for 0[^\n]*\n", ""))
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

---Runs another command of btshare against this instance; raises when it fails.
---@param words string[]
---@return string output
function Daemon:command(words)
  local ended = self:try(words)
  if ended.code ~= 0 then
    error(("btshare %s ended with %d: %s"):format(table.concat(words, " "), ended.code, ended.output), 2)
  end
  return ended.output
end

---Runs another command of btshare against this instance.
---@param words string[]
---@return Process ended, with `code`, `output` and `errors`
function Daemon:try(words)
  local command = { btshare.program, table.unpack(words) }
  command[#command + 1] = "--state"
  command[#command + 1] = self.options.state
  local child = process.start(command, { namespace = self.options.namespace, home = self.options.home })
  child:wait(30)
  return child
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
