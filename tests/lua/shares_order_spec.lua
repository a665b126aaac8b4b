-- Shares that are stopped, changed or removed while something of theirs is under way.
local add = require "btshare.library.add"
local crypto = require "core.crypto"
local engine = require "btshare.engine"
local helper = require "helper"
local library = require "btshare.library"
local links = require "btshare.links"
local missing = require "btshare.library.missing"
local root_module = require "btshare.library.root"
local seeding = require "btshare.shares.seeding"
local shares = require "btshare.shares"
local sqlite = require "core.sqlite"
local store = require "btshare.store"
local task = require "btshare.task"
local versions = require "btshare.shares.versions"

local hash = ("ab"):rep(20)

local function manifest(name, time) return string.pack("<I8i8i8I8s8", 5, time or 1, 2, 7, name) end

local function entry(name, time)
  return { name = name, kind = "file", files = 1, size = 5, manifest = manifest(name, time), folders = "" }
end

-- The program's engine above a core in which a torrent that is taken out stays until `let_go`.
local function play_engine()
  local played = setmetatable({ leaving = {}, public = {}, asked = {}, there = {} }, { __index = engine.methods })
  played.core = {
    add_share = function(_, share)
      if played.there[share.info_hash] == "leaving" then return nil, "is being removed", "busy" end
      if played.there[share.info_hash] then return nil, "is there already", "exists" end
      played.asked[#played.asked + 1], played.there[share.info_hash] = share, share.root
      return true
    end,
    remove = function(_, name)
      if played.there[name] then played.there[name] = "leaving" end
      return true
    end,
    resume = function() return true end,
  }
  function played.set_public() end
  -- Until nothing leaves any more.
  function played:let_go()
    while self.there[hash] == "leaving" do
      self.there[hash] = nil
      self:on_removed(hash)
    end
  end
  return played
end

describe("a share", function()
  local folder, opened, key, hashing, services, all, root, ask

  local function row(id, name)
    return { "INSERT INTO shares (id, root, entry, kind, created, changed) VALUES (?, 1, ?, 'file', 1, 1)", id, name },
      { "INSERT INTO versions VALUES (?, 3, 1, 5, ?, 'v1', 16384, ?, '', '', '', 0, ?, ?, NULL, x'')", id,
        sqlite.blob(manifest(name)), sqlite.blob(("h"):rep(20)), sqlite.blob "d3:onee", hash }
  end

  -- Runs it in a task until it first waits.
  local function begin(fn, ...) return all:spawn(fn, ...) end

  local function wait(job) helper.wait_for(function() return job:has_ended() end, 5, "the end of a task") end

  local function finish() helper.wait_for(function() return not next(all.jobs) end, 5, "the end of all tasks") end

  before_each(function()
    folder, hashing = helper.folder(), {}
    opened = assert(store.open(folder .. "/btshare.db"))
    task.spawn(function()
      key = assert(links.open(opened, folder .. "/key"))
      local batch = { { "INSERT INTO roots VALUES (1, '/r', NULL, 1)" } }
      for _, id in ipairs { "a", "b", "c" } do
        batch[#batch + 1], batch[#batch + 2] = row(id, id .. ".bin")
      end
      assert(opened:write(batch))
    end)
    helper.wait_for(function() return opened:query("SELECT 1 FROM versions")[1] end)
    ask = function() return true end
    services = {
      store = opened, links = key, log = require "btshare.log", config = { trackers = {} },
      events = { has = function() return false end, tell = function() end, ask = function() return ask() end },
      transfers = { cut_invalid = function() end }, engine = play_engine(),
      hasher = { hash = function(_, job, done)
        hashing[#hashing + 1] = { job = job, done = done }
        return #hashing
      end, cancel = function() end },
    }
    all = shares.new(services)
    function all.describe() return {} end
    root = {
      id = 1, path = "/r", options = { exposure = "link", format = "v1" }, missing = missing.new(), wanted = {},
      touch = function() end, answer = function() end,
    }
    all:load(root)
  end)
  after_each(function()
    all:close()
    opened:close()
    helper.remove(folder)
  end)

  -- A share that is ready and in the swarm.
  local function ready(id)
    local share = all.by_id[id]
    wait(begin(all.refresh, all, share, entry(share.entry), false))
    assert.equal("ready", share.state)
    return share
  end

  -- Has what is written next wait until what is returned is called.
  local function hold_write()
    local go_on
    local write = opened.write
    function opened:write(batch)
      self.write = nil
      task.await(function(resume) go_on = resume end)
      return write(self, batch)
    end
    return function() go_on() end
  end

  it("that is stopped while its folders are stored is not shared again", function()
    local share = ready "a"
    local go_on, changed = hold_write(), entry("a.bin", 9)
    changed.folders = "new"
    local refreshing = begin(all.refresh, all, share, changed, false)
    wait(begin(all.stop, all, share))
    go_on()
    wait(refreshing)
    services.engine:let_go()
    assert.same({ 0, true, "ready" }, { #hashing, share.is_stopped, share.state })
    assert.is_nil(services.engine.there[hash])
  end)

  it("whose folder goes while it is made is never read", function()
    local go_on = hold_write()
    local making = begin(all.create, all, root, entry "new.bin")
    all:unload(root)
    go_on()
    wait(making)
    assert.equal("missing", (select(4, making:wait())))
    assert.equal(0, #hashing)
  end)

  it("whose folder goes while plugins are asked is not made", function()
    local go_on
    ask = function() return task.await(function(resume) go_on = resume end) end
    local making = begin(all.create, all, root, entry "new.bin")
    all:unload(root)
    go_on(true)
    assert.equal("missing", (select(4, making:wait())))
  end)

  it("that comes and goes quickly is in the swarm once, and out of it when it is stopped", function()
    local share = ready "a"
    for _ = 1, 2 do
      wait(begin(all.set_paused, all, share, true))
      begin(all.set_paused, all, share, false)
      helper.wait_for(function() return not share.is_paused end, 5)
    end
    services.engine:let_go()
    finish()
    assert.same({ true, nil }, { share.is_seeding, all.heirs[hash] })
    wait(begin(all.stop, all, share))
    services.engine:let_go()
    finish()
    assert.is_nil(services.engine.there[hash])
  end)

  it("is in the swarm as was chosen last", function()
    local share = ready "a"
    begin(all.set_exposure, all, share, "public")
    helper.wait_for(function() return share.exposure == "public" end, 5)
    begin(all.set_exposure, all, share, "link")
    helper.wait_for(function() return share.exposure == "link" end, 5)
    services.engine:let_go()
    finish()
    assert.is_true(share.is_seeding)
    assert.is_false(services.engine.asked[#services.engine.asked].public)
  end)

  it("steps in when who was to do so does not", function()
    local first, second, third = ready "a", ready "b", ready "c"
    wait(begin(all.stop, all, first))
    local heir = second
    if all.heirs[hash][second] then heir, third = third, second end
    assert.is_true(all.heirs[hash][third])
    wait(begin(all.stop, all, heir))
    services.engine:let_go()
    finish()
    services.engine:let_go()
    finish()
    assert.same({ false, true }, { heir.is_seeding, third.is_seeding })
  end)

  it("steps in when a download of the same torrent has gone", function()
    services.engine.there[hash] = "a download"
    local share = ready "a"
    assert.is_false(share.is_seeding)
    services.engine.there[hash] = nil
    seeding.pass_on(all, hash)
    finish()
    assert.is_true(share.is_seeding)
  end)

  it("whose hashing is cancelled leaves nobody waiting", function()
    local share = all.by_id.a
    for time = 2, 4 do begin(versions.prepare, all, share, entry("a.bin", time)) end
    assert.equal(3, #hashing)
    all:remove(share)
    finish()
  end)

  it("is served as it is being hashed while an older version is still being stored", function()
    local share = all.by_id.a
    share.exposure = "http"
    begin(versions.prepare, all, share, entry("a.bin", 2))
    local go_on = hold_write()
    hashing[1].done { pieces = "", roots = "", layers = "", crcs = "", seconds = 0, bytes_read = 5 }
    begin(versions.prepare, all, share, entry("a.bin", 3))
    go_on()
    helper.wait_for(function() return share.number == 4 end, 5, "the older version")
    assert.equal(manifest("a.bin", 3), share.fresh)
  end)

  it("that several ask for at once is given to all of them", function()
    helper.write(folder .. "/new.bin", "x")
    local own = { services = services, roots = {} }
    own.roots[1] = assert(root_module.open(own, folder, { only = nil }))
    services.shares = all
    all.by_place[own.roots[1]] = {}
    local one = begin(add.path, own, folder .. "/new.bin", {})
    local other = begin(add.path, own, folder .. "/new.bin", {})
    local share = { id = crypto.hex(crypto.random(2)) }
    own.roots[1]:answer("new.bin", share)
    assert.same({ true, true }, { one:has_ended(), other:has_ended() })
    assert.equal(share, (select(2, one:wait())))
    assert.equal(share, (select(2, other:wait())))
    assert.same({}, own.roots[1].waiting)
    own.roots[1]:close()
  end)

  it("that another look has made meanwhile is the one that was asked for", function()
    services.shares = all
    local share, answer = all.by_id.a, nil
    root.answer = function(_, ...) answer = { ... } end
    all.by_place[root]["a.bin"] = nil
    ask = function()
      all.by_place[root]["a.bin"] = share
      return true
    end
    wait(begin(library.new(services).act, library.new(services), root, entry "a.bin", false))
    assert.equal(share, answer[2])
  end)
end)

describe("a look at everything", function()
  it("during which changes were missed says so", function()
    local folder = helper.folder()
    local nothing = function() end
    local own = { services = {
      shares = { spawn = nothing, by_place = {} }, events = { tell = nothing },
    }, on_scanned = nothing, follow_policy = nothing, on_entry = nothing }
    local root = assert(root_module.open(own, folder, { ignore = {} }))
    own.services.shares.by_place[root] = {}
    local function look(during)
      root:scan(nil)
      during()
      helper.wait_for(function() return not root.is_scanning end, 5, "the look")
      return root.was_watched
    end
    assert.is_true(look(nothing))
    assert.is_false(look(function() root:on_notice { notice = "overflow", message = "too much" } end))
    assert.is_true(look(nothing))
    root:close()
    helper.remove(folder)
  end)
end)
