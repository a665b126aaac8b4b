local helper = require "helper"
local plugin_bench = require "plugin_bench"

describe("plugins", function()
  local bench, user, shipped, manager, routes, seen

  before_each(function()
    bench = plugin_bench.open()
    user, shipped, manager, routes, seen = bench.user, bench.shipped, bench.manager, bench.routes, bench.seen
  end)
  after_each(function() bench:close() end)

  local function write(...) bench:write(...) end
  local function load(...) return bench:load(...) end
  local function ask() return bench:ask() end

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
        local o = plugin:options { limit = 5, after = types.default(types.period, "30d"), path = types.path }
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
      assert.matches("option 'a' is unknown, there are none", (select(2, load("y", "", { a = 1 }))))
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
