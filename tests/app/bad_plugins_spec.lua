-- Bad plugins, each with the message that its author reads, in a program that goes on sharing: while they do their
-- worst a file is fetched over HTTP, and the tracker answers.
local bencode = require "bencode_reader"
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
local place_module = require "place"
local uv = require "luv"

describe("bad plugins", function()
  local place, daemon, share, port

  local function announce_path()
    local token = share.magnet:match("announce%%2F([%w_-]+)")
    local hash = share.info_hash:gsub("%x%x", "%%%0")
    return ("/announce/%s?info_hash=%s&peer_id=-XX0001-123456789012&port=2000&uploaded=0&downloaded=0&left=7&compact=1")
      :format(token, hash)
  end

  -- A share is fetched, and the tracker answers.
  local function others_go_on()
    local answer = client.get({ port = port }, place_module.path_of(share.link) .. "/f/1/a.txt")
    assert.equal(200, answer.status)
    assert.equal("content", answer.body)
    answer = client.get({ port = port }, announce_path())
    assert.equal(200, answer.status)
    assert.is_string(bencode.decode(answer.body).peers)
  end

  local function path_of(name)
    return ("%s/config/btshare/plugins/%s.lua"):format(place.home, name)
  end

  -- As Lua names a file in messages.
  local function short(path)
    return #path < 60 and path or "..." .. path:sub(-56)
  end

  local function config_of(lines)
    return "map_ports = false\n" .. table.concat(lines, "\n")
  end

  describe("that cannot be loaded", function()
    -- Each with its options in config.lua and what is said of it; PATH stands for its file, as Lua names it.
    local broken = {
      { "syntax", "plugin:on(", "", "PATH:3: unexpected symbol near <eof>" },
      { "undefined", 'plugn:on("started", print)', "", "PATH:2: attempt to index a nil value (global 'plugn')" },
      { "raises", 'error "not today"', "", "PATH:2: not today" },
      { "event", 'plugin:on("share-redy", print)', "",
        "PATH:2: event 'share-redy' is unknown, did you mean 'share-ready'?" },
      { "bad", "plugin:options { limit = 5 }", ' { limit = "many" }', "option 'limit' must be a whole number" },
      { "missing", 'plugin:options { key = require("btshare.types").required(require("btshare.types").string) }', "",
        "option 'key' must be given" },
      { "nobody", "plugin:options { limit = 5 }", " { limt = 5 }",
        "option 'limt' is unknown, did you mean 'limit'?" },
      { "socket", 'require "socket"', "", "PATH:2: module 'socket' is not for plugins" },
      { "waits", 'require "btshare.task".sleep(1)', "",
        "it waits while it is loaded; only its handlers and tasks may wait" },
      { "loops", "while true do end", "", "PATH:2: plugin loops ran for more than 2 s" },
      { "hungry", [[local t = {} for i = 1, 1 << 40 do t[i] = ("x"):rep(30 << 20) end]], "",
        "PATH:2: not enough memory: a plugin may hold 128 MiB" },
    }
    local lines, expected

    setup(function()
      place = place_module.open()
      place:put("a.txt", "content")
      lines, expected = { 'plugin "good"' }, {}
      place:write_plugin("good", 'plugin:route("GET /good", function() return { status = 200, body = "good" } end)')
      for index, one in ipairs(broken) do
        local name, text, options, message = table.unpack(one)
        place:write_plugin(name, text .. "\n")
        lines[#lines + 1] = ('plugin "%s"%s'):format(name, options)
        expected[index] = ("%s/config.lua:%d: plugin '%s': %s"):format(place.home, index + 2, name,
          (message:gsub("PATH", function() return short(path_of(name)) end)))
      end
    end)

    teardown(function() place:close() end)

    it("stop the start, all of them named with file and line", function()
      local refused = place:refused { config = table.concat(lines, "\n") }
      assert.equal(78, refused.code)
      local said = {}
      for line in refused.errors:gmatch("[^\n]+") do
        if line:find("^/.*/config.lua:") then said[#said + 1] = line end
      end
      assert.same(expected, said)
    end)

    it("never stop what runs, which keeps what it had", function()
      daemon = place:start { config = lines[1] }
      share, port = daemon:ready "a.txt", place:port()
      for index, line in ipairs(lines) do
        if index > 1 then
          helper.write(place.home .. "/config.lua", config_of { lines[1], line })
          local refused = daemon:try { "reload" }
          assert.equal(78, refused.code)
          local message = expected[index - 1]:gsub("config.lua:%d+:", "config.lua:3:")
          assert.is_truthy(refused.errors:find(message, 1, true), refused.errors)
          assert.equal("good", client.get({ port = port }, "/good").body)
          others_go_on()
        end
      end
      daemon:stop()
    end)
  end)

  describe("that run", function()
    local silent, silent_port, held

    -- A server that takes connections and never says a word.
    local function open_silent()
      local server = uv.new_tcp()
      server:bind("127.0.0.1", 0)
      held = {}
      server:listen(8, function()
        local accepted = uv.new_tcp()
        server:accept(accepted)
        held[#held + 1] = accepted
      end)
      return server, server:getsockname().port
    end

    before_each(function()
      place = place_module.open()
      place:put("a.txt", "content")
      place:put("b.txt", "other")
      silent, silent_port = open_silent()
    end)

    after_each(function()
      silent:close()
      for _, accepted in ipairs(held) do accepted:close() end
      if daemon then daemon:stop() end
      daemon = nil
      place:close()
    end)

    local function start(text, more)
      place:write_plugin("x", text)
      daemon = place:start { config = 'plugin "x"\n' .. (more or "") }
      share, port = daemon:ready "a.txt", place:port()
    end

    local function logged(text)
      text = text:gsub("PATH", function() return short(path_of "x") end)
      daemon.process:wait_for(function() return daemon.process.errors:find(text, 1, true) end, 15, text)
    end

    local function state()
      for _, item in ipairs(json.decode(daemon:command { "status", "--json" }).plugins) do
        if item.name == "x" then return item end
      end
    end

    local function hit(path)
      return client.get({ port = port }, path)
    end

    -- Sends the request and does not wait for what is answered.
    local function begin(path)
      return client.connect({ port = port }):send(("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        :format(path))
    end

    it("and raise in a question say no, to that alone", function()
      start [[plugin:on("share-open", function(event)
        if event.share.name == "b.txt" then error "boom" end
      end)]]
      local other = daemon:ready "b.txt"
      assert.equal(503, hit(place_module.path_of(other.link)).status)
      logged "error: plugin x: PATH:3: boom\n    stack traceback:"
      others_go_on()
      assert.is_true(state().strikes >= 1) -- it is asked again of those who are in
    end)

    it("and raise in a fact are logged", function()
      start 'plugin:on("share-ready", function() error "boom" end)'
      logged "error: plugin x: PATH:2: boom\n    stack traceback:"
      others_go_on()
    end)

    it("and raise in a timer are set aside in the end, which the console and the terminal say", function()
      start 'plugin:every(0.02, function() error "boom" end)\nplugin:on("share-open", function() end)'
      local message = "plugin x was set aside after 10 errors in an hour, the last one: " .. short(path_of "x")
        .. ":2: boom"
      daemon:wait("notice", function(event) return event.message == message end)
      daemon:wait "plugin-set-aside"
      logged "error: plugin x: 10 times: PATH:2: boom"
      assert.equal(1, select(2, daemon.process.errors:gsub("stack traceback", "")))
      local item = state()
      assert.equal("set aside", item.state)
      assert.equal(short(path_of "x") .. ":2: boom", item.reason)
      assert.equal(10, item.strikes)
      assert.is_truthy(daemon:command { "status" }:find("x (set aside: " .. item.reason, 1, true))
      -- Its questions stay answered with no until its author has mended it.
      assert.equal(503, hit(place_module.path_of(share.link)).status)
      place:write_plugin("x", "")
      daemon:command { "reload" }
      assert.equal("running", state().state)
      others_go_on()
    end)

    it("and raise in a route answer 500", function()
      start 'plugin:route("GET /x", function() error "boom" end)'
      assert.equal(500, hit("/x").status)
      logged "error: plugin x: PATH:2: boom\n    stack traceback:"
      others_go_on()
    end)

    it("and never end are ended, with the line", function()
      start [[plugin:route("GET /x", function()
        while true do pcall(function() while true do end end) end
      end)]]
      local waiting = begin "/x"
      others_go_on()
      assert.equal(500, waiting:response().status)
      waiting:close()
      logged "error: plugin x: PATH:3: plugin x ran for more than 2 s"
      local longest = state().held.longest
      assert.is_true(longest >= 2 and longest < 20, longest)
      others_go_on()
    end)

    it("and stay in a function that nothing can end are named when it ends", function()
      start [[plugin:route("GET /x", function()
        ("a"):rep(30):find(("a-"):rep(7) .. "b")
        return { status = 200 }
      end)]]
      assert.equal(200, hit("/x").status)
      logged "warning: plugin x: held everything up for "
      logged " s at PATH:3 in 'find'"
      others_go_on()
    end)

    it("and allocate without end get an error", function()
      start [[local kept = {}
      plugin:route("GET /x", function() for index = 1, 1 << 40 do kept[index] = ("x"):rep(30 << 20) end end)]]
      local waiting = begin "/x"
      others_go_on()
      assert.equal(500, waiting:response().status)
      waiting:close()
      logged "PATH:3: not enough memory: a plugin may hold 128 MiB"
      local item = state()
      assert.is_true(item.memory > 64 << 20 and item.memory <= 128 << 20, item.memory)
      others_go_on()
    end)

    it("and wait for a socket on which nothing comes hold nobody up", function()
      start(([[local http = require "btshare.http"
      plugin:route("GET /x", function()
        local answer, message = http.fetch { url = "http://127.0.0.1:%d/", timeout = "2s" }
        error(message)
      end)]]):format(silent_port))
      local waiting = begin "/x"
      others_go_on()
      assert.is_false(waiting.ended)
      assert.equal(500, waiting:response().status)
      waiting:close()
      logged "error: plugin x: PATH:5: "
      local worst = state().held
      assert.is_true(not worst or worst.longest < 2)
      others_go_on()
    end)

    it("and answer nonsense in a route answer 500, and it is said why", function()
      start [[local answers = {
        [1] = function() return 5 end,
        [2] = function() return { status = "200" } end,
        [3] = function() return { status = 200, body = {} } end,
        [4] = function() return { status = 200, headers = { ["a b"] = "c" } } end,
        [5] = function() return setmetatable({}, { __index = function() error "gotcha" end }) end,
        [6] = function() return setmetatable({}, { __index = function() while true do end end }) end,
      }
      plugin:route("GET /x/:number", function(request)
        return answers[tonumber(request.parameters.number)]()
      end)]]
      for number = 1, 6 do assert.equal(500, hit("/x/" .. number).status) end
      local route = "error: plugin x: route GET /x/:number: answered"
      logged(route .. " with a number, not with a reply; btshare.reply makes one")
      logged(route .. " with status 200, which must be a whole number from 200 to 599")
      logged(route .. " with a table as its body, which must be a text")
      logged(route .. ", but header 'a b' is no name of a header")
      logged "error: plugin x: PATH:7: gotcha"
      logged "error: plugin x: PATH:8: plugin x ran for more than 2 s"
      assert.equal(6, state().strikes)
      others_go_on()
    end)

    it("and take themselves away while they run do no harm", function()
      start [[local http = require "btshare.http"
      local release
      release = plugin:on("share-open", function() release() release() end)
      plugin:route("GET /x", function(request)
        http.fetch { url = request.query.url, method = "POST",
          headers = { Authorization = "Bearer " .. request.query.token } }
        print "never here"
      end)]]
      local console = daemon:find("started").console
      local token = daemon:command({ "token", "me", "--scope", "admin" }):match("%S+")
      hit(place_module.path_of(share.link))
      begin("/x?url=" .. console .. "api/v1/plugins/x/reload&token=" .. token):rest(10)
      daemon:wait "plugin-reloaded"
      others_go_on()
      assert.is_nil(daemon.process.errors:find("never here", 1, true))
      assert.is_nil(daemon.process.errors:find("traceback", 1, true))
      assert.equal(0, state().strikes)
    end)
  end)
end)
