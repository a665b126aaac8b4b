-- A full disk where downloads are saved: nothing is lost, and it goes on by itself when there is room (R04).
local btshare = require "support.btshare"
local download_place = require "download_place"
local net = require "support.net"
local process = require "support.process"
local skip = require "support.skip"
local uv = require "luv"

if not net.possible() then
  return skip.tests("a full disk for downloads", "needs root to mount a small one")
end

describe("btshare get on a small disk", function()
  local sender, target

  before_each(function()
    sender = download_place.open()
    target = sender.folder .. "/target"
    assert(uv.fs_mkdir(target, 493))
    assert(uv.fs_mkdir(sender.folder .. "/receiver", 448))
  end)
  after_each(function() sender:close() end)

  local script = [[mount -t tmpfs -o size=%s tmpfs "$0" && %s exec "$@"]]

  local function start_get(magnet, size, prepare)
    local command = { "unshare", "--mount", "sh", "-c", script:format(size, prepare or ""), target, btshare.program,
      "get", magnet, "-o", target, "--json", "--state", sender.folder .. "/receiver-state" }
    return process.start(command, { home = sender.folder .. "/receiver" })
  end

  local function inside(child, ...)
    local of = "/proc/" .. child.pid
    return process.run({ "nsenter", "--mount=" .. of .. "/ns/mnt", "--root=" .. of .. "/root", "--", ... })
  end

  local function sums(child)
    local there = inside(child, "sha256sum", target .. "/film.bin"):match("%x+")
    return there, process.run({ "sha256sum", sender.share .. "/film.bin" }):match("%x+")
  end

  local function wait_for_state(child, state)
    child:wait_for(function() return child.output:find(('"state":"%s"'):format(state), 1, true) end, 30, state)
  end

  it("says that there is no room, and begins when there is", function()
    sender:noise("film.bin", 20000000, 1)
    sender:start()
    local child = start_get(sender.daemon:ready("film.bin").magnet .. "", "8m")
    wait_for_state(child, "no-space")
    assert.matches("not enough room", child.output)
    inside(child, "mount", "-o", "remount,size=64m", target)
    child:wait_for(function()
      return child.output:find("download-finished", 1, true) or child.code
    end, 40, "the end")
    assert.are.equal(0, child:wait(20), child.output)
  end)

  it("stops when others fill the disk, and goes on when they leave", function()
    sender.config = "limits { up = \"6M\" }\n"
    sender:noise("film.bin", 40000000, 2)
    sender:start()
    local child = start_get(sender.daemon:ready("film.bin").magnet, "80m")
    wait_for_state(child, "downloading")
    inside(child, "sh", "-c", 'cat /dev/zero > "$0/ballast" 2>/dev/null; true', target)
    wait_for_state(child, "no-space")
    local keeper = process.start({
      "nsenter", "--mount=/proc/" .. child.pid .. "/ns/mnt", "--root=/proc/" .. child.pid .. "/root", "sleep", "100",
    })
    inside(child, "rm", target .. "/ballast")
    child:wait_for(function() return child.output:find("download-finished", 1, true) or child.code end, 60, "the end")
    assert.are.equal(0, child:wait(20), child.output)
    local there, here = sums(keeper)
    assert.are.equal(here, there)
    keeper:stop()
  end)
end)
