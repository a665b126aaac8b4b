-- A thousand reloads leave nothing behind: no memory, no descriptors, no threads, nothing that is answered twice.
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
local place_module = require "place"
local uv = require "luv"

-- Uses all that a plugin can open, holds some memory, and has tasks that wait.
local everything = [[
local types = require "btshare.types"
local task = require "btshare.task"
local shares = require "btshare.shares"
local options = plugin:options { number = types.default(types.integer, 1) }
local kept = ("x"):rep(100000)
local runs = 0
plugin:on("share-open", function() runs = runs + 1 end)
plugin:on("share-ready", function() task.sleep(60000) end)
plugin:every("1h", function() print(#kept) end)
plugin:every(0.001, function() task.sleep(60000) end)
plugin:route("GET /everything", function() return { status = 200, body = tostring(options.number) } end)
plugin:route("GET /mine", function() return { status = 200 } end, { on = "console", scope = "read" })
plugin:command("everything", { summary = "Nothing." }, function() return "nothing" end)
plugin:panel { slot = "nav", title = "Everything", kind = "stats", data = function() return {} end }
plugin:defer(function() runs = 0 end)
plugin:bind(function()
  local waiting = task.spawn(function() task.sleep(60000) end)
  return function() waiting:cancel() end
end)
plugin:store("things")
]]

describe("a thousand reloads", function()
  local place, daemon, socket

  setup(function()
    place = place_module.open()
    place:put("a.txt", "content")
    place:write_plugin("everything", everything)
    place:write_plugin("other", "")
    daemon = place:start { config = 'plugin "everything" { number = 7 }\nplugin "other"' }
    daemon:ready "a.txt"
    local token = daemon:command({ "token", "me", "--scope", "read,admin" }):match("%S+")
    local port = tonumber(daemon:find("started").console:match(":(%d+)/"))
    socket = client.connect { port = port }
    socket.head = "Host: 127.0.0.1:" .. port .. "\r\nAuthorization: Bearer " .. token .. "\r\n"
  end)

  teardown(function()
    socket:close()
    daemon:stop()
    place:close()
  end)

  local function ask(method, path)
    socket:send(("%s %s HTTP/1.1\r\n%sContent-Length: 0\r\n\r\n"):format(method, path, socket.head))
    return socket:response()
  end

  local function reload(count, status)
    for _ = 1, count do assert.equal(status, ask("POST", "/api/v1/reload").status) end
  end

  local function count_in(folder)
    local count = 0
    for _ in uv.fs_scandir_next, uv.fs_scandir(("/proc/%d/%s"):format(daemon.process.pid, folder)) do
      count = count + 1
    end
    return count
  end

  local function measure()
    local status = json.decode(ask("GET", "/api/v1/status").body)
    return { fds = count_in "fd", threads = count_in "task", memory = status.memory, plugins = #status.plugins }
  end

  it("leave no memory, descriptors or threads behind, also where they are refused", function()
    reload(150, 200)
    local before = measure()
    reload(750, 200)
    place:write_plugin("other", "plugin:on(")
    reload(200, 422)
    place:write_plugin("other", "")
    reload(50, 200)
    local after = measure()
    print(("# memory before %.1f MB, after %.1f MB"):format(before.memory / 1e6, after.memory / 1e6))
    assert.equal(before.fds, after.fds)
    assert.equal(before.threads, after.threads)
    assert.equal(before.plugins, after.plugins)
    -- Each form of the plugin holds 100 kB: a thousand of them would be 100 MB.
    assert.is_true(after.memory - before.memory < 20e6, after.memory - before.memory)
    assert.equal("7", client.get({ port = place:port() }, "/everything").body)
    assert.equal("", daemon.process.errors:match("traceback") or "")
    helper.wait_for(function() return daemon:count "reloaded" == 950 end)
  end)
end)
