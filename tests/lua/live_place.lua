-- What specs of recipients, history and activity play with: a real store with a share in it, and fakes around it.
local events = require "btshare.events"
local catalog = require "btshare.catalog"
local helper = require "helper"
local store = require "btshare.store"
local task = require "btshare.task"

local place = {}

---@class LivePlace
---@field folder string
---@field services table
---@field share table
---@field counted string[] links whose downloads were counted
local Place = {}
Place.__index = Place

local function fake_shares(share)
  local followers = {}
  return {
    by_id = { [share.id] = share }, by_hash = { [share.info_hash] = share },
    describe = function(_, one) return { id = one.id, name = one.entry } end,
    follow = function(_, fn) followers[#followers + 1] = fn end,
    tell = function(fact, more)
      for _, fn in ipairs(followers) do fn(fact, share, more) end
    end,
  }
end

function Place:open()
  self.counted, self.handlers, self.followers = {}, {}, {}
  local opened = assert(store.open(self.folder .. "/db"))
  self.services = {
    store = opened, events = events.new(catalog), shares = fake_shares(self.share),
    log = { error = function(...) error(select("#", ...) .. string.format(...)) end },
    access = { count = function(_, link) self.counted[#self.counted + 1] = link end },
    transfers = { follow = function(_, follower) self.followers[#self.followers + 1] = follower end },
    engine = {
      traffic = { uploaded = 0, downloaded = 0 }, asked = {},
      on = function(_, kind, fn) self.handlers[kind] = fn end,
      post_peers = function(engine, hash, with_pieces) engine.asked[hash] = with_pieces and "pieces" or "peers" end,
    },
  }
  return self.services
end

---@return LivePlace
function place.open()
  local share = {
    id = "s1", entry = "film.bin", size = 1000000, number = 1, state = "ready", info_hash = ("a"):rep(40), files = 1,
    is_seeding = true,
  }
  local self = setmetatable({ folder = helper.folder(), share = share }, Place)
  self:open()
  self:write {
    { "INSERT INTO roots VALUES (1, '/share', NULL, 1)" },
    { "INSERT INTO shares (id, root, entry, kind, created, changed) VALUES ('s1', 1, 'film.bin', 'file', 1, 1)" },
  }
  return self
end

---@param batch table[]
function Place:write(batch)
  local done
  task.spawn(function() done = assert(self.services.store:write(batch)) end)
  helper.wait_for(function() return done end)
end

---As after another start.
function Place:reopen()
  self.services.store:close()
  return self:open()
end

---@param kind string
---@param event table
function Place:tell(kind, event)
  event.info_hash = self.share.info_hash
  self.handlers[kind](event)
end

---Runs `fn` in a task and returns what it returns.
function Place.run(_, fn)
  local result
  task.spawn(function() result = table.pack(fn()) end)
  helper.wait_for(function() return result end)
  return table.unpack(result, 1, result.n)
end

function Place:close()
  self.services.store:close()
  helper.wait_for(function() return true end)
  helper.remove(self.folder)
end

return place
