-- libtorrent as a recipient that tells what it sees: recipient.py, driven by lines.
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local uv = require "luv"

local libtorrent = { name = "libtorrent" }

local program = debug.getinfo(1, "S").source:match("^@(.*)/support/") .. "/recipient.py"

---@class LibtorrentOptions
---@field encryption ("off"|"on"|"forced"|"require")? require: the same as forced
---@field download_limit integer? bytes a second
---@field upload_limit integer?
---@field trackers ("on"|"off")?
---@field port integer? where it listens
---@field stay boolean? go on seeding when complete

---@class LibtorrentRecipient
---@field process Process
---@field events table[]
---@field place Place
local Recipient = {}
Recipient.__index = Recipient

---@param place Place
---@param magnet string
---@param options LibtorrentOptions?
---@return LibtorrentRecipient
function libtorrent.fetch(place, magnet, options)
  options = options or {}
  local command = { "/usr/bin/python3", program, magnet, place.out, "--bind", place.address }
  local function flag(name, value)
    command[#command + 1] = name
    command[#command + 1] = tostring(value)
  end
  flag("--encryption", options.encryption == "require" and "forced" or options.encryption or "on")
  flag("--download-limit", options.download_limit or 0)
  flag("--upload-limit", options.upload_limit or 0)
  flag("--trackers", options.trackers or "on")
  if options.port then flag("--port", options.port) end
  if options.stay then command[#command + 1] = "--stay" end
  local recipient = setmetatable({ events = {}, place = place, magnet = magnet }, Recipient)
  recipient.process = process.start(command, {
    namespace = place.namespace, home = place.folder,
    on_line = function(line)
      local event = assert(json.decode(line), "recipient.py said: " .. line)
      event.at = uv.hrtime() / 1e9
      table.insert(recipient.events, event)
    end,
  })
  return recipient
end

---Whether such an event has come since event number `from`.
---@param kind string
---@param matches (fun(event: table): any)?
---@param from integer?
---@return table?
function Recipient:find(kind, matches, from)
  for index = (from or 0) + 1, #self.events do
    local event = self.events[index]
    if event.event == kind and (not matches or matches(event)) then return event end
  end
end

---@param kind string
---@param matches (fun(event: table): any)?
---@param options {from: integer?, seconds: number?}?
---@return table event
function Recipient:wait_event(kind, matches, options)
  options = options or {}
  return self.process:wait_for(function() return self:find(kind, matches, options.from) end,
    options.seconds or 15, "event " .. kind)
end

---Waits until all is here; returns the seconds from adding the magnet.
---@param seconds number
---@return number
function Recipient:wait(seconds)
  local added = self:wait_event("added", nil, { seconds = seconds })
  return self:wait_event("finished", nil, { seconds = seconds }).at - added.at
end

---The latest report on a torrent (by default any).
---@param info_hash string?
---@return table?
function Recipient:progress(info_hash)
  for index = #self.events, 1, -1 do
    local event = self.events[index]
    if event.event == "progress" and (not info_hash or event.info_hash == info_hash) then return event end
  end
end

---The first complaint: a piece with a wrong hash, or a peer banned for such; nil when there was none.
---@return table?
function Recipient:complaint()
  return self:find "hash-failed" or self:find "banned"
end

---Whether the latest report has a connection to `address`.
---@param address string
---@return boolean
function Recipient:is_connected(address)
  for _, peer in ipairs((self:progress() or {}).peers or {}) do
    if peer.address == address then return true end
  end
  return false
end

---Connects to `address`, with all it has to offer, and waits until that peer has hung up or has had
---the time to take something.
---@param how "connect"|"offer" offer: as a seed that has never met that peer
---@param address string
---@param port integer|string
function Recipient:meet(how, address, port)
  local seen = #self.events
  self:tell(("%s %s %s"):format(how, address, port))
  local function ended() return self:find("disconnected", nil, seen) end
  self.process:wait_for(function()
    return ended() or self:find("connected", nil, seen) or self:is_connected(address)
  end, 20, "a connection")
  helper.within(ended, 1)
end

---Fetches another magnet into a folder of its own, from the same session.
---@param magnet string
---@param out string
---@param seconds number
function Recipient:fetch_also(magnet, out, seconds)
  local seen = #self.events
  uv.fs_mkdir(out, 448)
  self:tell(("add %s %s"):format(out, magnet))
  local added = self:wait_event("added", nil, { from = seen, seconds = 5 })
  self:wait_event("finished", function(event) return event.info_hash == added.info_hash end,
    { from = seen, seconds = seconds })
end

---Sends a command of recipient.py.
---@param line string
function Recipient:tell(line)
  self.process:write(line .. "\n")
end

function Recipient:stop()
  self.process:stop()
end

return libtorrent
