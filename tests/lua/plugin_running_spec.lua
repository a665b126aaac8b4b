local helper = require "helper"
local plugin_bench = require "plugin_bench"
local task = require "btshare.task"
local uv = require "luv"

describe("plugins", function()
  local bench, user, bus, manager, logged, routes, seen

  before_each(function()
    bench = plugin_bench.open()
    user, bus, manager, routes = bench.user, bench.bus, bench.manager, bench.routes
    logged, seen = bench.logged, bench.seen
  end)
  after_each(function() bench:close() end)

  local function write(...) bench:write(...) end
  local function load(...) return bench:load(...) end
  local function ask() return bench:ask() end

  describe("do", function()
    it("answer questions by priority, and are asked no more once unloaded", function()
      assert(load("x", [[
        plugin:on("share-open", function(event) shares.note("low " .. event.address) end)
        plugin:on("share-open", function(event) shares.note "high" end, 10)
      ]]))
      assert(load("y", [[plugin:on("share-open", function() return false, "shut", "gone" end, -1)]]))
      local allowed, reason, code = bus:ask("share-open", { address = "::1" })
      assert.same({ "high", "low ::1" }, seen)
      assert.same({ false, "shut", "gone" }, { allowed, reason, code })
      assert(manager:unload "y")
      assert.is_true(bus:ask("share-open", { address = "::1" }))
    end)

    it("wait in their handlers", function()
      assert(load("x", [[
        local task = require "btshare.task"
        plugin:on("share-open", function(event)
          task.sleep(5)
          return false, "after a while"
        end)
      ]]))
      local result
      task.spawn(function() result = table.pack(ask()) end)
      assert.is_nil(result)
      helper.wait_for(function() return result end)
      assert.same({ n = 3, false, "after a while", "denied" }, result)
    end)

    it("hear facts", function()
      assert(load("x", "plugin:on('share-ready', function(event) shares.note(event.share.name) end)"))
      bus:tell("share-ready", { share = { name = "n" } })
      assert.same({ "n" }, seen)
    end)

    it("things every so often, never twice at once", function()
      assert(load("x", [[
        local task = require "btshare.task"
        local running
        plugin:every(0.002, function()
          assert(not running)
          running = true
          task.sleep(6)
          running = false
          shares.note "tick"
        end)
      ]]))
      helper.wait_for(function() return #seen >= 3 end)
      assert(manager:unload "x")
      assert.same({}, logged)
    end)

    it("answer requests, and an error is answered too", function()
      assert(load("x", [[
        plugin:route("GET /x/:id", function(request)
          if request.query.bad then error "boom" end
          return { status = 200, body = request.parameters.id }
        end)
      ]]))
      assert.equal("plugin x", routes["GET /x/:id"].owner)
      assert.same({ status = 200, headers = {}, body = "7" }, bench:request("GET /x/:id", {}, { id = "7" }))
      local answer = bench:request("GET /x/:id", { query = "bad=1" })
      assert.equal(500, answer.status)
      assert.is_truthy(answer.body:find('"detail":"plugin x failed"', 1, true), answer.body)
      assert.equal(1, manager:list()[1].strikes)
    end)

    it("show panels, keep stores, log and print", function()
      assert(load("x", [[
        plugin:panel {
          slot = "nav", kind = "table", title = plugin:store("things").name, data = function(context)
            return { columns = { "a", "b" }, rows = { { 1, context.share }, { "x" } } }
          end,
        }
        plugin:log("warning", "%d left", 3)
        print("a", 1)
      ]]))
      local shown = manager:panels()[1]
      assert.equal("x", shown.plugin)
      assert.equal("x-things", shown.panel.id)
      assert.equal("x/things", shown.panel.title)
      local data
      task.spawn(function() data = manager:panel_data("x", "x-things", { share = "s" }) end)
      assert.same({ columns = { "a", "b" }, rows = { { 1, "s" }, { "x", "" } } }, data)
      assert.same({ "warning plugin x: 3 left", "info plugin x: a\\x091" }, logged)
      assert(manager:unload "x")
      assert.same({}, manager:panels())
    end)

    it("are told what is wrong with a panel, and a panel's data is never more than can be drawn", function()
      local _, message = load("x", 'plugin:panel { slot = "nowhere", title = "T", kind = "stats" }')
      assert.is_truthy(message:find("its 'data' must be given; its 'slot' must be", 1, true), message)
      assert(load("x", [[
        local data
        plugin:panel { slot = "nav", title = "T", kind = "stats", data = function() return data end }
        plugin:on("stopping", function() data = { { label = "bad", value = {} } } end)
      ]]))
      local answer
      local function fetch() task.spawn(function() answer = table.pack(manager:panel_data("x", "t", {})) end) end
      fetch()
      assert.same({ nil, "plugin 'x': has no data now", "busy", n = 3 }, answer)
      bus:tell("stopping", {})
      fetch()
      assert.equal("failed", answer[3])
      assert.is_truthy(answer[2]:find("must be a short text", 1, true))
    end)

    it("undo all when they go, last in first out, even if one undo fails", function()
      assert(load("x", [[
        plugin:defer(function() shares.note "first" end)
        plugin:bind(function() return function() error "stuck" end end)
        plugin:defer(function() shares.note "last" end)
        local release = plugin:defer(function() shares.note "released" end)
        plugin:defer(function() shares.note "never" end)()
        plugin:on("share-ready", function() release() end)
      ]]))
      bus:tell("share-ready", {})
      assert.same({ "released" }, seen)
      assert(manager:unload "x")
      assert.same({ "released", "last", "first" }, seen)
      assert.matches("plugin x: .*stuck", logged[1])
    end)

    it("open more while they run, which goes with them", function()
      assert(load("x", [[
        plugin:on("share-ready", function()
          plugin:on("share-open", function() return false end)
        end)
      ]]))
      assert.is_true(ask())
      bus:tell("share-ready", {})
      assert.is_false((ask()))
      assert(manager:unload "x")
      assert.is_true(ask())
    end)

    it("end in their tasks before anything is undone under them", function()
      assert(load("x", [[
        local task = require "btshare.task"
        plugin:defer(function() shares.note "undone" end)
        plugin:on("share-ready", function()
          local _ <close> = task.on_close(function() shares.note "ended" end)
          task.sleep(60000)
        end)
      ]]))
      bus:tell("share-ready", {})
      assert(manager:unload "x")
      assert.same({ "ended", "undone" }, seen)
    end)

    it("not outlive their unloading in tasks", function()
      assert(load("x", [[
        local task = require "btshare.task"
        plugin:on("share-ready", function()
          task.spawn(function() task.sleep(60000) end)
          task.queue(1):add(function() task.sleep(60000) end)
          task.sleep(60000)
        end)
        plugin:on("share-open", function() task.sleep(60000) end)
      ]]))
      bus:tell("share-ready", {})
      local result
      task.spawn(function() result = table.pack(ask()) end)
      assert(manager:unload "x") -- that no timer is left, after_each sees
      assert.is_false(result[1])
    end)
  end)

  describe("are reloaded", function()
    it("with the new form open before the old one goes", function()
      assert(load("x", [[
        plugin:route("GET /x", function() return { status = 200, body = "1" } end)
        plugin:on("share-open", function() return false, "old" end)
        plugin:defer(function() shares.note "old gone" end)
      ]]))
      write("x", [[
        plugin:bind(function() shares.note "new open" return function() end end)
        plugin:route("GET /x", function() return { status = 200, body = "2" } end)
        plugin:on("share-open", function() return false, "new" end)
      ]])
      assert(manager:reload "x")
      assert.same({ "new open", "old gone" }, seen)
      assert.equal("2", bench:request("GET /x").body)
      assert.equal("new", select(2, ask()))
      assert.equal(1, #manager:list())
    end)

    it("and go on as they were when the edit is broken", function()
      assert(load("x", [[
        plugin:options { word = "x" }
        plugin:route("GET /x", function() return { status = 200, body = "1" } end)
        plugin:on("share-open", function() return false, "old" end)
        plugin:defer(function() shares.note "old gone" end)
      ]], { word = "y" }))
      for _, broken in ipairs {
        "x y", "error 'boom'", "plugin:route('GET /x', print) plugin:bind(function() error 'boom' end)",
        "plugin:options {}",
      } do
        write("x", broken)
        assert.is_nil((manager:reload "x"))
        assert.equal("1", bench:request("GET /x").body)
        assert.equal("old", select(2, ask()))
        assert.same({}, seen)
      end
      uv.fs_unlink(user .. "/x.lua")
      assert.equal("missing", select(3, manager:reload "x"))
      assert.equal("running", manager:list()[1].state)
    end)

    it("with new options, or the ones they had", function()
      assert(load("x", "shares.note(plugin:options { word = 'a' }.word)", { word = "b" }))
      assert(manager:reload "x")
      assert(manager:reload("x", { word = "c" }))
      assert(manager:reload "x")
      assert.is_nil((manager:reload("x", { wrd = "d" })))
      assert(manager:reload "x")
      assert.same({ "b", "b", "c", "c", "c" }, seen)
    end)
  end)
end)
