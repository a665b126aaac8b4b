-- Plugins that fail, do not end or take all memory cost no more than themselves.
local helper = require "helper"
local plugin_bench = require "plugin_bench"
local task = require "btshare.task"
local uv = require "luv"

describe("plugins that fail", function()
  local bench, bus, manager, logged, seen, notices

  before_each(function()
    bench = plugin_bench.open()
    bus, manager, logged, seen, notices = bench.bus, bench.manager, bench.logged, bench.seen, bench.notices
  end)
  after_each(function() bench:close() end)

  local function load(...) return bench:load(...) end
  local function ask() return bench:ask() end
  local function first() return manager:list()[1] end

  local failing = [[
    plugin:on("share-open", function(event) if event.bad then error "boom" end end)
    plugin:on("share-ready", function(event) if event.bad then error "bang" end shares.note "ready" end)
  ]]

  local function fail(count)
    for _ = 1, count do bus:ask("share-open", { bad = true }) end
  end

  local function count_logged(pattern)
    local count = 0
    for _, line in ipairs(logged) do
      if line:find(pattern) then count = count + 1 end
    end
    return count
  end

  it("say no to a question, with a traceback in the log", function()
    assert(load("x", failing))
    local allowed, reason, code = bus:ask("share-open", { bad = true })
    assert.same({ false, "plugin x failed while it was asked", "failed" }, { allowed, reason, code })
    assert.matches("error plugin x: .*x.lua:3: boom\n.*stack traceback", logged[1])
    assert.is_true(bus:ask("share-open", {}))
  end)

  it("have their last lines kept, which loading again does not forget and unloading does", function()
    assert(load("x", [[plugin:on("share-open", function(event) plugin:log("info", event.text) end)]]))
    local long = ("é"):rep(1500)
    bus:ask("share-open", { text = long })
    for index = 1, 199 do bus:ask("share-open", { text = tostring(index) }) end
    local lines = manager:lines "x"
    assert.equal(200, #lines)
    assert.same({ time = lines[1].time, level = "info", text = "199" }, lines[1])
    assert.equal(("é"):rep(1000) .. "…", lines[200].text)
    assert(manager:reload "x")
    bus:ask("share-open", { text = "again" })
    lines = manager:lines "x"
    assert.same({ 200, "again", "1" }, { #lines, lines[1].text, lines[200].text })
    assert(manager:unload "x")
    assert.same({ nil, "plugin 'x': it is not loaded", "missing", n = 3 }, table.pack(manager:lines "x"))
  end)

  it("to give a reason that can be shown are refused without one", function()
    assert(load("x", [[plugin:on("share-open", function(event) return false, event.reason, event.code end)]]))
    local function reason_of(reason, code)
      return table.pack(bus:ask("share-open", { reason = reason, code = code }))
    end
    assert.same({ false, "shut", "gone", n = 3 }, reason_of("shut", "gone"))
    local texts = { en = "shut", fr = "fermé" }
    assert.same({ false, texts, "denied", n = 3 }, reason_of { en = texts.en, fr = texts.fr, { 1 } })
    assert.same({ false, "refused", "denied", n = 3 }, reason_of(5, {}))
    assert.same({ false, "refused", "denied", n = 3 }, reason_of { { 1 } })
  end)

  it("again and again by the same error are said once an hour, and counted", function()
    assert(load("x", failing))
    fail(4)
    bus:tell("share-ready", { bad = true })
    assert.equal(1, count_logged "boom")
    assert.equal(1, count_logged "bang")
    assert.equal(5, first().strikes)
    bench.now = bench.now + 3600
    fail(1)
    assert.equal(1, count_logged "^error plugin x: 4 times: .*x.lua:3: boom$")
    assert.equal(2, count_logged "boom\n.*stack traceback")
    assert.equal(1, first().strikes)
  end)

  it("ten times in an hour are set aside, with a notice", function()
    assert(load("x", failing))
    bus:tell("share-ready", { bad = true })
    fail(8)
    assert.equal("running", first().state)
    bus:tell("share-ready", { bad = true })
    assert.equal("set aside", first().state)
    assert.matches("bang", first().reason)
    assert.equal(1, #notices)
    assert.equal("error", notices[1].level)
    assert.matches("^plugin x was set aside after 10 errors in an hour, the last one: .*x.lua:4: bang$",
      notices[1].message)
    assert.equal(1, count_logged "8 times: .*boom")
    bus:tell("share-ready", {})
    assert.same({}, seen)
  end)

  it("and are set aside still stand for a no, until they are reloaded or unloaded", function()
    assert(load("x", failing))
    fail(10)
    assert.equal("set aside", first().state)
    local allowed, reason, code = ask()
    assert.same({ false, "plugin x is set aside", "busy" }, { allowed, reason, code })
    bench:write("x", "error 'still broken'")
    assert.is_nil((manager:reload "x"))
    assert.is_false((ask()))
    bench:write("x", failing)
    assert(manager:reload "x")
    assert.is_true(ask())
    assert.equal("running", first().state)
    fail(10)
    assert.is_false((ask()))
    assert(manager:unload "x")
    assert.is_true(ask())
  end)

  it("now and then stay", function()
    assert(load("x", failing))
    for _ = 1, 30 do
      bench.now = bench.now + 401
      fail(1)
    end
    assert.equal("running", first().state)
    bench.now = bench.now + 1
    fail(1)
    assert.equal("set aside", first().state)
    assert.equal(1, #notices)
  end)

  it("in tasks of their own, in timers and in queues are struck too", function()
    assert(load("x", [[
      local task = require "btshare.task"
      plugin:on("share-ready", function()
        task.spawn(function() error "one" end)
        task.queue(1):add(function() error "two" end)
      end)
      plugin:every(0.001, function() error "three" end)
    ]]))
    bus:tell("share-ready", {})
    assert.equal(2, first().strikes)
    helper.wait_for(function() return first().state == "set aside" end)
    assert.matches("three", first().reason)
  end)

  it("by not ending lose their turn after two seconds, and can still close what they have open", function()
    assert(load("x", [[
      local task = require "btshare.task"
      plugin:on("share-open", function()
        local _ <close> = task.on_close(function() shares.note "closed" end)
        while true do pcall(function() while true do end end) end
      end)
    ]]))
    local began = uv.hrtime()
    assert.is_false((ask()))
    local seconds = (uv.hrtime() - began) / 1e9
    assert.is_true(seconds >= 2 and seconds < 8, seconds)
    assert.matches("x.lua:6: plugin x ran for more than 2 s", logged[1])
    assert.equal(1, first().strikes)
    assert.same({ "closed" }, seen)
  end)

  it("to end what they close are ended there, too", function()
    assert(load("x", [[
      local task = require "btshare.task"
      plugin:on("share-ready", function()
        local _ <close> = task.on_close(function() while true do end end)
        task.sleep(60000)
      end)
    ]]))
    bus:tell("share-ready", {})
    local began = uv.hrtime()
    assert(manager:unload "x")
    assert.is_true(uv.hrtime() - began < 8e9)
    assert.matches("x.lua:5: plugin x ran for more than 2 s", table.concat(logged, "\n"))
  end)

  describe("by holding everything up", function()
    local slow = [[
      local function work(seconds)
        local ends = os.clock() + seconds
        while os.clock() < ends do end
      end
      plugin:on("share-ready", function(event) work(event.seconds) end)
    ]]

    it("are named with the line, once, and go on", function()
      assert(load("x", slow))
      bus:tell("share-ready", { seconds = 0.001 })
      assert.is_nil(first().held)
      for _ = 1, 3 do bus:tell("share-ready", { seconds = 0.12 }) end
      assert.is_true(#logged <= 2, table.concat(logged, "\n")) -- the loop has two lines
      assert.matches("^warning plugin x: held everything up for %d%.%d%d s at [^ ]*x%.lua:[56]", logged[1])
      local held = first().held
      assert.equal(3, held.count)
      assert.is_true(held.longest >= 0.11, held.longest) -- os.clock counts the threads of all
      assert.matches("x%.lua:[56]", held.place)
      assert.equal(0, first().strikes)
    end)

    it("in a function that no hook sees are named when it comes back", function()
      assert(load("x", [[
        plugin:on("share-ready", function()
          local text = ("a"):rep(27)
          text:find(("a-"):rep(7) .. "b")
        end)
      ]]))
      bus:tell("share-ready", {})
      assert.matches("at [^ ]*x%.lua:5 in 'find'$", logged[1])
      assert.equal(0, first().strikes)
    end)

    it("are not held against those in whose time they were told", function()
      assert(load("x", slow))
      assert(load("y", "plugin:on('stopping', function() shares.note 'told' end)"))
      local undo = bus:on("stopping", function() bus:tell("share-ready", { seconds = 0.12 }) end, 1)
      local waiting = manager.entries.y.instance.guard:spawn(function() bus:tell("stopping", {}) end)
      undo()
      assert.is_true(waiting:has_ended())
      local list = {}
      for _, item in ipairs(manager:list()) do list[item.name] = item.held and item.held.count or 0 end
      assert.same({ x = 1, y = 0 }, list)
    end)
  end)

  describe("by taking all memory", function()
    it("get an error instead, at the limit, and leave it again", function()
      assert(load("x", [[
        local kept = {}
        plugin:on("share-ready", function() shares.note(#("x"):rep(1 << 28)) end)
        plugin:on("share-open", function() for index = 1, 1 << 40 do kept[index] = ("x"):rep(30 << 20) end end)
      ]]))
      bus:tell("share-ready", {})
      assert.same({}, seen)
      assert.matches("x.lua:4: not enough memory: a plugin may hold 128 MiB\n.*stack traceback", logged[1])
      assert.is_false((ask()))
      assert.is_true(first().memory > 64 << 20 and first().memory <= 128 << 20, first().memory)
      assert.matches("x.lua:5: not enough memory", table.concat(logged, "\n", 2))
      assert.equal(2, first().strikes)
      assert.equal(1 << 20, #("x"):rep(1 << 20)) -- the others have theirs
      local before = collectgarbage "count"
      assert(manager:unload "x")
      assert.is_true(ask())
      assert.is_nil(table.concat(logged):find("scope", 1, true))
      collectgarbage()
      assert.is_true(before - collectgarbage "count" > 60 * 1024)
    end)

    it("are shown by what they hold", function()
      assert(load("x", [[
        local kept = ("x"):rep(1 << 20)
        plugin:on("share-ready", function() kept = nil end)
      ]]))
      assert(load("y", ""))
      local list = manager:list()
      assert.is_true(list[1].memory > 1 << 20 and list[1].memory < 1200000, list[1].memory)
      assert.is_true(list[2].memory > 0 and list[2].memory < 20000, list[2].memory)
      bus:tell("share-ready", {})
      collectgarbage()
      assert.is_true(first().memory < 100000, first().memory)
    end)
  end)

  it("a thousand times leave the others quick", function()
    assert(load("x", failing))
    assert(load("y", "plugin:on('share-remove', function() return false, 'kept' end)"))
    local times = {}
    for turn = 1, 1000 do
      local began = uv.hrtime()
      fail(1)
      task.spawn(function() assert.is_false((bus:ask("share-remove", {}))) end)
      times[turn] = uv.hrtime() - began
    end
    table.sort(times)
    assert.is_true(times[990] < 50e6, times[990]) -- the machine may have had something else to do now and then
    assert.is_true(#logged < 10)
  end)
end)
