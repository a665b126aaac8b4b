-- Law 1 from inside: neither a plugin nor the process itself can write into a shared folder.
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
local place_module = require "place"
local uv = require "luv"

local probe = [[
local found = {}
for _, name in ipairs { "io", "debug", "package", "load", "loadstring", "loadfile", "dofile", "collectgarbage" } do
  if _G[name] ~= nil then found[#found + 1] = name end
end
for _, name in ipairs { "execute", "remove", "rename", "tmpname", "exit", "setlocale" } do
  if os[name] ~= nil then found[#found + 1] = "os." .. name end
end
for _, name in ipairs { "luv", "io", "os", "core.engine", "core.sqlite", "btshare.library", "btshare.store" } do
  if pcall(require, name) then found[#found + 1] = "require " .. name end
end
if getmetatable("") ~= nil then found[#found + 1] = "the metatable of strings" end
plugin:route("GET /found", function() return { status = 200, body = "found:" .. table.concat(found, ",") } end)
]]

describe("a plugin", function()
  it("has nothing to write with, in a process that may not write there", function()
    local place = place_module.open()
    place:write_plugin("probe", probe)
    place:put("a.txt", "a")
    local daemon = place:start { config = 'plugin "probe"' }
    assert.equal("found:", client.get({ port = place:port() }, "/found").body)
    local status = json.decode(daemon:command { "status", "--json" })
    assert.is_truthy(status.sandbox:find("^Landlock, ABI %d"), status.sandbox)
    for thread in uv.fs_scandir_next, uv.fs_scandir(("/proc/%d/task"):format(daemon.process.pid)) do
      local text = helper.read(("/proc/%d/task/%s/status"):format(daemon.process.pid, thread))
      assert.equal("1", text:match("NoNewPrivs:%s*(%d)"))
    end
    daemon:stop()
    place:close()
  end)
end)

describe("a program that a plugin runs", function()
  it("may not write into a shared folder either, and gains no rights", function()
    local place = place_module.open()
    place:write_plugin("runner", [[
      local json = require "btshare.json"
      local process = require "btshare.process"
      local reply = require "btshare.reply"
      local options = plugin:options { share = "" }
      plugin:route("GET /run", function()
        local inside = process.run { "sh", "-c", 'echo x >"$1/new"; echo y >"$1/a.txt"; rm "$1/a.txt"', "sh",
          options.share }
        local status = process.run { "grep", "NoNewPrivs", "/proc/self/status" }
        return reply.text(200, json.encode { inside = inside, status = status })
      end)
    ]])
    place:put("a.txt", "a")
    local daemon = place:start { config = ('plugin "runner" { share = %q }'):format(place.share) }
    local told = json.decode(client.get({ port = place:port() }, "/run").body)
    assert.is_true(told.inside.status ~= 0)
    assert.equal("NoNewPrivs:\t1\n", told.status.output)
    assert.equal("a", helper.read(place.share .. "/a.txt"))
    assert.is_nil(uv.fs_stat(place.share .. "/new"))
    daemon:stop()
    place:close()
  end)
end)

describe("the write lock, taken as btshare takes it", function()
  it("refuses every kind of change below a shared folder, and lets the state be written", function()
    local place = place_module.open()
    place:put("a.txt", "a")
    uv.fs_mkdir(place.state, 448)
    local here = debug.getinfo(1, "S").source:match("^@(.*)/")
    local process = require "support.process"
    local output = process.run({
      uv.exepath(), here .. "/inside_lock.lua", place.state, place.share,
    }, { home = place.home })
    assert.equal("ok\n", output)
    assert.equal("a", helper.read(place.share .. "/a.txt"))
    place:close()
  end)
end)
