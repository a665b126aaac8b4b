-- One upload budget: what goes out by BitTorrent and by HTTP together keeps to `limits { up = … }`.
local helper = require "helper"
local json = require "dkjson"
local places = require "download_place"
local process = require "support.process"
local uv = require "luv"

local limit = 2000000
local recipient_program = debug.getinfo(1, "S").source:match("^@(.*)/app/") .. "/clients/recipient.py"

describe("the upload budget", function()
  local place, share

  before_each(function()
    place = places.open('limits { up = "' .. limit .. '" }\n')
    place:noise("film.bin", 100000000, 1)
    share = place:start():ready "film.bin"
  end)

  after_each(function()
    place.daemon:stop()
    assert.is_nil(place.daemon.process.errors:find("traceback"))
    place:close()
  end)

  -- Takes what it can by BitTorrent; `received` grows.
  local function start_recipient()
    local words = {
      "/usr/bin/python3", recipient_program, share.magnet, place.folder .. "/out", "--bind", "127.0.0.1", "--port", "0",
      "--trackers", "off", "--stay",
    }
    local recipient = { received = 0 }
    recipient.process = process.start(words, { home = place.folder, on_line = function(line)
      for _, peer in ipairs((json.decode(line) or {}).peers or {}) do
        recipient.received = math.max(recipient.received, peer.received)
      end
    end })
    return recipient
  end

  local function start_curls(count)
    local words = { "curl", "-s", "--parallel", "--parallel-immediate" }
    for index = 1, count do
      table.move({ "-o", place:out("part" .. index), share.link .. "/f/1/film.bin" }, 1, 3, #words + 1, words)
    end
    return process.start(words, { home = place.folder })
  end

  local function sizes(count)
    local list = {}
    for index = 1, count do list[index] = (uv.fs_stat(place:out("part" .. index)) or { size = 0 }).size end
    return list
  end

  local function wait(seconds)
    local enough = uv.hrtime() + seconds * 1e9
    helper.wait_for(function() return uv.hrtime() > enough end, seconds + 5)
  end

  -- Bytes a second by BitTorrent and by each curl, over `seconds`.
  local function measure(recipient, count, seconds)
    local began, received, before = uv.hrtime(), recipient.received, sizes(count)
    wait(seconds)
    local passed, after = (uv.hrtime() - began) / 1e9, sizes(count)
    local swarm, http, sum = (recipient.received - received) / passed, {}, 0
    for index = 1, count do
      http[index] = (after[index] - before[index]) / passed
      sum = sum + http[index]
    end
    print(("# %.2f MB/s by BitTorrent, %.2f by HTTP, %.2f in all"):format(swarm / 1e6, sum / 1e6, (swarm + sum) / 1e6))
    return swarm, sum, http
  end

  local function assert_about(wanted, is, tolerance)
    assert.is_true(math.abs(is - wanted) <= wanted * tolerance, ("%.0f instead of %.0f"):format(is, wanted))
  end

  it("is never exceeded and mostly used by both together, neither starves, and transfers share alike", function()
    local recipient = start_recipient()
    helper.wait_for(function() return recipient.received > 0 end, 15, "the first bytes by BitTorrent")
    start_curls(2)
    wait(4)
    local swarm, http, each = measure(recipient, 2, 8)
    assert.is_true(swarm + http < limit * 1.15, "more went out than the limit allows")
    assert.is_true(swarm + http > limit * 0.6, "much of the limit is left unused")
    assert.is_true(http > limit / 5, "HTTP has too little")
    assert.is_true(swarm > limit / 5, "the swarm has too little")
    assert_about(http / 2, each[1], 0.25)
  end)
end)
