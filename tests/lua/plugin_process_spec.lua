-- btshare.process and btshare.fs as plugins have them.
local helper = require "helper"
local plugin_bench = require "plugin_bench"
local task = require "btshare.task"
local uv = require "luv"

-- Whether a process is there, a zombie being none.
local function is_alive(pid)
  local file = io.open(("/proc/%d/stat"):format(pid))
  local state = file and file:read("a"):match("%) (%u)")
  if file then file:close() end
  return state ~= nil and state ~= "Z"
end

describe("btshare.process", function()
  local bench, folder

  before_each(function() bench, folder = plugin_bench.open(), helper.folder() end)
  after_each(function()
    bench:close()
    helper.remove(folder)
  end)

  local function run(command)
    local api = bench:api("process")
    return bench:wait(api.run, command)
  end

  it("runs a list of words, without a shell, and gives what came of it", function()
    assert.same({ status = 0, output = "$HOME; echo *\n", errors = "" }, run { "echo", "$HOME; echo *" })
    assert.same({ status = 3, output = "out", errors = "err" },
      run { "sh", "-c", "printf out; printf err >&2; exit 3" })
    assert.same({ status = 0, signal = 9, output = "", errors = "" }, run { "sh", "-c", "kill -9 $$" })
    assert.same({ status = 0, output = "a\0b", errors = "" }, run { "cat", input = "a\0b" })
    local large = ("x"):rep(900000)
    assert.equal(large, run({ "cat", input = large }).output)
    assert.equal(0, run({ "true", input = large }).status) -- who does not read what it is given
  end)

  it("gives it a small environment, and what is asked for", function()
    local lines = {}
    for line in run({ "env", environment = { KEY = "a=b" } }).output:gmatch("[^\n]+") do
      lines[line:match("^[^=]+")] = line:match("=(.*)")
    end
    assert.equal("a=b", lines.KEY)
    assert.equal(os.getenv("PATH"), lines.PATH)
    assert.is_nil(lines.NOTIFY_SOCKET)
    assert.equal("/\n", run({ "pwd" }).output)
  end)

  it("ends what takes too long, with all that it began", function()
    local began = uv.hrtime()
    local result, message, code = run {
      "sh", "-c", "sleep 100 & echo $! >" .. folder .. "/pid; wait", timeout = "0.3s",
    }
    assert.is_nil(result)
    assert.same({ "sh: did not end within 0.3 s", "busy" }, { message, code })
    assert.is_true(uv.hrtime() - began < 20e9)
    local pid = math.tointeger(tonumber(helper.read(folder .. "/pid")))
    helper.wait_for(function() return not is_alive(pid) end, 5, "the end of its child")
    began = uv.hrtime()
    assert.equal("busy", select(3, run { "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done", timeout = "0.2s" }))
    assert.is_true(uv.hrtime() - began < 20e9)
  end)

  it("ends what writes too much", function()
    local result, message, code = run { "yes", limit = "64KiB" }
    assert.is_nil(result)
    assert.same({ "yes: wrote more than 65536 bytes", "full" }, { message, code })
  end)

  it("does not wait for what was left behind with its output", function()
    local began = uv.hrtime()
    assert.equal("done\n", run({ "sh", "-c", "sleep 100 & echo done" }).output)
    assert.is_true(uv.hrtime() - began < 20e9)
  end)

  it("says what cannot be run", function()
    assert.same({ nil, "no-such-program: there is no such program", "missing", n = 3 },
      table.pack(run { "no-such-program" }))
    helper.write(folder .. "/data", "")
    assert.same({ nil, folder .. "/data: may not be run", "denied", n = 3 }, table.pack(run { folder .. "/data" }))
  end)

  it("is told its misuses with the line of the plugin", function()
    for text, expected in pairs {
      ["process.run 'ls'"] = "x.lua:5: process.run: a list of words is wanted$",
      ["process.run {}"] = "x.lua:5: process.run: the program's name is wanted$",
      ["process.run { 'ls', 5 }"] = "x.lua:5: process.run: number 2 of its words must be a text without zeros$",
      ["process.run { 'ls', timout = 5 }"] =
        "x.lua:5: process.run: its 'timout' is unknown, did you mean 'timeout'%?$",
      ["process.run { 'ls', environment = { ['A=B'] = 'c' } }"] =
        "its 'environment' must be a table of texts by name, and 'A=B' is none$",
      ["process.run { 'ls', timeout = '2h' }"] = "its 'timeout' must be from 0.001 to \"1h\"$",
    } do
      assert.matches(expected, (select(2, bench:load("x", "local process = require 'btshare.process'\n\n" .. text))))
    end
  end)

  it("ends it with the task that waits, and with the plugin", function()
    local function started(name) return helper.wait_for(function()
      local file = io.open(folder .. "/" .. name)
      local pid = file and file:read("n")
      if file then file:close() end
      return pid
    end, 10, "the program") end
    local command = "echo $$ >%s/%s; sleep 100; true"
    local api = bench:api("process")
    local job = task.spawn(function() api.run { "sh", "-c", command:format(folder, "one") } end)
    local pid = started "one"
    job:cancel()
    helper.wait_for(function() return not is_alive(pid) end, 5, "its end")
    assert(bench:load("y", ([[
      local process = require "btshare.process"
      plugin:on("share-ready", function() process.run { "sh", "-c", %q } end)
    ]]):format(command:format(folder, "two"))))
    bench.bus:tell("share-ready", {})
    pid = started "two"
    assert(bench.manager:unload "y")
    helper.wait_for(function() return not is_alive(pid) end, 5, "its end")
    assert.same({}, bench.logged)
  end)
end)

describe("btshare.fs", function()
  local bench, folder

  before_each(function()
    bench, folder = plugin_bench.open(), helper.folder()
    helper.write(folder .. "/secret", "secret")
    uv.fs_mkdir(folder .. "/in", 448)
    uv.fs_mkdir(folder .. "/in/sub", 448)
    helper.write(folder .. "/in/a.txt", "hello")
    helper.write(folder .. "/in/empty", "")
    assert(uv.fs_symlink("../secret", folder .. "/in/link"))
    assert(uv.fs_symlink("..", folder .. "/in/up"))
  end)
  after_each(function()
    bench:close()
    helper.remove(folder)
  end)

  local function call(name, ...)
    local api = bench:api("fs")
    return bench:wait(api[name], folder .. "/in", ...)
  end

  it("reads files beneath a folder, and nothing else", function()
    assert.equal("hello", call("read", "a.txt"))
    assert.equal("", call("read", "empty"))
    for path, expected in pairs {
      ["link"] = { "link: symbolic link, not followed", "denied" },
      ["up/secret"] = { "up/secret: symbolic link, not followed", "denied" },
      ["../secret"] = { "../secret: leads out of its folder", "denied" },
      ["/etc/passwd"] = { "/etc/passwd: leads out of its folder", "denied" },
      ["none"] = { "none: no such file or directory", "missing" },
      ["sub"] = { "sub: is not a file", "invalid" },
    } do
      local content, message, code = call("read", path)
      assert.is_nil(content)
      assert.same(expected, { message:gsub("No such", "no such"), code }, path)
    end
    local content, message, code = call("read", "a.txt", { limit = 4 })
    assert.same({ "a.txt: has more than 4 bytes", "full" }, { message, code })
    assert.is_nil(content)
    assert.equal("hello", call("read", "a.txt", { limit = 5 }))
  end)

  it("does not wait for who writes into a pipe", function()
    os.execute("mkfifo " .. folder .. "/in/pipe")
    assert.equal("pipe: is not a file", select(2, call("read", "pipe")))
  end)

  it("lists, and tells what a path is", function()
    local names = {}
    for index, entry in ipairs(call("list")) do names[index] = entry.name .. " " .. entry.kind end
    assert.same({ "a.txt file", "empty file", "link other", "sub folder", "up other" }, names)
    assert.same({}, call("list", "sub"))
    assert.equal("missing", select(3, call("list", "none")))
    assert.equal("denied", select(3, call("list", "up")))
    assert.equal("invalid", select(3, call("list", "a.txt")))
    local facts = call("stat", "a.txt")
    assert.same({ "file", 5 }, { facts.kind, facts.size })
    assert.is_true(math.abs(facts.modified - os.time()) < 60)
    assert.equal("folder", call("stat", "").kind)
    assert.equal("denied", select(3, call("stat", "link")))
  end)

  it("is told its misuses with the line of the plugin", function()
    for text, expected in pairs {
      ["fs.read('x', 'y')"] = "x.lua:5: fs.read: the folder must be an absolute path$",
      ["fs.read('/x')"] = "x.lua:5: fs.read: the path must be a text$",
      ["fs.read('/x', 'y', { limt = 3 })"] = "x.lua:5: fs.read: option 'limt' is unknown, did you mean 'limit'%?$",
      ["fs.list('/x', 5)"] = "x.lua:5: fs.list: the path must be a text$",
      ["fs.stat(nil)"] = "x.lua:5: fs.stat: the folder must be an absolute path$",
    } do
      assert.matches(expected, (select(2, bench:load("x", "local fs = require 'btshare.fs'\n\n" .. text))))
    end
  end)

  it("gives up with the plugin that waits", function()
    assert(bench:load("y", ([[
      local fs = require "btshare.fs"
      plugin:on("share-ready", function()
        for _ = 1, 20 do fs.read(%q, "a.txt") end
        shares.note "read"
      end)
    ]]):format(folder .. "/in")))
    bench.bus:tell("share-ready", {})
    assert(bench.manager:unload "y")
    bench:wait(function() task.sleep(50) end)
    assert.same({}, bench.seen)
    assert.same({}, bench.logged)
  end)
end)
