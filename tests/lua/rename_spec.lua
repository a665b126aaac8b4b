-- What the store holds of a share that gets another name, also when everything ends in the middle of it.
local helper = require "helper"
local links = require "btshare.links"
local missing = require "btshare.library.missing"
local shares = require "btshare.shares"
local sqlite = require "core.sqlite"
local store = require "btshare.store"
local task = require "btshare.task"

local old_hash = ("ab"):rep(20)

local function manifest(name, inode)
  return string.pack("<I8i8i8I8s8", 5, 1, 2, inode or 7, name)
end

describe("a share under a new name", function()
  local folder, opened, key, hashing

  before_each(function()
    folder, hashing = helper.folder(), {}
    opened = assert(store.open(folder .. "/btshare.db"))
    task.spawn(function()
      key = assert(links.open(opened, folder .. "/key"))
      assert(opened:write {
        { "INSERT INTO roots VALUES (1, '/r', NULL, 1)" },
        { "INSERT INTO shares (id, root, entry, kind, created, changed) VALUES ('s', 1, 'old', 'file', 1, 1)" },
        { "INSERT INTO versions VALUES ('s', 3, 1, 5, ?, 'v1', 16384, ?, '', '', '', 0, ?, ?, NULL, x'')",
          sqlite.blob(manifest "old"), sqlite.blob(("h"):rep(20)), sqlite.blob "d3:olde", old_hash },
      })
    end)
    helper.wait_for(function() return opened:query("SELECT 1 FROM versions")[1] end)
  end)
  after_each(function()
    opened:close()
    helper.remove(folder)
  end)

  -- A start: the shares as the store has them, and the root that they are in.
  local function start()
    local root = {
      id = 1, path = "/r", options = { exposure = "link", format = "v1" }, missing = missing.new(),
      touch = function() end, answer = function() end,
    }
    local services = {
      store = opened, links = key, log = require "btshare.log",
      events = { has = function() return false end, tell = function() end },
      engine = { remove = function() end },
      hasher = { hash = function(_, job)
        hashing[#hashing + 1] = job
        return #hashing
      end, cancel = function() end },
    }
    local all = shares.new(services)
    all:load(root)
    return all, all.by_id.s
  end

  local function entry(name)
    return { name = name, kind = "file", files = 1, size = 5, manifest = manifest(name) }
  end

  local function stored()
    return opened:query("SELECT entry, torrent, versions.info_hash FROM shares JOIN versions ON share = id")[1]
  end

  it("has no torrent of the old one from the moment on in which it is stored", function()
    local all, share = start()
    all:lose(share, "not there any more")
    all:spawn(all.rename, all, share, entry "new", false)
    helper.wait_for(function() return hashing[1] end)
    assert.same({ entry = "new" }, stored())
    assert.same({ { share = "s", number = 3, info_hash = old_hash } }, opened:query "SELECT * FROM former")
    all:close() -- here everything ends

    all, share = start()
    assert.equal("new", share.entry)
    assert.is_nil(share.info_hash)
    all:spawn(all.refresh, all, share, entry "new", true)
    helper.wait_for(function() return hashing[2] end)
    assert.equal("changed", share.state)
    all:close()
  end)

  it("has none either where it is stopped, and stays so", function()
    task.spawn(function() opened:write { { "UPDATE shares SET stopped = 1" } } end)
    helper.wait_for(function() return opened:query("SELECT stopped FROM shares")[1].stopped == 1 end)
    local all, share = start()
    all:lose(share, "not there any more")
    all:spawn(all.rename, all, share, entry "new", false)
    helper.wait_for(function() return stored().entry == "new" end)
    assert.same({ entry = "new" }, stored())
    assert.equal("expired", share.state)
    assert.same({}, hashing)
    all:close()
  end)
end)
