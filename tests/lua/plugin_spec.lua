local catalog = require "btshare.catalog"
local events = require "btshare.events"
local helper = require "helper"
local log = require "btshare.log"
local plugin = require "btshare.plugin"
local task = require "btshare.task"
local uv = require "luv"

describe("plugins", function()
  local user, shipped, bus, manager, logged, routes, seen, notices, now, noticed

  before_each(function()
    user, shipped = helper.folder(), helper.folder()
    logged, routes, seen, notices, now = {}, {}, {}, {}, 0
    log.set_writer(function(level, text) table.insert(logged, level .. " " .. text) end)
    bus = events.new(catalog)
    noticed = bus:on("notice", function(event) table.insert(notices, event) end)
    manager = plugin.manager {
      events = bus,
      folders = { user, shipped },
      services = { shares = { note = function(word) table.insert(seen, word) end, list = {} } },
      routes = function(pattern, handler, owner)
        assert(not routes[pattern], "the route is there already")
        routes[pattern] = { handler = handler, owner = owner }
        return function() routes[pattern] = nil end
      end,
      store = function(owner, name) return { name = owner .. "/" .. name } end,
      clock = function() return now end,
    }
  end)

  after_each(function()
    manager:close()
    noticed()
    log.set_writer(nil)
    helper.remove(user)
    helper.remove(shipped)
    uv.run("nowait")
    uv.walk(function(handle) assert(handle:is_closing(), "a handle is left") end)
    for name in pairs(catalog) do assert.is_false(bus:has(name), name .. " is still handled") end
    assert.same({}, routes)
  end)

  local head = 'local plugin = ...\nlocal shares = require "btshare.shares"\n'

  local function write(name, text, folder)
    helper.write((folder or user) .. "/" .. name .. ".lua", head .. text)
  end

  local function load(name, text, options)
    write(name, text)
    return manager:load(name, options)
  end

  local function ask() return bus:ask("share-open", {}) end

  describe("are found", function()
    it("in the user's folder before the shipped one", function()
      write("x", "shares.note 'shipped'", shipped)
      write("y", "shares.note 'shipped y'", shipped)
      write("x", "shares.note 'user'")
      assert(manager:load "x")
      assert(manager:load "y")
      assert.same({ "user", "shipped y" }, seen)
      local list = manager:list()
      assert.equal("x", list[1].name)
      assert.equal(user .. "/x.lua", list[1].path)
      assert.equal("running", list[1].state)
    end)

    it("or else it is said what may be meant", function()
      write("expiry", "", shipped)
      local loaded, message, code = manager:load "expirey"
      assert.is_nil(loaded)
      assert.matches("plugin 'expirey': there is no expirey.lua in .*, did you mean 'expiry'%?", message)
      assert.equal("missing", code)
    end)

    it("only by a plain name", function()
      write("x", "")
      for _, name in ipairs { "../x", "", ".x", "a/b", "x\0", 5 } do
        local loaded, _, code = manager:load(name)
        assert.is_nil(loaded)
        assert.equal("invalid", code)
      end
    end)

    it("once", function()
      assert(load("x", ""))
      local loaded, message, code = manager:load "x"
      assert.is_nil(loaded)
      assert.equal("plugin 'x': it is loaded already", message)
      assert.equal("exists", code)
      assert.equal("missing", select(3, manager:unload "y"))
      assert.equal("missing", select(3, manager:reload "y"))
    end)
  end)

  describe("have options", function()
    it("whose defaults are the schema", function()
      assert(load("x", [[
        local types = require "btshare.types"
        local o = plugin:options { limit = 5, after = types.default(types.duration, "30d"), path = types.path }
        shares.note(("%s %d %d %s"):format(plugin.name, o.limit, o.after, o.path))
      ]], { limit = 7 }))
      assert.same({ "x 7 2592000 nil" }, seen)
    end)

    it("and refuse what they do not know", function()
      local loaded, message, code = load("x", "plugin:options { after = '1d', limit = 5 }", { aftr = 1, limit = "x" })
      assert.is_nil(loaded)
      assert.equal("plugin 'x': option 'aftr' is unknown, did you mean 'after'?; option 'limit' must be a whole number",
        message)
      assert.equal("invalid", code)
      assert.matches("option 'a' is unknown, there are none", select(2, load("y", "", { a = 1 })))
    end)
  end)

  describe("are loaded wholly or not at all:", function()
    local function fails(text, expected)
      local loaded, message = load("x", "plugin:on('share-open', function() return false end)\n" .. text)
      assert.is_nil(loaded)
      assert.matches(expected, message)
      assert.is_true(ask())
      assert.same({}, manager:list())
      assert.same({}, routes)
    end

    it("an error in the chunk", function() fails("error 'boom'", "^plugin 'x': .*x.lua:4: boom$") end)

    it("a chunk that does not parse", function() fails("x y", "x.lua:4: syntax error near 'y'") end)

    it("a misspelt event", function()
      fails("plugin:on('share-opn', print)", "x.lua:4: event 'share%-opn' is unknown, did you mean 'share%-open'%?")
    end)

    it("a misspelt method", function()
      fails("plugin:evry(1, print)", "x.lua:4: plugin:evry is unknown, did you mean 'every'%?")
      fails("plugin.on('share-open', print)", "x.lua:4: plugin:on must be called with a colon")
    end)

    it("a misuse of a method", function()
      fails("plugin:every('often', print)", "x.lua:4: plugin:every: the period must be")
      fails("plugin:every(0, print)", "x.lua:4: plugin:every: the period must be above 0")
      fails("plugin:route('x', print)", "x.lua:4: plugin:route: a method and a path")
      fails("plugin:on('share-open')", "x.lua:4: plugin:on: a function")
      fails("plugin:log('loud', 'x')", "x.lua:4: plugin:log: 'loud' is no level")
    end)

    it("a chunk that waits", function()
      fails("require 'btshare.task'.sleep(1)", "it waits while it is loaded")
    end)

    it("a chunk that does not end, whatever it catches", function()
      fails("while true do pcall(function() while true do end end) end", "plugin x ran for more than 2 s")
    end)

    it("something that cannot be opened, after others were", function()
      fails([[
        plugin:route("GET /x", print)
        plugin:bind(function() shares.note "opened" return function() shares.note "undone" end end)
        plugin:bind(function() error "no luck" end)
        plugin:bind(function() shares.note "never" end)
      ]], "no luck")
      assert.same({ "opened", "undone" }, seen)
      fails("plugin:bind(function() return nil, 'no room' end)", "no room")
    end)

    it("and open nothing before the chunk has run", function()
      fails("plugin:bind(function() shares.note 'opened' end) error 'boom'", "boom")
      assert.same({}, seen)
    end)
  end)

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
          if request.bad then error "boom" end
          return request.id, nil, 3
        end)
      ]]))
      assert.equal("plugin x", routes["GET /x/:id"].owner)
      assert.same({ n = 3, 7, nil, 3 }, table.pack(routes["GET /x/:id"].handler { id = 7 }))
      local answer, message, code = routes["GET /x/:id"].handler { bad = true }
      assert.is_nil(answer)
      assert.equal("plugin x failed", message)
      assert.equal("failed", code)
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
        plugin:route("GET /x", function() return 1 end)
        plugin:on("share-open", function() return false, "old" end)
        plugin:defer(function() shares.note "old gone" end)
      ]]))
      write("x", [[
        plugin:bind(function() shares.note "new open" return function() end end)
        plugin:route("GET /x", function() return 2 end)
        plugin:on("share-open", function() return false, "new" end)
      ]])
      assert(manager:reload "x")
      assert.same({ "new open", "old gone" }, seen)
      assert.equal(2, routes["GET /x"].handler())
      assert.equal("new", select(2, ask()))
      assert.equal(1, #manager:list())
    end)

    it("and go on as they were when the edit is broken", function()
      assert(load("x", [[
        plugin:options { word = "x" }
        plugin:route("GET /x", function() return 1 end)
        plugin:on("share-open", function() return false, "old" end)
        plugin:defer(function() shares.note "old gone" end)
      ]], { word = "y" }))
      for _, broken in ipairs {
        "x y", "error 'boom'", "plugin:route('GET /x', print) plugin:bind(function() error 'boom' end)",
        "plugin:options {}",
      } do
        write("x", broken)
        assert.is_nil((manager:reload "x"))
        assert.equal(1, routes["GET /x"].handler())
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

  describe("that fail", function()
    local failing = [[
      plugin:on("share-open", function(event) if event.bad then error "boom" end end)
      plugin:on("share-ready", function(event) if event.bad then error "bang" end shares.note "ready" end)
    ]]

    it("say no to a question, with a traceback in the log", function()
      assert(load("x", failing))
      local allowed, reason, code = bus:ask("share-open", { bad = true })
      assert.same({ false, "plugin x failed while it was asked", "failed" }, { allowed, reason, code })
      assert.matches("error plugin x: .*x.lua:3: boom\n.*stack traceback", logged[1])
      assert.is_true(bus:ask("share-open", {}))
    end)

    it("three times in ten minutes are switched off, with a notice", function()
      assert(load("x", failing))
      bus:tell("share-ready", { bad = true })
      bus:ask("share-open", { bad = true })
      assert.equal("running", manager:list()[1].state)
      bus:tell("share-ready", { bad = true })
      assert.equal("off", manager:list()[1].state)
      assert.matches("bang", manager:list()[1].reason)
      assert.equal(1, #notices)
      assert.equal("error", notices[1].level)
      assert.matches("plugin x was switched off after repeated errors, the last one: .*bang", notices[1].message)
      bus:tell("share-ready", {})
      assert.same({}, seen)
    end)

    it("and are off still stand for a no, until they are reloaded or unloaded", function()
      assert(load("x", failing))
      for _ = 1, 3 do bus:ask("share-open", { bad = true }) end
      assert.equal("off", manager:list()[1].state)
      local allowed, reason, code = ask()
      assert.same({ false, "plugin x is switched off because of its errors", "busy" }, { allowed, reason, code })
      write("x", "error 'still broken'")
      assert.is_nil((manager:reload "x"))
      assert.is_false((ask()))
      write("x", failing)
      assert(manager:reload "x")
      assert.is_true(ask())
      assert.equal("running", manager:list()[1].state)
      for _ = 1, 3 do bus:ask("share-open", { bad = true }) end
      assert.is_false((ask()))
      assert(manager:unload "x")
      assert.is_true(ask())
    end)

    it("now and then stay", function()
      assert(load("x", failing))
      for _ = 1, 6 do
        now = now + 301
        bus:ask("share-open", { bad = true })
      end
      assert.equal("running", manager:list()[1].state)
      now = now + 1
      bus:ask("share-open", { bad = true })
      assert.equal("off", manager:list()[1].state)
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
      assert.equal(2, manager:list()[1].strikes)
      helper.wait_for(function() return manager:list()[1].state == "off" end)
      assert.matches("three", manager:list()[1].reason)
    end)

    it("by not ending lose their turn after two seconds", function()
      assert(load("x", [[
        plugin:on("share-open", function()
          while true do pcall(function() while true do end end) end
        end)
      ]]))
      local began = uv.hrtime()
      assert.is_false((ask()))
      assert.is_true(uv.hrtime() - began < 4e9)
      assert.matches("x.lua:4: plugin x ran for more than 2 s", logged[1])
      assert.equal(1, manager:list()[1].strikes)
    end)
  end)

  describe("have an environment", function()
    local function ends(text) return load("x", text) end

    it("of their own, in which globals stay", function()
      assert(load("x", "leak = 1 assert(_G.leak == 1) string2 = string"))
      assert(load("y", "assert(leak == nil)"))
      assert.is_nil(rawget(_G, "leak"))
    end)

    it("without what reaches the system or the core", function()
      assert(ends [[
        for _, name in ipairs { "io", "debug", "package", "load", "loadfile", "dofile", "coroutine" } do
          assert(_G[name] == nil, name)
        end
        assert(os.execute == nil and os.exit == nil and os.remove == nil and os.getenv)
        assert(getmetatable("") == nil)
        assert(getmetatable(plugin) == false and getmetatable(string) == false)
      ]])
    end)

    it("whose libraries and services they cannot change", function()
      for _, text in ipairs {
        "string.rep = nil", "shares.list = nil", "require 'btshare.types'.size = nil", "os.time = 1",
        "local s = require 'btshare.task' s.spawn = nil",
      } do
        local loaded, message = ends(text)
        assert.is_nil(loaded)
        assert.matches("cannot be changed", message)
      end
    end)

    it("in which only what is offered can be required", function()
      for module, expected in pairs {
        ["io"] = "module 'io' is not for plugins$", ["core.host"] = "is not for plugins",
        ["btshare.share"] = "is not for plugins, did you mean 'btshare.shares'", ["btshare.log"] = "is not for plugins",
      } do
        local loaded, message = ends(("require %q"):format(module))
        assert.is_nil(loaded)
        assert.matches(expected, message)
      end
    end)

    it("with no finalizers, which nothing could end", function()
      assert.matches("__gc is not allowed", select(2, ends "setmetatable({}, { __gc = function() end })"))
    end)

    it("and are text, not compiled", function()
      helper.write(user .. "/z.lua", string.dump(function() end))
      assert.matches("attempt to load a binary chunk", select(2, manager:load "z"))
    end)
  end)
end)
