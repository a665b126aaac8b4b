-- What tests of plugins rely on: that time, files, servers, programs and panels are played as the real ones behave.
local bytecode = require "btshare.harness.bytecode"
local helper = require "helper"
local runner = require "btshare.harness.runner"
local task = require "btshare.task"
local uv = require "luv"

describe("the harness", function()
  local folder

  before_each(function() folder = helper.folder() end)
  after_each(function()
    helper.remove(folder)
    uv.run "nowait"
  end)

  -- Runs one test of a plugin; gives why it failed.
  local function run(plugin, test)
    helper.write(folder .. "/x.lua", "local plugin = ...\n" .. plugin)
    helper.write(folder .. "/x_test.lua", 'local test = ...\ntest("x", function(fake)\n' .. test .. "\nend)")
    local failure, message
    local job = task.spawn(function()
      local passed
      passed, message = runner.run(folder .. "/x.lua", folder .. "/x_test.lua", function(result)
        failure = result.message and table.concat({ result.message, result.trace }, "\n")
      end)
      if passed then message = nil end
    end)
    while not job:has_ended() do uv.run "once" end -- no timer: time stands still
    return failure or message
  end

  local function passes(plugin, test)
    assert.is_nil(run(plugin, test))
  end

  it("has time go on only as the test says, for timers, tasks and clocks alike", function()
    passes([[
      local task, time = require "btshare.task", require "btshare.time"
      local began = time.now()
      plugin:every("10m", function() plugin:log("info", "tick %d %d", time.now() - began, os.time() - began) end)
      plugin:on("stopping", function()
        task.sleep(90000)
        plugin:log("info", "slept until %s", os.date("%H:%M:%S"))
      end)
    ]], [[
      fake:load()
      fake:tell "stopping"
      fake:advance "89s"
      assert(not fake:logged "slept")
      fake:advance(1)
      assert(fake:logged "slept until 12:01:30")
      fake:advance "30m"
      assert(fake:logged "tick 600 600" and fake:logged "tick 1800 1800")
      fake:at "23:30"
      assert(fake:logged("tick 41400 41400"))
      fake:at "2026-01-07 00:00"
      assert(fake:now() == os.time { year = 2026, month = 1, day = 7, hour = 0 })
    ]])
    assert.is_true(math.abs(os.time() - uv.gettimeofday()) <= 1) -- the system's again
    local timer = uv.new_timer()
    assert.equal("userdata", type(timer))
    timer:close()
    assert.matches("time only goes on", run("", 'fake:at "2020-01-01 00:00"'))
    assert.matches("is no time such as", run("", 'fake:at "noon"'))
  end)

  it("reads files of the test's own, by what really reads files", function()
    passes([[
      local fs = require "btshare.fs"
      local options = plugin:options { where = "/" }
      plugin:on("stopping", function()
        plugin:log("info", "read: %s", fs.read(options.where, "a/note.txt"))
        local _, message, code = fs.read(options.where, "../x.lua")
        plugin:log("info", "out: %s", code)
      end)
    ]], [[
      fake:file("a/note.txt", "hello")
      fake:load { where = fake.folder }
      fake:tell "stopping"
      assert(fake:logged "read: hello" and fake:logged "out: denied")
    ]])
    assert.matches("is not in the folder", run("", 'fake:file("../x", "")'))
  end)

  it("checks what is asked of servers and programs as the real ones do, and lets nothing out", function()
    passes([[
      local http, process = require "btshare.http", require "btshare.process"
      plugin:on("stopping", function()
        local answer = http.fetch { url = "http://192.0.2.1:1/x", headers = { ["X-A"] = "b" }, body = "c" }
        plugin:log("info", "%d %s %s", answer.status, answer.headers["x-z"], answer.body)
        local _, message, code = process.run { "false-program", "-v", input = "i", timeout = "1s" }
        plugin:log("info", "%s (%s)", message, code)
      end)
    ]], [[
      fake:on_fetch(function(request)
        assert(request.method == "POST" and request.headers["X-A"] == "b" and request.body == "c")
        return { status = 201, headers = { ["X-Z"] = "y" }, body = "made" }
      end)
      fake:on_run(function(command) return nil, command[1] .. ": there is no such program", "missing" end)
      fake:tell "stopping"
      assert(fake:logged "201 y made" and fake:logged "false-program: there is no such program (missing)")
      assert(fake.runs[1].input == "i")
    ]])
    local plugin = 'plugin:on("stopping", function() require "btshare.%s end)'
    assert.matches("its 'timeout' must", run(plugin:format('http".fetch { url = "http://x", timeout = "soon" }'),
      'fake:tell "stopping"'))
    assert.matches("its 'tmeout' is unknown", run(plugin:format('process".run { "x", tmeout = "1s" }'),
      'fake:tell "stopping"'))
    assert.matches("x_test.lua:3: no", run(plugin:format('http".fetch { url = "http://x.example" }'),
      'fake:on_fetch(function() error "no" end) fake:tell "stopping"'))
  end)

  it("shows the words of a panel as the console would draw them", function()
    passes([[
      plugin:panel { slot = "nav", title = "Words", kind = "html", data = function()
        return "<p>a<script>b</script> <b>c</b></p>"
      end }
    ]], [[
      local paragraph = fake:panel("Words").markup[1]
      assert(paragraph.tag == "p" and paragraph.children[1] == "a " and paragraph.children[2].children[1] == "c")
    ]])
  end)

  it("shows panels, presses their buttons and sends forms", function()
    passes([[
      local name = "Paul"
      plugin:panel { slot = "nav", title = "Who", kind = "form",
        data = function() return { fields = { { name = "who", kind = "text", value = name } } } end,
        submit = function(values) name = values.who return "hello " .. name end,
        actions = { forget = { fn = function() name = "" end } } }
    ]], [[
      assert(fake:panel("Who").fields[1].value == "Paul")
      assert(fake:submit("Who", { who = "Ana" }).message == "hello Ana")
      assert(fake:panel("who").fields[1].value == "Ana")
      assert(fake:press("Who", "forget"))
      assert(fake:panel("who").fields[1].value == "")
      local done, message = fake:submit("Who", { age = 5 })
      assert(not done and message:find("is no field", 1, true))
    ]])
    assert.matches("x_test.lua:3: the plugin has no panel 'Who'", run("", 'fake:panel "Who"'))
    assert.matches("x_test.lua:3: the plugin has no command 'go'", run("", 'fake:command "go"'))
  end)

  it("plays shares, and what else the test plays", function()
    passes([[
      local shares = require "btshare.shares"
      plugin:on("stopping", function()
        for _, share in ipairs(shares.list()) do
          share.name = "changed" -- a copy
          shares.set_expiry(share.id, 5)
        end
        for _, share in ipairs(shares.overdue()) do shares.expire(share.id) end
      end)
    ]], [[
      local share = fake:share { name = "a" }
      fake:tell "stopping"
      assert(share.state == "expired" and share.name == "a" and not share.link)
      assert(#fake:facts "share-updated" == 1 and #fake:facts "share-expired" == 1)
      local other = fake:share()
      fake:play("shares.overdue", function() return {} end)
      fake:tell "stopping"
      assert(other.state == "ready")
    ]])
  end)

  it("gives each test a BTshare of its own, and leaves nothing behind", function()
    helper.write(folder .. "/x.lua", [[local plugin = ...
      local store = plugin:store "x"
      plugin:every(1, function() end)
      plugin:on("stopping", function() store.set("n", (store.get "n" or 0) + 1) end)]])
    helper.write(folder .. "/x_test.lua", [[local test = ...
      for _ = 1, 3 do
        test("is new", function(fake)
          fake:file("x", "y")
          fake:tell "stopping"
          assert(fake:store("x").n == 1)
        end)
      end]])
    local before = #assert(io.popen("ls -d /tmp/btshare-test-* 2>/dev/null"):read "a")
    local passed
    local job = task.spawn(function()
      passed = runner.run(folder .. "/x.lua", folder .. "/x_test.lua", function() end)
    end)
    while not job:has_ended() do uv.run "once" end -- no timer: time stands still
    assert.equal(3, passed)
    assert.equal(before, #assert(io.popen("ls -d /tmp/btshare-test-* 2>/dev/null"):read "a"))
  end)
end)

describe("the names that a file takes from outside", function()
  local function names(text)
    local list = {}
    for _, use in ipairs(bytecode.globals(assert(load(text)))) do
      list[#list + 1] = ("%d:%s%s"):format(use.line, use.name, use.is_set and "=" or "")
    end
    return table.concat(list, " ")
  end

  it("are found with their lines", function()
    assert.equal("", names "local a = 1 return function() return a end")
    assert.equal("1:a= 2:b 3:c 3:c.d", names "a = 1\nlocal x = b\nreturn function() return c.d end")
    assert.equal("", names "local string = {} return string.x")
    assert.equal("1:f 3:g", names "f(\n'x',\ng())")
  end)

  it("also in long files, and deep inside", function()
    local lines = {}
    for index = 1, 3000 do lines[index] = ("local function f%d() return x.y end"):format(index % 100) end
    local text = "do " .. table.concat(lines, "\nend do ", 1, 900) .. "\nend\n" .. ("\n"):rep(5000) .. "late()"
    local found = names(text)
    assert.matches("899:x 899:x.y", found, 1, true)
    assert.matches(" 5902:late$", found)
    assert.equal("2:deep", names("return " .. ("function() return "):rep(50) .. "\ndeep" .. (" end"):rep(50)))
  end)
end)
