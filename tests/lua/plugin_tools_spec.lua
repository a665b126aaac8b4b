-- btshare plugin new, check, test, list and reload, as programs; nothing of a BTshare runs.
local cli_helper = require "cli_helper"
local helper = require "helper"
local json = require "core.json"
local uv = require "luv"

describe("btshare plugin", function()
  local home, folder

  before_each(function()
    home = helper.folder()
    folder = home .. "/.config/btshare/plugins"
  end)
  after_each(function() helper.remove(home) end)

  local function run(...)
    return cli_helper.run(home, { "plugin", ... })
  end

  local function write(name, text)
    helper.write(home .. "/" .. name, text)
  end

  describe("new", function()
    it("writes a plugin that passes its check and its test, and what editors need", function()
      local code, out, err = run("new", "greet")
      assert.equal(0, code)
      assert.equal(("%s/greet.lua\n%s/greet_test.lua\n"):format(folder, folder), out)
      assert.matches("btshare plugin test " .. folder .. "/greet.lua", err, 1, true)
      code, out = run("check", folder .. "/greet.lua")
      assert.equal(0, code)
      assert.matches("answers%s+share%-create", out)
      assert.matches("is told%s+recipient%-finished", out)
      code, out, err = run("test", folder .. "/greet.lua")
      assert.equal(0, code, out .. err)
      assert.equal("2 tests passed\n", err)
      local editor = json.decode(helper.read(folder .. "/.luarc.json"))
      assert.equal("Lua 5.4", editor["runtime.version"])
      for _, path in ipairs(editor["workspace.library"]) do assert.is_truthy(uv.fs_stat(path), path) end
      assert.is_true(#editor["workspace.library"] > 0)
    end)

    it("overwrites nothing", function()
      assert.equal(0, (run("new", "one", "--in", home .. "/a")))
      helper.write(home .. "/a/one.lua", "mine")
      helper.write(home .. "/a/.luarc.json", "{}")
      local code, _, err = run("new", "one", "--in", home .. "/a")
      assert.equal(1, code)
      assert.equal(("btshare: %s/a/one.lua: is there already\n"):format(home), err)
      assert.equal(0, (run("new", "two", "--in", home .. "/a")))
      assert.equal("mine", helper.read(home .. "/a/one.lua"))
      assert.equal("{}", helper.read(home .. "/a/.luarc.json"))
      helper.write(home .. "/a/three_test.lua", "mine")
      assert.equal(1, (run("new", "three", "--in", home .. "/a")))
      assert.is_nil(uv.fs_stat(home .. "/a/three.lua"))
    end)

    it("takes names that a plugin can have, and none that is taken by BTshare", function()
      for _, name in ipairs { "../x", "a b", "x_test", ".x", "x/y" } do
        local code, _, err = run("new", name)
        assert.equal(2, code, name)
        assert.matches("a plugin's name has letters", err)
      end
      local code, _, err = run("new", "expiry")
      assert.equal(1, code)
      assert.equal("btshare: expiry: a plugin of that name comes with BTshare\n", err)
      assert.is_nil(uv.fs_stat(folder))
    end)
  end)

  describe("check", function()
    local head = "-- A plugin.\nlocal plugin = ...\n"

    local function finds(text, ...)
      write("x.lua", head .. text)
      local code, out, err = run("check", home .. "/x.lua")
      assert.equal(1, code, out)
      assert.equal("", out)
      local expected = {}
      for _, line in ipairs { ... } do expected[#expected + 1] = home .. "/x.lua:" .. line .. "\n" end
      assert.equal(table.concat(expected), err)
    end

    it("tells each mistake with its line", function()
      finds("plugin:on(", "3: unexpected symbol near <eof>")
      finds("prnt 'x'", "3: 'prnt' is nowhere defined, did you mean 'print'?")
      finds("plugin:on('stopping', function()\n  os.execute 'x'\n  return string.trim('x'), io.open 'x'\nend)",
        "4: 'os.execute' is not there: programs are run by btshare.process",
        "5: 'io' is not there: plugins read files by btshare.fs and keep values by plugin:store",
        "5: 'string.trim' is not there: it is text:match(\"^%s*(.-)%s*$\")")
      finds("plugin:on('share-opn', print)", "3: event 'share-opn' is unknown, did you mean 'share-open'?")
      finds("\nerror 'no'", "4: no")
      finds("local t = nil\nplugin:on('stopping', function() return undefined end)\nreturn t.x",
        "4: 'undefined' is nowhere defined", "5: attempt to index a nil value (local 't')")
    end)

    it("also in a file with a long path", function()
      local long = home .. "/" .. ("a"):rep(100)
      assert(uv.fs_mkdir(long, 448))
      helper.write(long .. "/x.lua", head .. "error 'no'")
      local _, _, err = cli_helper.run(home, { "plugin", "check", "x.lua" }, { cwd = long })
      assert.equal("x.lua:3: no\n", err)
    end)

    it("warns of what is not wrong yet", function()
      write("x.lua", "local plugin = ...\ncount = 0\nplugin:on('stopping', function() count = count + 1 end)")
      local code, out, err = run("check", home .. "/x.lua")
      assert.equal(0, code)
      assert.matches("x.lua: ok", out)
      assert.equal(("%s/x.lua:1: warning: begin with a comment that says what it is for\n"):format(home)
        .. ("%s/x.lua:2: warning: 'count' is global: local count = …\n"):format(home), err)
    end)

    it("knows the options that are given to it", function()
      write("x.lua", head .. 'plugin:options { after = require "btshare.types".period, mode = "a" }')
      assert.equal(0, (run("check", home .. "/x.lua", "--options", 'after="2h"', 'mode="b"')))
      assert.equal(0, (run("check", home .. "/x.lua", "--options", 'after="2h", mode="b"')))
      assert.equal(0, (run("check", home .. "/x.lua", "--options", 'after="2h",', 'mode="b"')))
      local code, _, err = run("check", home .. "/x.lua", "--options", "aftr=1", "mode=5")
      assert.equal(1, code)
      assert.equal("--options: option 'aftr' is unknown, did you mean 'after'?\n"
        .. "--options: option 'mode' must be a text\n", err)
      code, _, err = run("check", home .. "/x.lua", "--options", "after=")
      assert.equal(2, code)
      assert.matches("%-%-options:1: unexpected symbol", err)
    end)

    it("says what the plugin would do, and does none of it", function()
      write("x.lua", head .. [[
        plugin:on("share-open", print)
        plugin:on("stopping", print)
        plugin:route("GET /x/:id", print)
        plugin:route("POST /x", print, { on = "console", scope = "share" })
        plugin:every("90s", print)
        plugin:command("wave", { summary = "waves" }, print)
        plugin:panel { slot = "activity.card", title = "Waves", kind = "stats", data = print }
      ]])
      local code, out, err = run("check", home .. "/x.lua")
      assert.equal(0, code, err)
      for _, line in ipairs {
        "answers     share-open", "is told     stopping", "routes      GET /x/:id (public)",
        "            POST /x (console, share)", "panels      Waves (stats, activity.card)",
        "commands    btshare wave: waves", "timers      every 1 min 30 s",
      } do
        assert.is_truthy(out:find("\n  " .. line .. "\n", 1, true), line .. "\n" .. out)
      end
    end)

    it("takes a plugin's name, too: here, among yours, among those that come along", function()
      assert.equal(0, (run("new", "mine")))
      local code, out = run("check", "mine")
      assert.equal(0, code)
      assert.matches(folder .. "/mine.lua: ok", out, 1, true)
      assert.equal(0, (run("test", "mine")))
      code, out = run("check", "expiry")
      assert.equal(0, code)
      assert.matches("plugins/expiry.lua: ok", out, 1, true)
      assert.equal(3, (run("check", "nobodys")))
    end)

    it("ends, whatever the file does", function()
      finds("while true do end", "3: plugin x ran for more than 2 s")
      local code, _, err = run("check", home .. "/none.lua")
      assert.equal(3, code)
      assert.matches("none.lua: no such file", err)
      write("x y.lua", "")
      assert.equal(2, (run("check", home .. "/x y.lua")))
    end)
  end)

  describe("test", function()
    local function try(plugin, tests, words)
      write("x.lua", "local plugin = ...\n" .. plugin)
      write("x_test.lua", "local test = ...\n" .. tests)
      return cli_helper.run(home, { "plugin", "test", table.unpack(words or { "x.lua" }) }, { cwd = home })
    end

    it("reports each test, and exits with 1 where one fails", function()
      local code, out, err = try("plugin:on('share-open', function() return false, 'no' end)", [[
test("is true", function(fake) assert(not fake:ask "share-open") end)
test("is false", function(fake)
  assert(fake:ask "share-open")
end)
test("says more", function(fake)
  assert(not fake, "it is there") end)
test("is wrong", function(fake) fake:aks "share-open" end)
test("has no such event", function(fake) fake:tell "share-open" end)
test("has no such field", function(fake) fake:ask("share-open", { adress = "x" }) end)]])
      assert.equal(1, code)
      assert.equal([[
x
  ✓ is true
  ✗ is false
    x_test.lua:4: not so: assert(fake:ask "share-open"): no
  ✗ says more
    x_test.lua:7: not so: assert(not fake, "it is there") end): it is there
  ✗ is wrong
    x_test.lua:8: fake:aks is unknown, did you mean 'ask'?
  ✗ has no such event
    x_test.lua:9: event 'share-open' is a question: fake:ask
  ✗ has no such field
    x_test.lua:10: event 'share-open' has no field 'adress', did you mean 'address'?
]], out)
      assert.equal("5 of 6 tests failed\n", err)
    end)

    it("fails where the plugin does, with its file and line", function()
      local code, out = try("plugin:on('stopping', function()\n  error 'boom'\nend)", [[
test("is told", function(fake) fake:tell "stopping" end)
test("is expected", function(fake)
  fake:tell "stopping"
  assert(fake:errors()[1]:find("x.lua:3: boom", 1, true))
end)]])
      assert.equal(1, code)
      assert.matches("✗ is told\n    x.lua:3: boom\n", out, 1, true)
      assert.matches("✓ is expected", out)
      code, out = try("error 'no'", "test('x', function(fake) fake:tell 'stopping' end)")
      assert.equal(1, code)
      assert.matches("x_test.lua:2: plugin 'x': x.lua:2: no", out, 1, true)
    end)

    it("says what is wrong with the tests themselves", function()
      local code, out = try("", "tset('x', print)")
      assert.equal(1, code)
      assert.matches("x_test.lua:2: attempt to call a nil value (global 'tset')", out, 1, true)
      assert.matches("x_test.lua: has no tests", (select(2, try("", ""))), 1, true)
      assert.matches("a name and a function are wanted", (select(2, try("", "test(5)"))), 1, true)
      code, out = try("", "test('ends', function() while true do end end)")
      assert.equal(1, code)
      assert.matches("x_test.lua:2: the test ran for more than", out, 1, true)
    end)

    it("runs all of a folder, and finds a plugin by either of its files", function()
      local tests = "test('x', function() end)"
      assert.equal("1 test passed\n", (select(3, try("", tests, { "x_test.lua" }))))
      write("y.lua", "local plugin = ...")
      write("y_test.lua", "local test = ...\n" .. tests)
      assert.equal("2 tests passed\n", (select(3, try("", tests, {}))))
      uv.fs_unlink(home .. "/y.lua")
      local code, _, err = try("", tests, {})
      assert.equal(3, code)
      assert.equal("btshare: y.lua: no such file\n", err)
    end)
  end)

  describe("of a running instance", function()
    it("lists plugins and reads one again", function()
      for _, part in ipairs { "/.local", "/.local/state", "/.local/state/btshare" } do
        assert(uv.fs_mkdir(home .. part, 448))
      end
      local server = cli_helper.serve(home .. "/.local/state/btshare/control.sock", function(connection, request)
        if request.method == "GET" then
          return cli_helper.reply(connection, 200, { plugins = {
            { name = "expiry", description = "Ends shares.", path = "/x", is_running = true, strikes = 0, panels = {} },
            { name = "z", path = "/z.lua", is_running = false, reason = "z.lua:3: boom\27[2J", strikes = 3,
              panels = {} },
          } })
        end
        if request.target == "/api/v1/plugins/a%20b/reload" then return cli_helper.reply(connection, 200, {}) end
        cli_helper.reply(connection, 422, { detail = "plugin 'z': z.lua:4: no", status = 422 })
      end)
      local code, out = run "list"
      assert.equal(0, code)
      assert.equal("● expiry  Ends shares.\n○ z       /z.lua\n  set aside: z.lua:3: boom\\x1B[2J\n", out)
      assert.equal("expiry", json.decode((select(2, run("list", "--json"))))[1].name)
      local _, _, err = run("reload", "a b")
      assert.equal("a b: read again\n", err)
      code, _, err = run("reload", "z")
      assert.equal(1, code)
      assert.equal("btshare: plugin 'z': z.lua:4: no\n", err)
      server.close()
    end)
  end)

  it("says which words an action takes", function()
    for words, message in pairs {
      [{ "new" }] = "btshare plugin new: of which plugin?", [{ "list", "x" }] = "btshare plugin list: takes no name",
      [{ "check", "x", "--in", "y" }] = "--in belongs to btshare plugin new", [{ "mend" }] = "plugin",
    } do
      local code, _, err = run(table.unpack(words))
      assert.equal(2, code)
      assert.matches(message, err, 1, true)
    end
  end)
end)
