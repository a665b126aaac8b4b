-- What `btshare config check` says of a configuration, and that the start says the same.
local helper = require "helper"
local place_module = require "place"
local uv = require "luv"

describe("config check", function()
  local place, file

  before_each(function()
    place = place_module.open()
    file = place.home .. "/config.lua"
  end)
  after_each(function() place:close() end)

  local function check(text)
    helper.write(file, text)
    local ended = place:run { "config", "check", "--config", file, "--state", place.state }
    local list = {}
    for line in ended.errors:gmatch("[^\n]+") do list[#list + 1] = line end
    return ended.code, list, ended.output
  end

  it("names a console that others could reach, as the start does", function()
    local code, list = check 'name = "Paul"\nconsole = "0.0.0.0:8701"'
    assert.equal(64, code)
    assert.equal(1, #list)
    assert.equal(file .. ":2: console 0.0.0.0: may only be on this machine (127.0.0.1 or ::1)", list[1])
    local refused = place:run { place.share, "--state", place.state, "--config", file }
    assert.equal(64, refused.code)
    assert.is_truthy(refused.errors:find("console 0.0.0.0: may only be on this machine", 1, true), refused.errors)
  end)

  it("names every plugin that would not load, each with its line", function()
    place:write_plugin("broken", "plugin:on(")
    place:write_plugin("monday", "error('it is Monday')")
    local code, list = check 'plugin "expiri"\nplugin "broken"\n\nplugin "monday"\nplugin "expiry" { afterr = "3d" }'
    assert.equal(78, code)
    assert.equal(4, #list, table.concat(list, "\n"))
    for index, wanted in ipairs {
      { 1, "expiry" }, { 2, "broken.lua:2:" }, { 4, "it is Monday" }, { 5, "afterr" },
    } do
      assert.is_truthy(list[index]:find(("%s:%d: plugin "):format(file, wanted[1]), 1, true), list[index])
      assert.is_truthy(list[index]:find(wanted[2], 1, true), list[index])
    end
  end)

  it("names folders that cannot be shared, and everything else with them", function()
    local code, list = check 'plugin "expiri"\nshare "/"\nconsole = "192.0.2.1:8701"'
    assert.equal(64, code)
    assert.equal(3, #list, table.concat(list, "\n"))
    assert.is_truthy(list[1]:find(file .. ":1: plugin", 1, true), list[1])
    assert.is_truthy(list[2]:find(file .. ":2: share: /: would share the whole system", 1, true), list[2])
    assert.is_truthy(list[3]:find(file .. ":3: console", 1, true), list[3])
    code, list = check 'share "/"'
    assert.equal(78, code)
    assert.equal(1, #list, table.concat(list, "\n"))
  end)

  it("says all of it at once, what is misspelt and what would not load", function()
    local code, list = check 'nmae = "Paul"\nplugin "expiri"\nshare "/"'
    assert.equal(78, code)
    assert.equal(3, #list, table.concat(list, "\n"))
    for index, wanted in ipairs { ":1: ", ":2: plugin ", ":3: share: /:" } do
      assert.is_truthy(list[index]:find(file .. wanted, 1, true), list[index])
    end
    code, list = check 'name = = "Paul"'
    assert.equal(78, code)
    assert.equal(1, #list, table.concat(list, "\n"))
  end)

  it("says as a start does all of every kind at once, in the order of the lines", function()
    local lines = {
      'plugin "expiry" { afterr = "3d" }', ("inbox = %q"):format(place.share .. "/in"), "prot = 3", 'share "/"',
      'plugin "expiri"', 'limits { up = "fast" }', ("share %q"):format(place.share), 'console = "0.0.0.0:8701"',
    }
    local wrong = { 2, 3, 4, 5, 6, 7, 9 } -- all but the share that the inbox is in
    local text = "map_ports = false\n" .. table.concat(lines, "\n")
    local code, list = check(text)
    assert.equal(64, code)
    assert.equal(#wrong, #list, table.concat(list, "\n"))
    for index, line in ipairs(wrong) do
      assert.equal(("%s:%d:"):format(file, line), list[index]:match("^%S+"))
    end
    local started = place:run { "--state", place.state, "--config", file, "--public", "127.0.0.1:0" }
    assert.equal(64, started.code)
    assert.equal(table.concat(list, "\n") .. "\n", started.errors)
    lines[#lines] = nil
    code = check("map_ports = false\n" .. table.concat(lines, "\n"))
    assert.equal(78, code)
    started = place:run { "--state", place.state, "--config", file, "--public", "127.0.0.1:0" }
    assert.equal(78, started.code)
    assert.is_nil(uv.fs_stat(place.state))
  end)

  it("names mistakes of the file and of plugins together, one that follows from another only once", function()
    local code, list = check 'nme = 1\nplugin "expiri"\nplugin "password" { for_all = file "none" }'
    assert.equal(78, code)
    assert.equal(3, #list, table.concat(list, "\n"))
    assert.is_truthy(list[1]:find(":1: setting 'nme' is unknown", 1, true), list[1])
    assert.is_truthy(list[2]:find(":2: plugin 'expiri'", 1, true), list[2])
    assert.is_truthy(list[3]:find(":3: file: ", 1, true), list[3])
  end)

  it("names every wrong option of a shipped plugin, before that is loaded", function()
    local _, list = check('plugin "index" { path = "list", per_page = 0 }\nplugin "metrics" { path = "m" }\n' ..
      'plugin "tracker" { interval = "1s", peers = 0 }')
    assert.equal(5, #list, table.concat(list, "\n"))
    for index, name in ipairs { "path", "per_page", "path", "interval", "peers" } do
      assert.is_truthy(list[index]:find(("option '%s' must be "):format(name), 1, true), list[index])
    end
  end)

  it("opens nothing and does nothing", function()
    place:write_plugin("busy", [[
      local shares = require "btshare.shares"
      local store = plugin:store "state"
      assert(#shares.list() == 0 and shares.get("x") == nil and store.get("y") == nil)
      plugin:bind(function() error("was opened") end)
      plugin:route("GET /busy", function() end)
      plugin:every("1s", function() end)
    ]])
    local code, list, output = check 'plugin "busy"\nplugin "expiry" { after = "30d" }\nshare "/nowhere at all"'
    assert.same({ file .. ":3: share: /nowhere at all: no such folder; looking for it every 5 s" }, list)
    assert.equal(0, code)
    assert.equal(file .. ": ok", output:match("([^\n]*)\n$"))
    assert.is_nil(uv.fs_stat(place.state))
  end)

  it("notes folders that are not there, as the start does", function()
    local lines = ("share %q\nuploads = %q\ndownloads = %q\ninbox = %q"):format(place.folder .. "/disk",
      place.folder .. "/none", place.folder .. "/none/received", place.folder .. "/in")
    local code, list, output = check("map_ports = false\n" .. lines)
    assert.equal(0, code)
    assert.equal(file .. ": ok", output:match("([^\n]*)\n$"))
    local wanted = {
      (":2: share: %s/disk: no such folder; looking for it every 5 s"):format(place.folder),
      (":3: uploads: %s/none: is not a folder that is there; nothing can be dropped"):format(place.folder),
      (":4: downloads: %s/none/received: no such folder; make it, or write downloads = \"~/Dir\" into config.lua, and "
        .. "start again"):format(place.folder),
    }
    for index, one in ipairs(wanted) do assert.equal(file .. one, list[index]) end
    assert.equal(#wanted, #list)
    local daemon = place:start({ config = lines })
    for _, one in ipairs(wanted) do
      daemon:wait("notice", function(event) return event.message == file .. one end)
    end
    daemon:stop()
    assert.is_nil(uv.fs_stat(place.folder .. "/none"))
  end)

  it("says what a start would of folders that are shared inside others", function()
    local inner = place.share .. "/inner"
    uv.fs_mkdir(inner, 493)
    local code, list = check(("share %q\nshare %q"):format(inner, place.share))
    assert.equal(78, code)
    assert.same({ ("%s:2: share: %s: is inside %s, which is shared already"):format(file, inner, place.share) }, list)
  end)

  it("looks at the plugins that are on by default, also without a file", function()
    place:write_plugin("tracker", "error('no tracker today')")
    local ended = place:run { "config", "check", "--state", place.state }
    assert.equal(78, ended.code, ended.output)
    assert.is_truthy(ended.errors:find("btshare: plugin 'tracker': ", 1, true), ended.errors)
  end)
end)
