-- Where specs of downloads play: a share, a btshare that gives it, and programs that fetch it.
local btshare = require "support.btshare"
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local uv = require "luv"

local recipient_program = debug.getinfo(1, "S").source:match("^@(.*)/app/") .. "/clients/recipient.py"

local places = {}

---@class DownloadPlace
---@field folder string
---@field share string
---@field daemon Daemon
local Place = {}
Place.__index = Place

places.seed = math.tointeger(tonumber(os.getenv("SEED") or "")) or os.time()

---@param config string? lines of config.lua
---@return DownloadPlace
function places.open(config)
  local folder = helper.folder()
  local self = setmetatable({ folder = folder, share = folder .. "/share", config = config }, Place)
  for _, name in ipairs { "share", "out", "outside" } do assert(uv.fs_mkdir(folder .. "/" .. name, 493)) end
  return self
end

function Place:start()
  self.daemon = btshare.start({ self.share }, {
    state = self.folder .. "/state", home = self.folder .. "/home", config = self.config,
  })
  local started = self.daemon:find "started"
  self.port = math.tointeger(tonumber(started.public:match(":(%d+)/?$")))
  return self.daemon
end

-- Bytes that a seed decides.
local function noise(size, seed)
  local parts, state = {}, seed
  for index = 1, size // 8 do
    state = state * 6364136223846793005 + 1442695040888963407
    parts[index] = string.pack("<i8", state)
  end
  return table.concat(parts)
end

---Writes `size` bytes that a seed decides, no two blocks of them alike.
---@param path string relative to the share
---@param size integer
---@param seed integer
---@return string content
function Place:noise(path, size, seed)
  local parts, block = {}, noise(4088, seed)
  for index = 1, size // 4096 + 1 do
    parts[index] = string.pack("<i8", index ~ seed << 32) .. block
  end
  local content = table.concat(parts):sub(1, size)
  self:put(path, content)
  return content
end

function Place:put(path, content)
  local parent = path:match("^(.*)/")
  if parent then process.run { "mkdir", "-p", "--", self.share .. "/" .. parent } end
  helper.write(self.share .. "/" .. path, content)
end

---@return string url of the page of the share of that name
function Place:link(name)
  return self.daemon:ready(name).link
end

function Place:out(name)
  return self.folder .. "/out/" .. name
end

---@class download_place.Recipient
---@field process table
---@field received integer bytes that btshare has given it, over all connections
---@field at integer when that was last, of uv.hrtime
---@field has_finished boolean?

---Starts a torrent client that came by a magnet, without its web seed.
---@param magnet string
---@param name string of the folder that it receives into
---@param address string? of its own; 127.0.0.1 if absent
---@return download_place.Recipient
function Place:recipient(magnet, name, address)
  local recipient = { received = 0, at = uv.hrtime() }
  local given = {} -- by connection
  local out = self:out(name)
  assert(uv.fs_stat(out) or uv.fs_mkdir(out, 493))
  recipient.process = process.start({
    "/usr/bin/python3", recipient_program, (magnet:gsub("&ws=[^&]*", "")), out, "--bind", address or "127.0.0.1",
    "--port", "0", "--stay",
  }, { home = self.folder, on_line = function(line)
    local event = json.decode(line) or {}
    for _, peer in ipairs(event.peers or {}) do
      local before = given[peer.port] or 0
      -- Until it has said its name, libtorrent takes it for a BTSlave.
      if peer.client:find "^BT[sS]" and peer.received > before then
        given[peer.port] = peer.received
        recipient.received, recipient.at = recipient.received + peer.received - before, uv.hrtime()
      end
    end
    recipient.has_finished = recipient.has_finished or event.event == "finished"
  end })
  return recipient
end

function Place:close()
  process.stop_all()
  process.run { "rm", "-rf", "--", self.folder }
end

return places
