-- The schedule, through the loader, with a clock that is set and limits that only note what holds.
local helper = require "helper"
local host = require "core.host"
local log = require "btshare.log"
local plugin = require "btshare.plugin"
local events = require "btshare.events"
local catalog = require "btshare.catalog"
local uv = require "luv"

describe("the schedule", function()
  local manager, now, held, most_held, zone

  -- What all that is in force comes to; at least one must be, from the load on.
  local function in_force()
    local sum, count = { pause = false }, 0
    for what in pairs(held) do
      count = count + 1
      for _, way in ipairs { "up", "down" } do
        if what[way] then sum[way] = math.min(what[way], sum[way] or math.huge) end
      end
      sum.pause = sum.pause or what.pause
    end
    return sum, count
  end

  before_each(function()
    zone, held, most_held, now = os.getenv "TZ", {}, 0, 0
    uv.os_setenv("TZ", "Europe/Paris")
    log.set_writer(function() end)
    manager = plugin.manager {
      events = events.new(catalog), folders = { host.data .. "/plugins" }, now = function() return now end,
      services = {
        limits = { restrict = function(what)
          held[what] = true
          local _, count = in_force()
          most_held = math.max(most_held, count)
          return function() held[what] = nil end
        end },
      },
    }
  end)

  after_each(function()
    manager:close()
    assert.same({}, held)
    log.set_writer(nil)
    if zone then uv.os_setenv("TZ", zone) else uv.os_unsetenv("TZ") end
    os.time { year = 2026, month = 1, day = 1 } -- has the C library read TZ again
  end)

  local function load(rules)
    return manager:load("schedule", rules)
  end

  -- "2026-11-22 08:00" in Paris; `later` seconds after it.
  local function at(text, later)
    local year, month, day, hour, minute = text:match("(%d+)-(%d+)-(%d+) (%d+):(%d+)")
    now = os.time { year = year, month = month, day = day, hour = hour, min = minute, sec = 0 } + (later or 0)
    if manager:list()[1] then assert(manager:reload "schedule") else return nil end
    return (in_force())
  end

  it("holds from the minute it begins until the minute it ends, on its days", function()
    at "2026-11-20 12:00"
    assert(load { { days = "mon-fri", from = "08:00", to = "18:00", up = "200k" } })
    for text, up in pairs {
      ["2026-11-20 07:59"] = false, ["2026-11-20 08:00"] = 200000, ["2026-11-20 17:59"] = 200000,
      ["2026-11-20 18:00"] = false, ["2026-11-21 12:00"] = false, ["2026-11-22 12:00"] = false,
      ["2026-11-23 12:00"] = 200000,
    } do
      assert.equal(up, at(text).up or false, text)
    end
  end)

  it("goes on over midnight, also into a day that is not its own", function()
    at "2026-11-20 12:00"
    assert(load { { days = "fri,sat", from = "23:00", to = "07:00", pause = true } })
    for text, pause in pairs {
      ["2026-11-20 06:00"] = false, ["2026-11-20 23:00"] = true, ["2026-11-21 06:59"] = true,
      ["2026-11-21 07:00"] = false, ["2026-11-22 06:59"] = true, ["2026-11-22 23:30"] = false,
    } do
      assert.equal(pause, at(text).pause, text)
    end
  end)

  it("goes round the week, and takes whole names and all day for granted", function()
    at "2026-11-20 12:00"
    assert(load { { days = "saturday-mon", down = "1M" } })
    assert.is_nil(at("2026-11-20 23:59").down)
    for _, day in ipairs { 21, 22, 23 } do
      assert.equal(1000000, at(("2026-11-%d 00:00"):format(day)).down)
      assert.equal(1000000, at(("2026-11-%d 23:59"):format(day)).down)
    end
    assert.is_nil(at("2026-11-24 00:00").down)
  end)

  it("goes by the clock on the wall when that is put forward and back", function()
    at "2026-03-28 12:00"
    assert(load { { from = "02:30", to = "04:00", up = "100k" } })
    assert.is_nil(at("2026-03-29 01:59").up)
    assert.equal(100000, at("2026-03-29 01:59", 60).up) -- it is 03:00 then: half past two was not
    assert.is_nil(at("2026-03-29 01:59", 60 + 3600).up)
    local autumn = "2026-10-25 01:59" -- 02:30 comes twice
    assert.is_nil(at(autumn, 60).up)
    assert.equal(100000, at(autumn, 60 + 1800).up)
    assert.is_nil(at(autumn, 60 + 3600).up)
    assert.equal(100000, at(autumn, 60 + 3600 + 1800).up)
    assert.is_nil(at(autumn, 60 + 2 * 3600 + 3600).up)
  end)

  it("has the strictest of rules that hold together", function()
    at "2026-11-20 12:00"
    assert(load {
      { up = "500k", down = "2M" }, { from = "11:00", to = "13:00", up = "100k" }, { up = "300k", pause = true },
    })
    assert.same({ up = 100000, down = 2000000, pause = true }, (in_force()))
  end)

  it("changes by itself, without a moment in which nothing holds", function()
    at "2026-11-20 07:59"
    assert(load { { to = "08:00", up = "100k" }, { from = "08:00", up = "200k" } })
    assert.equal(100000, in_force().up)
    now = now + 60
    helper.wait_for(function() return in_force().up == 200000 end, 3, "the change")
    assert.equal(2, most_held)
    local _, count = in_force()
    assert.equal(1, count)
    assert(manager:unload "schedule")
    assert.same({}, held)
  end)

  it("shows its rules, and which hold now", function()
    at "2026-11-20 12:00"
    assert(load { { days = "fri", from = "08:00", up = "200k" }, { pause = true, to = "06:00" } })
    local data
    require("btshare.task").spawn(function() data = assert(manager:panel_data("schedule", "schedule", {})) end)
    assert.same({
      { "fri, 08:00–24:00", "at most 200 kB/s up", "now" }, { "daily, 00:00–06:00", "nothing is sent", "" },
    }, data.rows)
  end)

  for moment, wanted in pairs {
    ["2026-11-20 07:00"] = { "no rule holds", "From Fri 08:00", "at most 200 kB/s up" },
    ["2026-11-20 12:00"] = { "at most 200 kB/s up", "From Sat 00:00", "no rule holds" },
    ["2026-11-22 02:00"] = { "nothing is sent", "From Sun 03:30", "no rule holds" },
    ["2026-11-22 12:00"] = { "no rule holds", "From Fri 08:00", "at most 200 kB/s up" },
  } do
    it("tells what holds, and what will: " .. moment, function()
      at(moment)
      assert(load {
        { days = "fri", from = "08:00", up = "200k" }, { days = "sat", from = "23:00", to = "03:30", pause = true },
      })
      local data
      require("btshare.task").spawn(function() data = assert(manager:panel_data("schedule", "now", {})) end)
      assert.same({ { label = "Now", value = wanted[1] }, { label = wanted[2], value = wanted[3] } }, data.stats)
    end)
  end

  it("tells that nothing will change where one rule always holds", function()
    at "2026-11-20 12:00"
    assert(load { { up = "200k" } })
    local data
    require("btshare.task").spawn(function() data = assert(manager:panel_data("schedule", "now", {})) end)
    assert.same({ { label = "Now", value = "at most 200 kB/s up" } }, data.stats)
  end)

  for what, rules in pairs {
    ["option number 1 must be given: a rule in braces, such as { from = \"08:00\", up = \"200k\" }$"] = {},
    ["its 'days' must be days such as"] = { { days = "mon-fry", up = "1M" } },
    ["its 'from' must be a time such as"] = { { from = "25:00", up = "1M" } },
    ["option number 2 is a rule that changes nothing"] = { { up = "1M" }, { from = "08:00" } },
    ["its 'upp' is unknown, did you mean 'up'%?"] = { { upp = "1M" } },
    ["its 'up' must be at least \"1k\""] = { { up = 0 } },
    ["option 'up' is unknown"] = { up = "1M" },
    ["option number 1 must be a rule in braces"] = { "mon" },
  } do
    it("refuses what would not be what was meant: " .. what, function()
      local loaded, message = load(rules)
      assert.is_nil(loaded)
      assert.matches(what, message)
    end)
  end
end)
