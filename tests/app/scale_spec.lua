-- Thousands of shares: what they cost in CPU time and memory. bench/scale measures more of them, by the clock.
local helper = require "helper"
local place_module = require "place"

local files = 2000

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function peak_megabytes(pid)
  if read(("/proc/%d/maps"):format(pid)):find("libasan", 1, true) then return 0 end -- its memory is not ours
  return tonumber(read(("/proc/%d/status"):format(pid)):match("VmHWM:%s*(%d+)")) / 1024
end

describe("two thousand shares", function()
  local place

  before_each(function()
    place = place_module.open()
    for number = 1, files do
      local file <close> = assert(io.open(("%s/%04d.txt"):format(place.share, number), "wb"))
      file:write(("%d\n"):format(number):rep(100))
    end
  end)

  after_each(function() place:close() end)

  local function start()
    local daemon = place:start()
    helper.wait_for(function()
      return #daemon.events > files and daemon:count("share-ready") == files
    end, 60, "all shares to be ready")
    return daemon
  end

  it("start, start again, are all listed, and cost next to nothing when nothing happens", function()
    local daemon = start()
    assert.is_true(daemon.process:processor_seconds() < 6)
    assert.is_true(peak_megabytes(daemon.process.pid) < 80)
    daemon:stop()

    daemon = start()
    assert.is_true(daemon.process:processor_seconds() < 2)
    assert.is_true(peak_megabytes(daemon.process.pid) < 80)
    local listed, seen = daemon:list(), {}
    assert.equal(files, #listed)
    for index, share in ipairs(listed) do
      assert.equal("ready", share.state)
      assert.is_nil(seen[share.id])
      seen[share.id] = true
      assert.is_true(index == 1 or listed[index - 1].name < share.name)
    end

    -- For a moment after its start libtorrent still looks at every torrent.
    local function cost_of(seconds)
      local before, ends = daemon.process:processor_seconds(), os.time() + seconds
      helper.wait_for(function() return os.time() > ends end, seconds + 5)
      return daemon.process:processor_seconds() - before
    end
    cost_of(3)
    assert.is_true(cost_of(3) < 0.06)
  end)
end)
