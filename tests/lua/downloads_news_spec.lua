-- What is made of what the engine says of downloads, in whichever order it says it.
local helper = require "helper"
local news = require "btshare.downloads.news"
local task = require "btshare.task"
local uv = require "luv"

-- An engine that plays back what it is told to say.
local function play_engine()
  local played = { handlers = {}, resumed = 0 }
  function played:on(what, handler) self.handlers[what] = handler end
  function played:say(what, event) self.handlers[what](event) end
  function played:resume() self.resumed = self.resumed + 1 end
  function played.post_updates() end
  function played.remove() return nil, "h: no such torrent", "missing" end
  function played:save() -- which fails a moment later
    local timer = uv.new_timer()
    timer:start(0, 0, function()
      timer:close()
      self:say("resume-failed", { info_hash = "h" })
    end)
    return true
  end
  return played
end

describe("a download whose names were there already", function()
  local owner, engine, download, told

  before_each(function()
    engine, told = play_engine(), {}
    download = {
      id = "d", info_hash = "h", is_started = true, is_present = true, has_metadata = true, is_verifying = true,
      had_names = true, share_after = true, mutex = task.mutex(), refusal = { code = "exists", message = "is there" },
    }
    owner = { services = { engine = engine }, by_id = { d = download }, links = { stop = function() end } }
    function owner.spawn(_, fn, ...) return task.spawn(fn, ...) end
    function owner.keep() return true end
    function owner.has() return true end
    function owner.tell(_, what) told[#told + 1] = what end
    news.follow(owner)
    owner.by_hash.h = download
  end)
  after_each(function() news.close(owner) end)

  local done = { half = 5, whole = 10 }

  local function say(what)
    if done[what] then
      engine:say("progress", { torrents = { { info_hash = "h", wanted = 10, done = done[what] } } })
    else
      engine:say(what, { info_hash = "h" })
    end
    uv.run "nowait"
  end

  for _, order in ipairs {
    { "checked", "whole", "finished" }, { "checked", "finished", "whole" }, { "finished", "checked", "whole" },
  } do
    it("is finished once when all of it is there: " .. table.concat(order, ", "), function()
      for _, what in ipairs(order) do say(what) end
      helper.wait_for(function() return #told > 0 end, 5, "its end")
      assert.same({ "download-finished" }, told)
      assert.is_true(download.is_known)
      assert.is_number(download.finished)
      assert.equal(1, engine.resumed)
    end)
  end

  it("fails, and stays as it was, when a part of it is not", function()
    say "checked"
    say "half"
    helper.wait_for(function() return #told > 0 end, 5, "its end")
    assert.same({ "download-failed" }, told)
    assert.equal("exists", download.failure.code)
    assert.is_nil(download.finished)
    assert.equal(0, engine.resumed)
  end)
end)
