-- What the README prints of Lua, used as it is printed: its plugin in a BTshare that shares, and its config.lua.
local helper = require "helper"
local host = require "core.host"
local json = require "dkjson"
local place_module = require "place"
local process = require "support.process"

local readme = helper.read(host.data .. "/README.md")

-- The block of Lua that begins with a line.
local function block(first_line)
  local from = assert(readme:find("```lua\n" .. first_line, 1, true), first_line)
  return assert(readme:match("^```lua\n(.-)```", from))
end

describe("the README", function()
  local place

  setup(function() place = place_module.open() end)

  teardown(function() place:close() end)

  it("has a plugin that refuses what is too large, which everybody is told", function()
    local text = block "-- No giants"
    place:write_plugin("no-giants", assert(text:match("\nlocal plugin = %.%.%.\n(.*)$")))
    place:put("giant.bin", "12345")
    place:put("small.bin", "1234")
    local daemon = place:start { config = 'plugin "no-giants" { most = "4B" }\n' }
    local share = daemon:ready "small.bin"
    local skipped = daemon:wait("entry-skipped", function(event) return event.path == "giant.bin" end)
    assert.equal("too large", skipped.reason) -- its name is said beside it
    helper.wait_for(function()
      return json.decode(daemon:command { "status", "--json" }).roots[1].skipped == 1
    end, 10, "the giant among what is left out")
    assert.equal(1, #daemon:list())
    local added = daemon:try { "add", place.share .. "/giant.bin" }
    assert.same({ 5, "btshare: giant.bin: too large\n" }, { added.code, added.errors })
    assert.equal("1234", process.run { "curl", "-sS", share.link .. "/f/1/small.bin" })
    helper.wait_for(function() return daemon.process.errors:find("has small.bin", 1, true) end, 10, "the log")
    helper.write(place.home .. "/config.lua", 'map_ports = false\nplugin "no-giants" { most = "5B" }\n')
    daemon:command { "reload" }
    daemon:ready "giant.bin"
    assert.equal(0, json.decode(daemon:command { "status", "--json" }).roots[1].skipped)
    daemon:stop()
  end)

  it("has a config.lua without a mistake", function()
    local file = place.folder .. "/readme.lua"
    helper.write(file, block 'name = "Paul"')
    local checked = place:run { "config", "check", "--config", file }
    assert.equal(0, checked.code, checked.output)
  end)
end)
