-- More changes than the kernel keeps, and more folders than it watches: nothing is lost.
local helper = require "helper"
local place_module = require "place"
local process = require "support.process"
local skip = require "support.skip"
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

-- A folder of links to all that `original` holds, but with another text at `path` in it.
local function with_another(original, copy, path, text)
  assert(uv.fs_mkdir(copy, 493)) -- 0755
  local name, rest = path:match("^([^/]+)/?(.*)$")
  for entry in uv.fs_scandir_next, assert(uv.fs_scandir(original)) do
    if entry ~= name then assert(uv.fs_symlink(original .. "/" .. entry, copy .. "/" .. entry)) end
  end
  if rest == "" then return helper.write(copy .. "/" .. name, text) end
  return with_another(original .. "/" .. name, copy .. "/" .. name, rest, text)
end

-- The program's own data, but it looks every second instead of every minute.
local function impatient_data(folder)
  local own, path = require("core.host").data, "lua/btshare/library/looks.lua"
  local text, count = helper.read(own .. "/" .. path):gsub("(poll_seconds = )60,", "%11,")
  assert(count == 1, path .. " says otherwise how often it looks")
  local data = folder .. "/data"
  assert(uv.fs_mkdir(data, 493))
  for _, name in ipairs { "plugins", "web" } do assert(uv.fs_symlink(own .. "/" .. name, data .. "/" .. name)) end
  with_another(own .. "/lua", data .. "/lua", path:match("^lua/(.*)$"), text)
  return data
end

describe("more folders than the kernel watches", function()
  if not can_lower() then
    return skip.tests("the limit of watches", "needs a user namespace to lower it in")
  end

  -- Waits until 40 shares have been ready with `files` files each.
  local function wait_for_all(daemon, files, what)
    daemon.process:wait_for(function()
      local ready, count = {}, 0
      for _, event in ipairs(daemon.events) do
        if event.event == "share-ready" and event.share.files == files and not ready[event.share.id] then
          ready[event.share.id], count = true, count + 1
        end
      end
      return count == 40
    end, 15, what)
  end

  it("are looked at from time to time, and one notice says how to raise the limit", function()
    local place = place_module.open()
    for folder = 1, 40 do
      uv.fs_mkdir(place.share .. "/folder" .. folder, 493)
      place:put("folder" .. folder .. "/a", "a" .. folder)
    end
    local daemon = place:start {
      through = with_watches(20), environment = { BTSHARE_DATA = impatient_data(place.folder) },
    }
    local notice = daemon:wait "notice"
    assert.equal("warning", notice.level)
    assert.equal(place.share .. ": the kernel's limit of inotify watches is reached, changes are found more slowly; " ..
      "raise it with: sysctl fs.inotify.max_user_watches=1048576; looking every 1 s instead", notice.message)
    wait_for_all(daemon, 1, "all shares")
    for _, name in ipairs { "b", "c" } do -- by itself, and again and again
      for folder = 1, 40 do place:put(("folder%d/%s"):format(folder, name), name .. folder) end
      wait_for_all(daemon, name == "b" and 2 or 3, "all new files " .. name)
    end
    assert.equal(1, daemon:count "notice")
    assert.is_false(require("dkjson").decode(daemon:command { "status", "--json" }).roots[1].watched)
    daemon:stop()
    place:close()
  end)
end)
