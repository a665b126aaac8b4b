-- One upload budget: what goes out by BitTorrent and by HTTP together keeps to `limits { up = … }`.
local helper = require "helper"
local json = require "dkjson"
local places = require "download_place"
local process = require "support.process"
local uv = require "luv"

local limit = 2000000
local here = debug.getinfo(1, "S").source:match("^@(.*)/")
local recipient_program = here .. "/../clients/recipient.py"

local settling, window = 4, 6 -- seconds

describe("the upload budget", function()
  local place, share

  before_each(function()
    place = places.open('limits { up = "' .. limit .. '" }\n')
    place:noise("film.bin", 40000000, 1)
    share = place:start():ready "film.bin"
  end)

  after_each(function()
    place.daemon:stop()
    assert.is_nil(place.daemon.process.errors:find("traceback"))
    place:close()
  end)

  -- Takes what it can by BitTorrent, or `rate` bytes a second; `received` grows.
  local function start_recipient(rate)
    local words = {
      "/usr/bin/python3", recipient_program, share.magnet, place.folder .. "/out", "--bind", "127.0.0.1", "--port", "0",
      "--trackers", "off", "--stay", "--download-limit", tostring(rate or 0),
    }
    local recipient = { received = 0 }
    recipient.process = process.start(words, { home = place.folder, on_line = function(line)
      for _, peer in ipairs((json.decode(line) or {}).peers or {}) do
        recipient.received = math.max(recipient.received, peer.received)
      end
    end })
    helper.wait_for(function() return recipient.received > 0 end, 15, "the first bytes by BitTorrent")
    return recipient
  end

  local function start_slow_readers(count, rate)
    for index = 1, count do
      process.start({
        "/usr/bin/python3", here .. "/slow_reader.py", share.link .. "/f/1/film.bin", tostring(rate),
        place:out("part" .. index),
      }, { home = place.folder })
    end
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

  -- Bytes a second by BitTorrent and by HTTP, and by each curl, over `seconds`, after it has settled.
  local function measure(recipient, count, seconds)
    wait(settling)
    local began, received, before = uv.hrtime(), recipient.received, sizes(count)
    wait(seconds or window)
    local passed, after = (uv.hrtime() - began) / 1e9, sizes(count)
    local swarm, http, sum = (recipient.received - received) / passed, {}, 0
    for index = 1, count do
      http[index] = (after[index] - before[index]) / passed
      sum = sum + http[index]
    end
    print(("# %.2f MB/s by BitTorrent, %.2f by HTTP, %.2f in all"):format(swarm / 1e6, sum / 1e6, (swarm + sum) / 1e6))
    return swarm, sum, http
  end

  local function configure(line)
    helper.write(place.daemon.options.home .. "/config.lua", "map_ports = false\n" .. line)
    place.daemon:command { "reload" }
  end

  local function assert_about(wanted, is, tolerance, what)
    assert.is_true(math.abs(is - wanted) <= wanted * tolerance, ("%s: %.0f instead of %.0f"):format(what, is, wanted))
  end

  it("is used up by both together, HTTP has less than the swarm, and its transfers share alike", function()
    local recipient = start_recipient()
    start_curls(2)
    local swarm, http, each = measure(recipient, 2)
    assert_about(limit, swarm + http, 0.15, "the sum")
    assert.is_true(http < swarm, "HTTP does not give way to the swarm")
    assert.is_true(http > limit / 5, "HTTP has too little")
    assert_about(http / 2, each[1], 0.15, "one of two transfers")
  end)

  it("gives HTTP what a slow swarm leaves", function()
    local recipient = start_recipient(200000)
    start_curls(2)
    local swarm, http = measure(recipient, 2)
    assert_about(200000, swarm, 0.25, "the swarm")
    assert_about(limit, swarm + http, 0.15, "the sum")
  end)

  it("gives the swarm what slow transfers leave", function()
    local recipient = start_recipient()
    start_slow_readers(2, 100000)
    local swarm, http = measure(recipient, 2)
    assert_about(200000, http, 0.25, "HTTP")
    assert_about(limit, swarm + http, 0.15, "the sum")
  end)

  it("gives all to who is alone", function()
    start_curls(1)
    local idle = { received = 0 }
    local _, http = measure(idle, 1, 5)
    assert_about(limit, http, 0.15, "HTTP alone")
  end)

  it("follows a new limit, and ends with it", function()
    local recipient = start_recipient()
    local curls = start_curls(2)
    wait(2)
    configure 'limits { up = "1000k" }\n'
    local swarm, http = measure(recipient, 2)
    assert_about(1000000, swarm + http, 0.15, "the sum")
    configure ""
    curls:wait(20)
    assert.equal(0, curls.code)
  end)
end)
