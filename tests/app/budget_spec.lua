-- One upload budget: what goes out by BitTorrent and by HTTP together keeps to `limits { up = … }`.
local helper = require "helper"
local json = require "dkjson"
local places = require "download_place"
local process = require "support.process"
local uv = require "luv"

local limit = 2000000
local here = debug.getinfo(1, "S").source:match("^@(.*)/")
local recipient_program = here .. "/../clients/recipient.py"

local window, deadline = 4, 40 -- seconds

describe("the upload budget", function()
  local place, share

  before_each(function()
    place = places.open('limits { up = "' .. limit .. '" }\n')
    place:noise("film.bin", 120000000, 1)
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

  -- Waits until all that is wanted of the rates holds over one window, begun after the last; `check` gets bytes a
  -- second by BitTorrent, by HTTP, and by each of `count` transfers, and returns what is not as wanted. A machine that
  -- does other things for a while spoils some windows, a wrong budget all of them.
  local function expect(recipient, count, check)
    local patience = uv.hrtime() + deadline * 1e9
    local wrong
    repeat
      local began, received, before = uv.hrtime(), recipient.received, sizes(count)
      helper.wait_for(function() return uv.hrtime() > began + window * 1e9 end, window + 5)
      local passed, after = (uv.hrtime() - began) / 1e9, sizes(count)
      local swarm, http, each = (recipient.received - received) / passed, 0, {}
      for index = 1, count do
        each[index] = (after[index] - before[index]) / passed
        http = http + each[index]
      end
      print(("# %.2f MB/s by BitTorrent, %.2f by HTTP"):format(swarm / 1e6, http / 1e6))
      wrong = check(swarm, http, each)
    until not wrong or uv.hrtime() > patience
    assert.is_nil(wrong)
  end

  local function configure(line)
    helper.write(place.daemon.options.home .. "/config.lua", "map_ports = false\n" .. line)
    place.daemon:command { "reload" }
  end

  -- What is not within `tolerance` of what is wanted: { what, wanted, is, tolerance }.
  local function first_wrong(...)
    for _, rate in ipairs { ... } do
      local what, wanted, is, tolerance = table.unpack(rate)
      if math.abs(is - wanted) > wanted * tolerance then
        return ("%s: %.0f bytes a second instead of %.0f"):format(what, is, wanted)
      end
    end
  end

  it("is used up by both together, HTTP has less than the swarm, and its transfers share alike", function()
    local recipient = start_recipient()
    start_curls(2)
    expect(recipient, 2, function(swarm, http, each)
      if http >= swarm then return "HTTP does not give way to the swarm" end
      if http <= limit / 5 then return "HTTP has too little" end
      return first_wrong({ "the sum", limit, swarm + http, 0.15 }, { "one of two transfers", http / 2, each[1], 0.15 })
    end)
  end)

  it("gives HTTP what a slow swarm leaves", function()
    local recipient = start_recipient(200000)
    start_curls(2)
    expect(recipient, 2, function(swarm, http)
      return first_wrong({ "the swarm", 200000, swarm, 0.25 }, { "the sum", limit, swarm + http, 0.15 })
    end)
  end)

  it("gives the swarm what slow transfers leave", function()
    local recipient = start_recipient()
    start_slow_readers(2, 100000)
    expect(recipient, 2, function(swarm, http)
      return first_wrong({ "HTTP", 200000, http, 0.25 }, { "the sum", limit, swarm + http, 0.15 })
    end)
  end)

  it("gives all to who is alone", function()
    start_curls(1)
    expect({ received = 0 }, 1, function(_, http) return first_wrong { "HTTP alone", limit, http, 0.15 } end)
  end)

  it("follows a new limit, and ends with it", function()
    local recipient = start_recipient()
    local curls = start_curls(2)
    expect(recipient, 2, function(swarm, http) return first_wrong { "the sum", limit, swarm + http, 0.15 } end)
    configure 'limits { up = "1000k" }\n'
    expect(recipient, 2, function(swarm, http) return first_wrong { "the sum", 1000000, swarm + http, 0.15 } end)
    configure ""
    curls:wait(20)
    assert.equal(0, curls.code)
  end)
end)
