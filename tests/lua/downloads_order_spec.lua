-- Downloads whose owner, engine and database answer in another order than usual.
local downloads = require "btshare.downloads"
local fetch = require "core.fetch"
local helper = require "helper"
local link_files = require "btshare.downloads.link_files"
local session = require "btshare.downloads.session"
local store = require "btshare.store"
local task = require "btshare.task"
local uv = require "luv"

local hash = ("ab"):rep(20)
local magnet = "magnet:?xt=urn:btih:" .. hash .. "&tr=http%3A%2F%2F127.0.0.1%3A1%2F"

-- An engine that says what it is told to say, and remembers what it is asked.
local function play_engine()
  local played = { handlers = {}, added = {}, resumed = 0 }
  function played:on(what, handler) self.handlers[what] = handler end
  function played:say(what, event)
    event = event or {}
    event.info_hash = event.info_hash or hash
    self.handlers[what](event)
  end
  function played:add_download(asked)
    self.added[#self.added + 1] = asked
    return hash
  end
  function played:resume() self.resumed = self.resumed + 1 end
  for _, name in ipairs { "remove", "remove_data", "save", "pause", "set_wanted" } do
    played[name] = function() return true end
  end
  function played.post_updates() end
  return played
end

describe("a download", function()
  local folder, engine, opened, owner, told

  before_each(function()
    folder, engine, told = helper.folder(), play_engine(), {}
    opened = assert(store.open(folder .. "/btshare.db"))
    uv.fs_mkdir(folder .. "/saved", 448)
    owner = downloads.new({
      engine = engine, store = opened, log = require "btshare.log",
      events = {
        has = function() return true end, ask = function() return true end,
        tell = function(_, what) told[#told + 1] = what end,
      },
    }, { folder = folder .. "/saved", roots = function() return {} end, may_discover = false })
  end)
  after_each(function()
    owner:close()
    opened:close()
    helper.remove(folder)
  end)

  -- Begins something that waits, and gives the task back.
  local function begin(method, ...) return task.spawn(owner[method], owner, ...) end

  local function wait(job) helper.wait_for(function() return job:has_ended() end, 5, "the end of a task") end

  local function add()
    wait(begin("add", { source = magnet }))
    local download = assert(owner:list()[1])
    told = {}
    return download
  end

  -- Has the download locked as long as somebody else changes it; returns what ends that.
  local function lock(download)
    local release
    task.spawn(function()
      local _ <close> = download.mutex:lock()
      task.await(function(resume) release = resume end)
    end)
    return release
  end

  local function say_metadata()
    engine:say("metadata", { name = "film.bin", files = { { path = "film.bin", size = 10, done = 0, wanted = true } } })
  end

  local function say_row(done)
    engine:say("progress", { torrents = { { info_hash = hash, wanted = 10, done = done, downloaded = 0 } } })
  end

  -- Nothing that has begun is under way any more.
  local function settle(download)
    helper.wait_for(function() return not download.mutex:is_locked() and not next(owner.jobs) end, 5, "all tasks")
  end

  it("whose names are there already is compared, whatever is still said of the torrent before", function()
    local download = add()
    helper.write(folder .. "/saved/film.bin", ("x"):rep(10))
    say_metadata()
    engine:say "checked" -- of the torrent that knows nothing of what is there
    engine:say "removed"
    helper.wait_for(function() return #engine.added == 2 end, 5, "the look at what is there")
    say_row(5)
    engine:say "checked"
    say_row(10)
    helper.wait_for(function() return #told > 0 or owner.saving[download] end, 5, "what came of it")
    engine:say "resume-failed"
    settle(download)
    assert.same({ "download-finished" }, told)
    assert.is_nil(download.failure)
    assert.equal(1, engine.resumed)
  end)

  it("that is removed while it is found that its names are there is not received again", function()
    local download = add()
    helper.write(folder .. "/saved/film.bin", "x")
    local removal = begin("remove", download, false)
    say_metadata()
    engine:say "removed"
    wait(removal)
    settle(download)
    assert.equal(1, #engine.added)
    assert.same({ "download-removed" }, told)
  end)

  it("that is removed when all of it has come is not told to be finished, nor waited for", function()
    local download = add()
    say_metadata()
    settle(download)
    told = {}
    local removal = begin("remove", download, false)
    engine:say "finished"
    engine:say "removed"
    wait(removal)
    settle(download)
    assert.same({ "download-removed" }, told)
  end)

  it("that is to go on after it was removed does not", function()
    local download = add()
    download.is_paused = true
    local removal, resumption = begin("remove", download, false), begin("pause", download, false)
    engine:say "removed"
    wait(removal)
    wait(resumption)
    assert.equal(1, #engine.added)
    assert.same({ false }, { owner.by_id[download.id] == download })
    assert.equal("missing", (select(4, resumption:wait())))
  end)

  it("that is removed while it is being stored goes", function()
    local go_on
    local write = opened.write
    function opened:write(batch)
      task.await(function(resume) go_on = resume end)
      self.write = nil
      return write(self, batch)
    end
    local adding = begin("add", { source = magnet })
    local download = owner:list()[1]
    local removal = begin("remove", download, false)
    go_on()
    helper.wait_for(function() return adding:has_ended() and download.is_leaving end, 5, "its way out")
    engine:say "removed"
    wait(removal)
    assert.is_false(download.is_present)
    assert.same({}, owner:list())
  end)

  it("that is tried again before it was taken out for a failure stays", function()
    local download = add()
    local release = lock(download)
    local retry = begin("pause", download, false)
    download.is_paused = true -- as what holds it does
    engine:say("error", { message = "no such device" })
    assert.equal("failed", download.failure.code)
    release()
    wait(retry)
    settle(download)
    assert.is_nil(download.failure)
    assert.is_true(download.is_present)
    assert.same({}, told)
  end)

  it("hears of itself though a share of the same torrent went just before", function()
    local download = add()
    engine:say "removed" -- of the share
    say_metadata()
    assert.equal("film.bin", download.name)
  end)

  it("that was removed before its state was saved holds up no end", function()
    local download = add()
    say_metadata()
    settle(download)
    session.save(owner, download)
    local removal = begin("remove", download, false)
    engine:say "removed"
    wait(removal)
    assert.same({}, owner.saving)
  end)

  it("of single files fetches those that are chosen, whenever they are", function()
    local download, started, fetched = add(), fetch.start, {}
    local _ <close> = task.on_close(function() fetch.start = started end)
    download.files, download.is_known, download.has_metadata, download.is_present = {}, true, true, false
    for number, name in ipairs { "a", "b", "c" } do
      download.files[number] = { path = name, size = 1, done = 0, wanted = true, url = name }
    end
    download.fetched, download.is_started = download.files, false
    wait(begin("choose", download, { 2 }))
    download.is_started = true
    function fetch.start(asked, resume)
      fetched[#fetched + 1] = asked.url
      helper.write(folder .. "/saved/" .. asked.path, "x")
      if #fetched == 1 then owner:choose(download, { 1, 2 }) end
      resume { status = 200 }
      return { close = function() end }
    end
    wait(task.spawn(function() assert(link_files.fetch(owner, download, "http://x", {})) end))
    assert.same({ "b", "a" }, fetched)
    assert.same({ "download-finished" }, told)
  end)
end)
