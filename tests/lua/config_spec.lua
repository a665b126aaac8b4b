local config = require "btshare.config"
local helper = require "helper"
local log = require "btshare.log"
local task = require "btshare.task"

describe("config.lua", function()
  local folder, path
  before_each(function()
    folder = helper.folder()
    path = folder .. "/config.lua"
  end)
  after_each(function() helper.remove(folder) end)

  local function load_text(text, options)
    helper.write(path, text)
    return config.load(path, options or { home = "/home/paul" })
  end

  -- The mistakes of a text, each without the file's path.
  local function mistakes(text, options)
    local settings, list, code = load_text(text, options)
    assert.is_nil(settings)
    assert.equal("invalid", code)
    for index, mistake in ipairs(list) do
      if mistake:sub(1, #path + 1) == path .. ":" then list[index] = mistake:sub(#path + 2) end
    end
    return list
  end

  it("may be absent", function()
    local settings = config.load(nil)
    assert.same({ address = "127.0.0.1", port = 8701 }, settings.console)
    assert.same({ address = "0.0.0.0", port = 8702 }, settings.public)
    assert.is_true(settings.map_ports)
    assert.same({}, settings.trackers)
    assert.is_true(settings.sandbox)
    assert.equal("prefer", settings.obfuscation)
    assert.same({ up = 0, down = 0 }, settings.limits)
    assert.same({}, settings.shares)
    assert.is_nil(settings.port)
  end)

  it("that is empty is the defaults, which are made anew each time", function()
    local settings = load_text ""
    assert.equal(folder .. "/config.lua", settings.file)
    settings.file = nil
    assert.same(config.load(nil), settings)
    settings.ignore[1] = "changed"
    assert.equal(".*.??????", config.load(nil).ignore[1])
  end)

  it("that is named but missing is a mistake", function()
    local settings, list, code = config.load(folder .. "/none.lua")
    assert.is_nil(settings)
    assert.equal("invalid", code)
    assert.same({ folder .. "/none.lua: cannot be read (no such file or directory)" }, list)
  end)

  it("says all that it can say", function()
    helper.write(folder .. "/secret.txt", "open sesame\n")
    local settings = assert(load_text [[
      name = "Paul"
      share "~/Public"
      share { "~/Films", exposure = "public", format = "hybrid", piece_length = "1MiB", name = "F", ignore = { "*.n" } }
      share "films"
      ignore { "*.xyz" }
      console = "127.0.0.1:9701"
      public = "[::]:9702"
      port = 51413
      limits { up = "2M" }
      map_ports = false; trackers { "udp://tracker.example:1337/announce", "https://t.example/announce" }
      obfuscation = "require"
      uploads = "~/Inbox"
      sandbox = "off"
      torrent { connections_limit = 300, anonymous_mode = true }
      plugin "expiry" { after = "30d" }
      plugin "metrics"
      plugin "password" { for_all = file "secret.txt" }
      on("share-ready", function(event) return event.share end)
    ]])
    assert.equal("Paul", settings.name)
    assert.same({ path = "/home/paul/Public", exposure = "link", format = "v1", ignore = {}, line = 2 },
      settings.shares[1])
    assert.same({
      path = "/home/paul/Films", exposure = "public", format = "hybrid", piece_length = 1048576, name = "F",
      ignore = { "*.n" }, line = 3,
    }, settings.shares[2])
    assert.equal(folder .. "/films", settings.shares[3].path)
    assert.equal("*.xyz", settings.ignore[#settings.ignore])
    assert.equal(".*.??????", settings.ignore[1])
    assert.same({ address = "127.0.0.1", port = 9701 }, settings.console)
    assert.same({ address = "::", port = 9702 }, settings.public)
    assert.equal(51413, settings.port)
    assert.same({ up = 2000000, down = 0 }, settings.limits)
    assert.is_false(settings.map_ports)
    assert.same({ "udp://tracker.example:1337/announce", "https://t.example/announce" }, settings.trackers)
    assert.equal("require", settings.obfuscation)
    assert.equal("/home/paul/Inbox", settings.uploads)
    assert.is_false(settings.sandbox)
    assert.same({ connections_limit = 300, anonymous_mode = true }, settings.torrent)
    assert.same({
      { name = "expiry", options = { after = "30d" }, line = 15 },
      { name = "metrics", options = {}, line = 16 },
      { name = "password", options = { for_all = "open sesame" }, line = 17 },
    }, settings.plugins)
    assert.equal("share-ready", settings.handlers[1].event)
    assert.equal(18, settings.handlers[1].line)
    assert.equal("s", settings.handlers[1].fn { share = "s" })
  end)

  it("reports all mistakes together, with lines and what was meant", function()
    assert.same({
      "1: setting 'consol' is unknown, did you mean 'console'?",
      "2: 'shar' is unknown, did you mean 'share'?",
      "3: obfuscation must be \"off\" or \"prefer\" or \"require\", did you mean 'prefer'?",
      "4: share: 'exposre' is unknown, did you mean 'exposure'?",
      "4: share: 'path' must be given: the folder, as in share \"~/Public\"",
      "5: limits: 'up' must be a number of bytes such as 500000, \"2M\" or \"1.5GiB\"",
      "6: event 'share-redy' is unknown, did you mean 'share-ready'?",
      "7: plugin 'expiry': its options must stand in braces",
      "8: plugin 'expiry' is there already, in line 7",
      "9: 'share' is called, not assigned",
      "10: file: " .. folder .. "/none: cannot be read (no such file or directory)",
      "11: ignore: braces must follow",
      "12: torrent: 'x' must be a text, an integer, true or false",
      "13: port must be from 0 to 65535",
      "14: map_ports must be true or false",
      "16: share: /a is shared already, by line 15",
      "17: plugin: a name of letters, digits, '-' and '_' must follow",
      "18: trackers: must be an address like \"udp://tracker.example:1337/announce\" (number 1 of the list)",
      "--port must be from 0 to 65535",
    }, mistakes([[
consol = "127.0.0.1:1"
shar "~/x" { deep = 1 }
obfuscation = "prefr"
share { exposre = "link" }
limits { up = "fast" }
on("share-redy", print)
plugin "expiry" (5)
plugin "expiry" {}
share = "~/x"
name = "n" .. file "none"
ignore "x"
torrent { x = {} }
port = 70000
map_ports = "yes"
share "/a"
share "/a"
plugin "../x" { a = 1 }
trackers { "tracker.example" }
]], { home = "/home/paul", port = -1 }))
  end)

  it("says by which word that is set which is not libtorrent's to be told", function()
    for setting, word in pairs {
      ["enable_dht = true"] = "exposure", ["enable_lsd = true"] = "exposure", ["in_enc_policy = 1"] = "obfuscation",
      ["out_enc_policy = 1"] = "obfuscation", ["allowed_enc_level = 1"] = "obfuscation",
      ["prefer_rc4 = false"] = "obfuscation", ["enable_upnp = true"] = "map_ports",
      ["enable_natpmp = true"] = "map_ports", ["listen_interfaces = '0.0.0.0:1'"] = "port",
      ["alert_mask = 0"] = "BTshare's own", ["ssrf_mitigation = false"] = "BTshare's own", -- security S28
      ["validate_https_trackers = false"] = "BTshare's own", -- security S12
      ["max_metadata_size = 1000000000"] = "BTshare's own", ["enable_outgoing_utp = true"] = "BTshare's own",
    } do
      local list = mistakes(("torrent { %s }"):format(setting))
      assert.equal(1, #list)
      assert.equal(("1: torrent: '%s' "):format(setting:match("^%S+")), list[1]:match("^%d+: torrent: '[^']*' "))
      assert.is_truthy(list[1]:find(word, 1, true), list[1])
    end
    assert.same({ enable_dht = false },
      assert(load_text "torrent { enable_dht = false }").torrent)
  end)

  it("has one mistake where it does not parse", function()
    assert.same({ "2: '=' expected near 'y'" }, (function(list)
      return { (list[1]:gsub("syntax error", "'=' expected")) }
    end)(mistakes "name = 'x'\nx y\nconsol = 1"))
  end)

  it("has the mistakes before it broke, and that it did", function()
    assert.same({
      "1: setting 'consol' is unknown, did you mean 'console'?",
      "2: attempt to index a nil value (local 'x')",
    }, mistakes "consol = 1\nlocal x; x.y = 1\nprt = 2")
  end)

  it("names the line also in a path that Lua shortens", function()
    local deep = folder .. "/" .. ("x"):rep(100)
    assert(require("luv").fs_mkdir(deep, tonumber("700", 8)))
    helper.write(deep .. "/config.lua", "\nerror 'boom'")
    assert.same({ deep .. "/config.lua:2: boom" }, config.check(deep .. "/config.lua"))
  end)

  it("says nothing of a line where there is none", function()
    for _, text in ipairs { string.dump(function() end), "error('boom', 0)" } do
      helper.write(path, text)
      local list = config.check(path)
      assert.equal(1, #list)
      assert.matches("^" .. path:gsub("%p", "%%%0") .. ": [ab]", list[1])
    end
  end)

  it("is ended when it does not end", function()
    assert.same({ "1: config.lua ran for more than 2 s" }, mistakes "while true do pcall(error) end")
  end)

  it("cannot reach the program", function()
    for _, name in ipairs { "io", "package", "debug", "require", "load", "loadfile", "dofile", "coroutine", "_G" } do
      assert.matches("'" .. name .. "' is unknown", mistakes("local x = " .. name)[1])
    end
    assert.matches("nil value %(field 'execute'%)", mistakes("os.execute('true')")[1])
    assert.matches("string cannot be changed", mistakes("string.rep = nil")[1])
    assert.matches("__gc is not allowed", mistakes("setmetatable({}, { __gc = print })")[1])
    assert.is_truthy(load_text "local x = getmetatable('') assert(x == nil)")
    assert.equal("xx", ("x"):rep(2))
    assert.matches("attempt to load", mistakes("\27Lua")[1])
  end)

  it("can compute, and read what it has set", function()
    local settings = load_text [[
      port = math.tointeger(6000 + 1)
      name = ("%s %d"):format(os.getenv("HOME") and "home", port)
      for _, root in ipairs { "a", "b" } do share { root, name = name } end
    ]]
    assert.equal(6001, settings.port)
    assert.equal(2, #settings.shares)
    assert.equal("home 6001", settings.shares[2].name)
  end)

  it("is overruled by the command line", function()
    local settings = load_text("console = '127.0.0.1:1'\nport = 5",
      { console = "127.0.0.1:2", public = "0.0.0.0:3", port = 0, name = "n" })
    assert.equal(2, settings.console.port)
    assert.equal(3, settings.public.port)
    assert.equal(0, settings.port)
    assert.equal("n", settings.name)
  end)

  it("has handlers that may wait, print to the log, and change no setting", function()
    local settings = load_text [[
      on("share-ready", function(event) print("got", event.share, nil) end)
      on("share-ready", function() port = 5 end)
      on("share-ready", function() return prt end)
      on("share-open", function(event) return event.wait() end)
      on("share-ready", function() share "/late" end)
    ]]
    local logged, resume, result = {}, nil, nil
    log.set_writer(function(_, text) table.insert(logged, text) end)
    settings.handlers[1].fn { share = "s" }
    log.set_writer(nil)
    assert.same({ "got\\x09s\\x09nil" }, logged)
    assert.error_matches(settings.handlers[2].fn, "'port' cannot be set once the file has been read")
    assert.error_matches(settings.handlers[3].fn, "'prt' is unknown, did you mean 'port'")
    assert.error_matches(settings.handlers[5].fn, "share: it is too late")
    assert.same({}, settings.shares)
    task.spawn(function()
      result = settings.handlers[4].fn { wait = function() return task.await(function(go) resume = go end) end }
    end)
    resume(false)
    assert.is_false(result)
  end)

  it("is checked without being kept", function()
    helper.write(path, "prt = 1")
    assert.same({ path .. ":1: setting 'prt' is unknown, did you mean 'port'?" }, config.check(path))
    helper.write(path, "port = 1")
    assert.same({}, config.check(path))
  end)
end)
