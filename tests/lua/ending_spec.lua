-- A btshare that is told to end while it starts, at the moment when its folder is being stored.
local btshare = require "btshare"
local helper = require "helper"
local paths = require "btshare.paths"
local store = require "btshare.store"
local task = require "btshare.task"
local uv = require "luv"

describe("a btshare that is told to end while a folder is being stored", function()
  local folder
  local open = store.open

  before_each(function()
    folder = helper.folder()
    uv.fs_mkdir(folder .. "/share", 448)
    helper.write(folder .. "/config.lua", 'map_ports = false\nsandbox = false\n')
  end)

  after_each(function()
    store.open = open
    helper.remove(folder)
  end)

  -- A disk so slow that what is stored of the folder waits until it is told to end.
  local function be_slow(on_wait)
    store.open = function(...)
      local opened, message, code = open(...)
      local write = opened.write
      opened.write = function(self, batch)
        if not batch[1][1]:find("INSERT INTO roots", 1, true) then return write(self, batch) end
        on_wait()
        return task.await(function() end)
      end
      return opened, message, code
    end
  end

  -- Whether the loop ends by itself, as that of a program does then.
  local function has_ended()
    local deadline = uv.hrtime() + 30e9
    repeat
      uv.run("nowait")
      uv.sleep(2)
    until not uv.loop_alive() or uv.hrtime() > deadline
    return not uv.loop_alive()
  end

  it("leaves nothing open that would keep it running", function()
    local instance, has_started, is_storing, failed = nil, false, false, nil
    be_slow(function() is_storing = true end)
    btshare.start({
      folders = { folder .. "/share" }, paths = paths.find { state = folder .. "/state" },
      config_file = folder .. "/config.lua", public = "127.0.0.1:0", console = "127.0.0.1:0", port = 0,
    }, function(made)
      instance = made
      made.events:on("started", function() has_started = true end)
    end, function(message) failed = message end)
    helper.wait_for(function() return is_storing or failed end, 10, "the folder to be stored")
    assert.is_nil(failed)
    instance:stop("test")
    assert.is_true(has_ended(), "something is left open")
    assert.is_false(has_started)
  end)
end)
