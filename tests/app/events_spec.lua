-- Every event of the catalogue is really asked or told by the running program, with exactly its documented fields.
local catalog = require "btshare.catalog"
local helper = require "helper"
local json = require "core.json"
local place_module = require "place"
local process = require "support.process"
local samples = require "event_samples"
local uv = require "luv"

-- Hears everything, and writes it down.
local listener = [[
local json = require "btshare.json"
for name in ("%s"):gmatch("%%S+") do
  plugin:on(name, function(event) plugin:log("warning", "EVENT %%s %%s", name, json.encode(event)) end)
end
]]

describe("the events", function()
  local here, there
  before_each(function() here, there = place_module.open(), place_module.open() end)
  after_each(function()
    here:close()
    there:close()
  end)

  local function listen(place)
    local names = {}
    for name in pairs(catalog) do names[#names + 1] = name end
    place:write_plugin("listener", listener:format(table.concat(names, " ")))
    place:write_plugin("faulty", 'plugin:on("share-updated", function() error "no" end)')
    place:write_plugin("guest", "")
    uv.fs_mkdir(place.folder .. "/downloads", 448)
    uv.fs_mkdir(place.folder .. "/inbox", 448)
    local folders = ('downloads = "%s/downloads"\nuploads = "%s/inbox"\n'):format(place.folder, place.folder)
    return folders .. 'limits { up = "1M" }\nplugin "listener"\nplugin "faulty"\n'
  end

  local function heard(place)
    local list = {}
    for name, text in place.daemon.process.errors:gmatch("EVENT (%S+) ({[^\n]*})") do
      list[#list + 1] = { name = name, event = json.decode(text) }
    end
    return list
  end

  local function wait_for(place, name, matches)
    place.daemon.process:wait_for(function()
      for _, one in ipairs(heard(place)) do
        if one.name == name and (not matches or matches(one.event)) then return true end
      end
    end, 30, name)
  end

  local function api(place, method, path, body, kind)
    local command = { "curl", "-s", "--unix-socket", place.state .. "/control.sock", "-X", method,
      "-H", "Content-Type: " .. (kind or "application/json"), "http://localhost" .. path }
    if body then table.move({ "--data-binary", body }, 1, 2, #command + 1, command) end
    process.start(command, { home = place.home }):wait(10)
  end

  local function fetch(url, ...)
    process.start({ "curl", "-s", url, ... }, { home = here.home }):wait(15)
  end

  -- Two visits of one browser: the second asks to be let in.
  local function ask_at(url)
    local jar = here.folder .. "/jar"
    for _ = 1, 2 do fetch(url, "-H", "Accept: text/html", "-b", jar, "-c", jar, "-o", "/dev/null") end
  end

  -- Takes a while to be read, and no room.
  local function put_large(name, size)
    local path = here:put(name, "")
    local file = assert(uv.fs_open(path, "w", 420)) -- 0644
    uv.fs_ftruncate(file, size)
    uv.fs_close(file)
    here:age(path)
    return path
  end

  -- Its turn to be read has to come after it was sealed, and before the folder is looked at again, which would find it
  -- missing: as often as that takes.
  local function seal_one()
    for round = 1, 20 do
      put_large(("large %d.bin"):format(round), 300000000)
      local name = ("sealed %d.bin"):format(round)
      local path = put_large(name, 300000000)
      here.daemon:wait("share-created", function(event) return event.share.name == name end)
      uv.fs_chmod(path, 0)
      local outcome
      here.daemon.process:wait_for(function()
        for _, one in ipairs(heard(here)) do
          local is_outcome = one.name == "share-failed" or one.name == "share-missing"
          if is_outcome and one.event.share.name == name then outcome = one.name end
        end
        return outcome
      end, 30, "the end of " .. name)
      if outcome == "share-failed" then return end
    end
    error "none failed"
  end

  local function reload(place, config)
    helper.write(place.home .. "/config.lua", "map_ports = false\n" .. config)
    assert.equal(0, (place:run { "reload", "--state", place.state }).code)
  end

  it("are all really told, with the fields that are documented", function()
    here:put("film.bin", ("film"):rep(1500000))
    here:put("old.txt", "old")
    here:put("locked.txt", "locked")
    here:put("asked.txt", "asked")
    uv.fs_symlink("/etc", here.share .. "/link")
    local config = listen(here) .. 'plugin "ask" {}\nplugin "password" {\n'
      .. '  shares = { ["locked.txt"] = "open sesame" } }\n'
    here:start { config = config }
    seal_one()
    put_large("long.bin", 1000000000)
    wait_for(here, "share-progress")
    wait_for(here, "share-ready", function(event) return event.share.name == "film.bin" end)
    local film = here.daemon:wait("share-ready", function(event) return event.share.name == "film.bin" end).share
    local old = here.daemon:wait("share-ready", function(event) return event.share.name == "old.txt" end).share

    fetch(film.link, "-A", "Mozilla/5.0")
    fetch(old.link .. "/f/1/old.txt")
    fetch(here.daemon:wait("share-ready", function(event) return event.share.name == "locked.txt" end).share.link,
      "-u", ":open sesame")
    here:run { "ask", "asked.txt", "--state", here.state }
    ask_at(here.daemon:ready("asked.txt").link)
    here:run { "link", "film.bin", "--to", "Anna", "--state", here.state }
    api(here, "DELETE", "/api/v1/shares/" .. film.id .. "/links/Anna")
    api(here, "PUT", "/api/v1/uploads/note.txt", "dropped", "application/octet-stream")

    local box = here:run { "drop", "--title", "Notes", "--state", here.state }
    fetch(box.output:match("http%S+"), "-F", "files=@" .. here.share .. "/old.txt",
      "-F", "files=@" .. here.share .. "/asked.txt")
    local waiting = here:run { "drops", "--state", here.state }
    local id, code, other = waiting.output:match("^(%x+).-\n  (%w+%-%w+).-\n  (%w+%-%w+)")
    here:run { "accept", code, "--state", here.state }
    here:run { "drop", "--delete", other, "--state", here.state }
    here:run { "drop", "--close", id, "--state", here.state }
    api(here, "PATCH", "/api/v1/boxes/" .. id, '{"is_open":true}')
    wait_for(here, "upload-finished", function(event) return event.box ~= nil end)
    wait_for(here, "box-opened")

    listen(there)
    there:put("other.txt", "other")
    there:start { config = listen(there) }
    assert.equal(0, (there:run({ "get", film.magnet, "--state", there.state }, { seconds = 40 })).code)
    wait_for(here, "recipient-finished", function(event) return event.share.name == "film.bin" end)
    wait_for(there, "download-finished")
    local download = there.daemon:wait("download-finished").download
    api(there, "DELETE", "/api/v1/downloads/" .. download.id .. "?data=false")
    wait_for(there, "download-removed")

    for index = 1, 12 do
      api(here, "PATCH", "/api/v1/shares/" .. old.id, ('{"up_limit":%d}'):format(100000 + index))
    end
    wait_for(here, "plugin-set-aside")
    reload(here, config .. 'plugin "guest"\n')
    wait_for(here, "plugin-loaded", function(event) return event.name == "guest" end)
    reload(here, config)
    wait_for(here, "plugin-unloaded")

    helper.write(here.share .. "/old.txt", "changed")
    wait_for(here, "share-changed")
    uv.fs_unlink(here.share .. "/old.txt")
    wait_for(here, "share-missing")
    here:put("brief.txt", "brief")
    here:run { "add", here.share .. "/brief.txt", "--for", "2s", "--state", here.state }
    wait_for(here, "share-expired")
    here:run { "stop", "film.bin", "--state", here.state }
    wait_for(here, "share-removed")
    assert.are_not.equal(0, (there:run({ "get", film.link, "--state", there.state }, { seconds = 40 })).code)
    wait_for(there, "download-failed")
    here.daemon:stop()
    there.daemon:stop()

    local seen, wrong = {}, {}
    for _, place in ipairs { here, there } do
      for _, one in ipairs(heard(place)) do
        seen[one.name] = true
        for _, mistake in ipairs(samples.mistakes(one.name, one.event)) do wrong[mistake] = true end
      end
    end
    local missing = {}
    for name in pairs(catalog) do
      if not seen[name] then missing[#missing + 1] = name end
    end
    table.sort(missing)
    assert.same({}, wrong)
    assert.same({}, missing)
  end)
end)
