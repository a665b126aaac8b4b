-- How btshare runs and ends: signals, streams that are closed, moments that are bad.
local btshare = require "support.btshare"
local json = require "dkjson"
local place_module = require "place"
local process = require "support.process"
local uv = require "luv"

local function lines(text)
  return select(2, text:gsub("\n", ""))
end

describe("a running btshare", function()
  local place, daemon

  before_each(function()
    place = place_module.open()
    place:put("a.txt", "a")
  end)

  after_each(function() place:close() end)

  it("ends on signals, each with its own exit code", function()
    for signal, code in pairs { sigterm = 0, sigint = 130 } do
      daemon = place:start()
      daemon.process:kill(signal)
      assert.equal(code, daemon.process:wait(5))
      assert.is_truthy(daemon:find "stopping")
      assert.equal("", daemon:complaints())
    end
  end)

  it("ends at any moment without a complaint", function()
    for index = 1, 40 do place:put("b" .. index, ("%d"):format(index):rep(100000)) end
    for _, moment in ipairs { 0, 1, 2, 3, 10, 40, 30 } do
      daemon = place:spawn()
      daemon.process:wait_for(function() return daemon:mark() >= moment end, 15, moment .. " events")
      if moment == 30 then
        for index = 1, 40 do place:put("b" .. index, "changed") end
        daemon:wait "share-changed"
      end
      daemon.process:kill "sigterm"
      local code = daemon.process:wait(5)
      assert.equal("", daemon:complaints())
      assert.is_true(code == 0 or moment == 0, "ended with " .. code) -- 0: it may not have come to listen yet
    end
  end)

  it("ends within seconds while a large folder is opened and stored at its start", function()
    for index = 1, 3000 do place:put(("c%04d"):format(index), tostring(index)) end
    local function exists(name)
      return function() return uv.fs_stat(place.state .. "/" .. name) end
    end
    local function created(count)
      return function() return daemon:count "share-created" >= count end
    end
    local moments = {
      exists "lock", exists "btshare.db-wal", exists "key", exists "control.sock", created(1), created(700),
    }
    for index, has_come in ipairs(moments) do
      process.run { "rm", "-rf", "--", place.state } -- each is a first start
      daemon = place:spawn()
      daemon.process:wait_for(has_come, 15, "moment " .. index)
      daemon.process:kill "sigterm"
      local began = uv.hrtime()
      assert.equal(0, daemon.process:wait(5), "moment " .. index)
      assert.is_true(uv.hrtime() - began < 10e9, "moment " .. index)
      assert.equal("", daemon:complaints())
    end
  end)

  it("ends while somebody waits for a file that is still written to", function()
    daemon = place:start()
    local path = place.folder .. "/slow"
    local file = io.open(path, "w")
    file:write("slow")
    file:flush()
    local adding = process.start({ btshare.program, "add", path, "--state", place.state }, { home = place.home })
    local function has_root()
      return #json.decode(daemon:command { "status", "--json" }).roots == 2
    end
    daemon.process:wait_for(has_root, 5, "the file's folder")
    daemon.process:kill "sigterm"
    assert.equal(0, daemon.process:wait(5))
    assert.equal("", daemon:complaints())
    assert.are_not.equal(0, adding:wait(5))
    assert.equal(1, lines(adding.errors), adding.errors)
    file:close()
  end)

  it("runs without standard streams, and gives their numbers to nothing else", function()
    daemon = place:spawn { through = { "sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh" } }
    daemon.process:wait_for(function() return daemon:try({ "list" }).output:find("ready", 1, true) end, 15, "the share")
    for fd = 0, 2 do
      assert.equal("/dev/null", uv.fs_readlink(("/proc/%d/fd/%d"):format(daemon.process.pid, fd)))
    end
    assert.equal(0, daemon:try({ "quit" }).code)
    assert.equal(0, daemon.process:wait(5))
  end)

  it("ends, and says why, when the program that read its events has gone", function()
    local through = { "sh", "-c", [[mkfifo "$0"; head -n 1 "$0" & exec "$@" > "$0"]], place.folder .. "/pipe" }
    daemon = place:spawn { through = through }
    daemon:wait "started"
    assert.equal(1, daemon.process:wait(5))
    assert.equal(1, #daemon.events)
    assert.equal("btshare: standard output: its reader has gone; ending\n", daemon.process.errors)
  end)

  it("goes on when nobody reads its words any more", function()
    local child = process.start({
      "sh", "-c", [[mkfifo "$0"; head -n 1 "$0" & exec "$@" 2>/dev/null > "$0"]], place.folder .. "/pipe",
      btshare.program, place.share, "--state", place.state, "--public", "127.0.0.1:0", "--console", "127.0.0.1:0",
    }, { home = place.home })
    daemon = { try = function(_, words)
      table.move({ "--state", place.state }, 1, 2, #words + 1, words)
      return btshare.run(words, { home = place.home })
    end }
    child:wait_for(function() return child.output:find("a.txt", 1, true) end, 15, "the share")
    place:put("b.txt", "b")
    child:wait_for(function() return daemon:try({ "list" }).output:find("ready +b.txt") end, 15, "the second share")
    assert.equal(0, daemon:try({ "quit" }).code)
    assert.equal(0, child:wait(5))
  end)

  it("talks to people in words, and prints one line a share", function()
    local command = {
      place.share, "--state", place.state, "--public", "127.0.0.1:0", "--console", "127.0.0.1:0",
    }
    local printed = {}
    local child = process.start({ btshare.program, table.unpack(command) }, {
      home = place.home, on_line = function(line) printed[#printed + 1] = line end,
    })
    child:wait_for(function() return #printed == 1 end, 15, "the share")
    local name, size, link, magnet = printed[1]:match("^(.-)\t(%d+)\t(%S+)\t(%S+)$")
    assert.equal("a.txt", name)
    assert.equal("1", size)
    assert.is_truthy(link:find("^http://") and magnet:find("^magnet:"))
    assert.is_truthy(child.errors:find("Sharing " .. place.share, 1, true), child.errors)
    assert.equal(1, select(2, child.errors:gsub("this machine can open the links: BTshare listens on a local", "")))
    child:kill "sigterm"
    assert.equal(0, child:wait(5))
    assert.is_nil(child.output:find("\27", 1, true))
  end)
end)
