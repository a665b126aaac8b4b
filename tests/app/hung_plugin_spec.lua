-- A plugin that hangs where nothing can interrupt it, until somebody ends the program: the third time in a row it is
-- out.
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
local place_module = require "place"

describe("a plugin that hangs in C", function()
  local place

  before_each(function()
    place = place_module.open()
    place:put("a.txt", "content")
  end)
  after_each(function() place:close() end)

  -- Some hours of work inside string.find.
  local hang = [[local function hang() return ("a"):rep(100):find((".-"):rep(40) .. "b") end
]]
  local config = 'plugin "stuck"\nplugin "fine"\n'

  local function holder()
    local file = io.open(place.state .. "/holding")
    local text = file and file:read("a")
    if file then file:close() end
    return text ~= "" and text or nil
  end

  -- Starts, waits until it hangs, and ends it as a service manager does.
  local function run_until_killed()
    local daemon = place:spawn { config = config }
    helper.wait_for(function()
      return daemon.process.errors:find("held everything up for", 1, true) and holder()
    end, 60, "the plugin that hangs")
    assert.equal("plugin stuck", holder())
    daemon:crash()
  end

  -- As if that had been the end of the last run.
  local function pretend()
    helper.write(place.state .. "/holding", "plugin stuck")
  end

  local function says(daemon, text)
    return daemon:find("notice", function(event) return event.message:find(text, 1, true) end) ~= nil
  end

  it("is set aside at the fourth start, answered no for, and let in again by its owner", function()
    place:write_plugin("fine", 'plugin:route("GET /fine", function() return { status = 200, body = "fine" } end)')
    place:write_plugin("stuck", hang .. [[
plugin:on("share-open", function() return true end)
plugin:on("started", hang)
]])
    run_until_killed()
    place:write_plugin("stuck", 'plugin:on("share-open", function() return true end)')
    for _ = 1, 2 do
      local daemon = place:start { config = config }
      assert.is_true(says(daemon, "plugin stuck held everything up when BTshare was ended"))
      daemon:stop()
      assert.is_nil(holder())
      pretend()
    end
    local daemon = place:start { config = config }
    assert.is_true(says(daemon, "plugin stuck is set aside: it held everything up until BTshare was ended"))
    assert.equal("fine", client.get({ port = place:port() }, "/fine").body)
    local path = place_module.path_of(daemon:list()[1].link) .. "/f/1/a.txt"
    assert.equal(503, client.get({ port = place:port() }, path).status)
    for _, one in ipairs(json.decode(daemon:command { "plugin", "list", "--json" })) do
      assert.equal(one.name ~= "stuck", one.is_running)
      if not one.is_running then assert.matches("btshare plugin reload stuck lets it in again", one.reason, 1, true) end
    end
    assert.matches("stuck.*set aside: it held everything up", daemon:command { "status" })
    -- It stays out however the program ended meanwhile, also while the file is read again, until its owner wants it.
    daemon:stop()
    daemon = place:start { config = config }
    assert.is_true(says(daemon, "plugin stuck is set aside"))
    daemon:command { "reload" }
    assert.equal(503, client.get({ port = place:port() }, path).status)
    daemon:command { "plugin", "reload", "stuck" }
    assert.equal("content", client.get({ port = place:port() }, path).body)
    daemon:stop()
    daemon = place:start { config = config }
    assert.is_false(says(daemon, "plugin stuck"))
    daemon:stop()
  end)

  it("is asked everything where it hangs before it has said what", function()
    place:write_plugin("fine", 'plugin:route("GET /fine", function() return { status = 200, body = "fine" } end)')
    place:write_plugin("stuck", 'error "not yet"')
    place:refused { config = config }
    for _ = 1, 2 do
      pretend()
      place:refused { config = config }
    end
    pretend()
    local daemon = place:start { config = config }
    assert.equal("fine", client.get({ port = place:port() }, "/fine").body)
    assert.is_true(says(daemon, "plugin stuck is set aside"))
    assert.same({}, daemon:list())
    daemon:stop()
  end)

  it("is not blamed where a run without it was between", function()
    place:write_plugin("fine", "")
    place:write_plugin("stuck", "")
    local daemon = place:start { config = config }
    for _, is_to_blame in ipairs { true, true, false, true, true } do
      daemon:stop()
      if is_to_blame then pretend() end
      daemon = place:start { config = config }
      assert.equal(is_to_blame, says(daemon, "the third time in a row"))
      assert.is_false(says(daemon, "is set aside: "))
    end
    daemon:stop()
  end)
end)
