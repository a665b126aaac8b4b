local settle = require "btshare.library.settle"
local uv = require "luv"

local function now_ns()
  local seconds, microseconds = uv.gettimeofday()
  return seconds * 1000000000 + microseconds * 1000
end

local function entry(age, writers)
  return { name = "x", newest = now_ns() - math.floor(age * 1e9), writers = writers }
end

describe("a file counts as complete", function()
  it("after 2 s where a lease shows that nobody writes", function()
    assert.is_nil(settle.wait({}, entry(2.1, "none"), false))
    local wait = settle.wait({}, entry(0.5, "none"), false)
    assert.is_true(wait > 1.4 and wait < 1.7)
  end)

  it("after 5 s where no lease can be had, after 60 s on a network file system", function()
    assert.is_number(settle.wait({}, entry(4, "unknown"), false))
    assert.is_nil(settle.wait({}, entry(5.1, "unknown"), false))
    assert.is_number(settle.wait({}, entry(50, "none"), true))
    assert.is_nil(settle.wait({}, entry(61, "none"), true))
  end)

  it("never while somebody has it open for writing", function()
    assert.is_number(settle.wait({}, entry(1e6, "some"), false))
  end)

  it("by our own clock when its times are in the future", function()
    local seen, future = {}, entry(-3600, "none")
    assert.is_number(settle.wait(seen, future, false))
    seen.x.since = uv.hrtime() - 3 * 1000000000
    assert.is_nil(settle.wait(seen, future, false))
  end)
end)
