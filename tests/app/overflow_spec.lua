-- More changes than the kernel keeps, and more folders than it watches: nothing is lost.
local helper = require "helper"
local place_module = require "place"
local process = require "support.process"
local uv = require "luv"

-- How many files the latest versions of all shares hold.
local function count_ready(daemon)
  local files, total = {}, 0
  for _, event in ipairs(daemon.events) do
    if event.event == "share-ready" then files[event.share.id] = event.share.files end
  end
  for _, count in pairs(files) do total = total + count end
  return total
end

describe("more changes than the kernel keeps", function()
  it("are found by looking at everything", function()
    local place = place_module.open()
    for folder = 1, 9 do
      uv.fs_mkdir(place.share .. "/folder" .. folder, 493)
      place:put("folder" .. folder .. "/first", "first " .. folder)
    end
    local daemon = place:start()
    daemon.process:wait_for(function() return daemon:count "share-ready" == 9 end, 15, "the folders")
    -- Stopped, it reads no events: each file makes three, and fs.inotify.max_queued_events is 16384 by default.
    daemon.process:kill "sigstop"
    for file = 1, 2000 do
      for folder = 1, 9 do
        helper.write(("%s/folder%d/%d"):format(place.share, folder, file), folder .. ":" .. file)
      end
      helper.write(place.share .. "/" .. file, tostring(file))
    end
    daemon.process:kill "sigcont"
    local notice = daemon:wait "notice"
    assert.equal(place.share .. ": more changes than the kernel keeps; looking at everything", notice.message)
    assert.equal("debug", notice.level)
    daemon.process:wait_for(function() return count_ready(daemon) == 20009 end, 60, "all files")
    local files = 0
    for _, share in ipairs(daemon:list()) do
      assert.equal("ready", share.state)
      files = files + share.files
    end
    assert.equal(20009, files)
    assert.equal(2009, daemon:count "share-created")
    daemon:stop()
    place:close()
  end)
end)

-- In a user namespace of its own a process may lower the limit for itself (user_namespaces(7)).
local function with_watches(count)
  local script = ("echo %d > /proc/sys/user/max_inotify_watches && exec \"$@\""):format(count)
  return { "unshare", "--user", "--map-root-user", "sh", "-c", script, "sh" }
end

local function can_lower()
  local probe = process.start { "unshare", "--user", "--map-root-user", "sh", "-c",
    "echo 20 > /proc/sys/user/max_inotify_watches" }
  return probe:wait(10) == 0
end

describe("more folders than the kernel watches", function()
  if not can_lower() then
    return pending "SKIPPED, needs a user namespace to lower the limit in"
  end

  it("are looked at from time to time, and one notice says how to raise the limit", function()
    local place = place_module.open()
    for folder = 1, 40 do
      uv.fs_mkdir(place.share .. "/folder" .. folder, 493)
      place:put("folder" .. folder .. "/a", "a" .. folder)
    end
    local daemon = place:start { through = with_watches(20) }
    local notice = daemon:wait "notice"
    assert.is_truthy(notice.message:find("sysctl fs.inotify.max_user_watches", 1, true), notice.message)
    daemon.process:wait_for(function() return daemon:count "share-ready" == 40 end, 15, "all shares")
    local mark = daemon:mark()
    for folder = 1, 40 do place:put("folder" .. folder .. "/b", "b" .. folder) end
    daemon:command { "reload" } -- looks at everything now instead of in a minute
    daemon.process:wait_for(function()
      local renewed = {}
      for index = mark + 1, daemon:mark() do
        local event = daemon.events[index]
        if event.event == "share-ready" and event.share.files == 2 then renewed[event.share.id] = true end
      end
      local count = 0
      for _ in pairs(renewed) do count = count + 1 end
      return count == 40
    end, 15, "all new files")
    assert.equal(1, daemon:count "notice")
    assert.is_false(require("dkjson").decode(daemon:command { "status", "--json" }).roots[1].watched)
    daemon:stop()
    place:close()
  end)
end)
