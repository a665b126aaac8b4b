-- The torrent engine as the program uses it: opened with our settings, its events told to whom they concern.
local ceilings = require "btshare.ceilings"
local core_engine = require "core.engine"
local obfuscation = require "btshare.obfuscation"
local settings = require "btshare.engine.settings"
local task = require "btshare.task"
local uv = require "luv"

local update_milliseconds = 1000
local busy_milliseconds = 250 -- while the upload limit is being divided

---@class btshare.engine.Traffic
---@field up_rate integer payload bytes a second
---@field down_rate integer
---@field uploaded integer payload bytes
---@field downloaded integer
---@field sent integer bytes of all messages to peers
---@field peers integer

---@class btshare.Engine
---@field library string version of libtorrent
---@field speaks_utp boolean where that is sound in this version
---@field traffic btshare.engine.Traffic renewed each second, before the handlers of "stats" are called
---@field private core core.engine.Engine
---@field private upload_limit integer as config.lua and the ceilings say
---@field private ceilings btshare.ceilings.Limits what plugins allow at most
---@field private leaving table<string, fun()[]> by info-hash: who waits until it is gone
---@field private handlers table<string, fun(event: table)[]>
---@field private public table<string, true> info-hashes of public shares: while there are any, DHT and LSD are on
---@field private announce_port integer what foreign trackers are told; 0: the one we listen on
---@field private config table
local Engine = {}
Engine.__index = Engine

local engine = { methods = Engine }

local function settings_now(self)
  return settings.now(self.config, next(self.public) ~= nil, self.obfuscation, self.announce_port)
end

---@param options {listen: string[], config: table}
---@param log table
---@return btshare.Engine? engine
---@return string? message
---@return string? code
function engine.open(options, log)
  local self = setmetatable({
    library = core_engine.library, handlers = {}, leaving = {}, log = log, public = {}, announce_port = 0,
    config = options.config, ceilings = {}, upload_limit = settings.of(options.config, {}).upload_rate_limit,
    traffic = { up_rate = 0, down_rate = 0, uploaded = 0, downloaded = 0, sent = 0, peers = 0 },
  }, Engine)
  local message, code
  self.core, message, code = core_engine.open({
    listen = options.listen,
    settings = settings.of(options.config, {}),
    obfuscation = options.config.obfuscation,
  }, function(event)
    for _, handler in ipairs(self.handlers[event.type] or {}) do
      handler(event)
    end
  end)
  if not self.core then
    return nil, message, code
  end
  self.speaks_utp = self.core:settings().enable_outgoing_utp
  self:set_obfuscation(options.config.obfuscation)
  self:on("peer-connected", function(event)
    if self.obfuscation then self.obfuscation:on_connected(event.address) end
  end)
  self:on("removed", function(event) self:on_removed(event.info_hash) end)
  self:on("stats", function(event)
    self.traffic = {
      up_rate = event.up_rate, down_rate = event.down_rate, uploaded = event.uploaded,
      downloaded = event.downloaded, sent = event.sent, peers = event.peers,
    }
  end)
  self.timer = uv.new_timer()
  self.timer:start(update_milliseconds, update_milliseconds, function()
    self.core:post_stats()
    self.core:post_updates()
  end)
  return self
end

-- Only what prefers obfuscation must follow who calls whom.
---@private
---@param mode "prefer"|"require"|"off"
function Engine:set_obfuscation(mode)
  if (mode == "prefer") == (self.obfuscation ~= nil) then return end
  if self.obfuscation then
    self.obfuscation:close()
    self.obfuscation = nil
    return
  end
  self.obfuscation = obfuscation.new(function(changed) self.core:apply(changed) end)
  if next(self.public) then self.obfuscation:set_public(true) end
end

---Says who handles a type of event, besides those who do already.
---@param event_type string
---@param handler fun(event: table)
function Engine:on(event_type, handler)
  local handlers = self.handlers[event_type] or {}
  self.handlers[event_type] = handlers
  handlers[#handlers + 1] = handler
end

-- Discovery must be on before a public torrent comes: libtorrent tells of it once, at the start.
local function add(self, share)
  local info_hash = share.info_hash
  local was_public = self.public[info_hash] ~= nil
  if share.public then self:set_public(info_hash, true) end
  local added, message, code = self.core:add_share(share)
  if not added then self:set_public(info_hash, was_public) end
  return added, message, code
end

---Seeds a share. The same torrent may be on its way out still (its file was touched, or came back): then this
---waits until it is gone. Call in a task.
---@param share core.engine.Share
---@return true? begun
---@return string? message
---@return string? code
function Engine:add_share(share)
  local info_hash = share.info_hash
  local added, message, code = add(self, share)
  while not added and code == "busy" and not self.is_closed do
    task.await(function(resume)
      local waiting = self.leaving[info_hash] or {}
      self.leaving[info_hash] = waiting
      waiting[#waiting + 1] = resume
    end)
    added, message, code = add(self, share)
  end
  return added, message, code
end

-- A download has no name before it is added; its discovery must be on all the same.
local unnamed = "a download"

---Receives a torrent; waits where it is still on its way out. Call in a task.
---@param download core.engine.Download
---@return string? info_hash
---@return string? message
---@return string? code
function Engine:add_download(download)
  if download.public then self:set_public(unnamed, true) end
  local _ <close> = task.on_close(function() self:set_public(unnamed, false) end)
  local info_hash, message, code = self.core:add_download(download)
  while not info_hash and code == "busy" and not self.is_closed do
    task.sleep(50)
    if self.is_closed then break end
    info_hash, message, code = self.core:add_download(download)
  end
  if info_hash and download.public then self:set_public(info_hash, true) end
  return info_hash, message, code
end

-- What passes on to the core as it is; see core.engine.
for _, name in ipairs {
  "pause", "resume", "refuse", "recheck", "save", "set_wanted", "set_limits", "post_files", "post_peers",
  "post_updates",
} do
  Engine[name] = function(self, ...) return self.core[name](self.core, ...) end
end

---Takes a download out and deletes what was received of it; "removed" follows.
---@param info_hash string
function Engine:remove_data(info_hash)
  self:set_public(info_hash, false)
  return self.core:remove_data(info_hash)
end

---@private
function Engine:set_public(info_hash, is_public)
  if self.is_closed then return end
  local was_any = next(self.public) ~= nil
  self.public[info_hash] = is_public or nil
  local is_any = next(self.public) ~= nil
  if is_any ~= was_any then
    if self.obfuscation then self.obfuscation:set_public(is_any) end
    self.core:apply(settings_now(self))
  end
end

---Tells foreign trackers which port to name to others, where the router opened another than ours.
---@param port integer 0: ours
function Engine:set_announce_port(port)
  if port ~= self.announce_port then
    self.announce_port = port
    self.core:apply(settings_now(self))
  end
end

---@private
function Engine:on_removed(info_hash)
  local waiting = self.leaving[info_hash]
  self.leaving[info_hash] = nil
  for _, resume in ipairs(waiting or {}) do
    resume()
  end
end

---@param info_hash string
function Engine:remove(info_hash)
  self:set_public(info_hash, false)
  return self.core:remove(info_hash)
end

---@param info_hash string
---@param address string
---@param port integer
function Engine:connect_peer(info_hash, address, port)
  local called, message, code = self.core:connect_peer(info_hash, address, port)
  if called and self.obfuscation then
    self.obfuscation:on_calling(address)
  end
  return called, message, code
end

---Applies limits, obfuscation and libtorrent settings of a new configuration.
---@param config table
function Engine:reconfigure(config)
  local wanted, former = settings.of(config, self.ceilings), self.config
  local upload_limit = wanted.upload_rate_limit
  self.config = config
  self:set_obfuscation(config.obfuscation)
  for name, value in pairs(settings_now(self)) do
    wanted[name] = value
  end
  local applied, message, code = self.core:apply(wanted)
  if applied then
    self.upload_limit = upload_limit
  else
    self.config = former
    self:set_obfuscation(former.obfuscation)
  end
  return applied, message, code
end

---Limits what the swarm gets, as far as config.lua and the ceilings do not limit it more.
---@param rate integer? bytes a second, nil: as those say
function Engine:limit_upload(rate)
  return self.core:apply { upload_rate_limit = ceilings.lowest(rate, self.upload_limit) }
end

---Says what is allowed at most for now, whatever config.lua says.
---@param most btshare.ceilings.Limits
function Engine:set_ceilings(most)
  if self.is_closed then return end
  local wanted = settings.of(self.config, most)
  self.ceilings, self.upload_limit = most, wanted.upload_rate_limit
  return self.core:apply {
    upload_rate_limit = wanted.upload_rate_limit, download_rate_limit = wanted.download_rate_limit,
  }
end

---Asks for "stats", and where somebody limits torrents, for "progress", more often while it matters.
---@param is_busy boolean
---@param wants_torrents boolean
function Engine:set_pace(is_busy, wants_torrents)
  self.wants_torrents = wants_torrents
  local milliseconds = is_busy and busy_milliseconds or update_milliseconds
  if milliseconds ~= self.timer:get_repeat() then
    self.timer:set_repeat(milliseconds)
    self.timer:again()
    self.core:apply(settings.tick(self.config, is_busy))
  end
end

---@param info_hash string
---@param rate integer? bytes a second of one torrent, nil: no limit of its own
function Engine:limit_torrent(info_hash, rate)
  return self.core:set_limits(info_hash, { up = rate or 0 })
end

---@param info_hash string
---@param limits {up: integer?, down: integer?} bytes a second; 0: none, nil: as it was
function Engine:limit_download(info_hash, limits)
  return self.core:set_limits(info_hash, { up = limits.up, down = limits.down })
end

---Leaves the swarm without blocking the loop.
---@param on_closed fun()
function Engine:close(on_closed)
  self.is_closed = true
  if self.obfuscation then self.obfuscation:close() end
  self.timer:close()
  self.core:close(on_closed)
end

return engine
