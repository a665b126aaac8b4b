-- What plugins declare: routes, commands and panels. Each misuse has its message, at the plugin's own line.
local plugin_bench = require "plugin_bench"

describe("a plugin that declares", function()
  local bench

  before_each(function() bench = plugin_bench.open() end)
  after_each(function() bench:close() end)

  -- Loads a plugin for each text, whose fourth line it is, and has them refused with exactly these words.
  local function refused(cases)
    for text, expected in pairs(cases) do
      local loaded, message, code = bench:load("x", "local function fn() end\n" .. text)
      assert.is_nil(loaded, text)
      assert.equal(("plugin 'x': %s/x.lua:4: %s"):format(bench.user, expected), message)
      assert.equal("invalid", code)
      assert.same({}, bench.routes)
    end
  end

  it("a route is told what is wrong with it", function()
    local wanted = 'plugin:route: a method and a path are wanted, such as "GET /x/:id"'
    refused {
      ["plugin:route('/x', fn)"] = wanted, ["plugin:route('get /x', fn)"] = wanted, ["plugin:route(5, fn)"] = wanted,
      ["plugin:route('HEAD /x', fn)"] = wanted, ["plugin:route('GET /a b', fn)"] = wanted,
      ["plugin:route('GET /x')"] = "plugin:route: a function is wanted",
      ["plugin:route('GET /x', fn, 'console')"] = "plugin:route: its options must be a table",
      ["plugin:route('GET /x', fn, { on = 'consol' })"] =
        "plugin:route: option 'on' must be \"public\" or \"console\", did you mean 'console'?",
      ["plugin:route('GET /x', fn, { scop = 'read' })"] =
        "plugin:route: option 'scop' is unknown, did you mean 'scope'?",
      ["plugin:route('GET /x', fn, { scope = 'read' })"] =
        "plugin:route: option 'scope' is for the console: { on = \"console\" }",
      ["plugin:route('POST /x', fn, { body = '1GiB' })"] = "plugin:route: option 'body' must be from 0 to \"16MiB\"",
      ["plugin:route('GET /api/v1/mine', fn, { on = 'console' })"] =
        "plugin:route: GET /api/v1/mine: on the console, what is below /api is the API's",
      ["plugin:route('GET /api', fn, { on = 'console' })"] =
        "plugin:route: GET /api: on the console, what is below /api is the API's",
    }
  end)

  it("a route has its rights and its limit told to the listener, the newest form's", function()
    assert(bench:load("x", [[
      plugin:route("GET /a", function() end)
      plugin:route("POST /a", function() end, { on = "console", body = "1MiB" })
    ]]))
    assert.same({ on = "public", body_limit = 65536, is_for_programs = true }, bench.routes["GET /a"].about)
    local about = bench.routes["console POST /a"].about
    assert.same({ on = "console", scope = "admin", body_limit = 1048576, is_for_programs = true }, about)
    bench:write("x", [[
      plugin:route("POST /a", function() end, { on = "console", scope = "read" })
    ]])
    assert(bench.manager:reload "x")
    assert.same({ on = "console", scope = "read", body_limit = 65536, is_for_programs = true }, about)
    bench:write("x", [[
      plugin:route("POST /a", function() end, { on = "console", scope = "share" })
      plugin:bind(function() error "no luck" end)
    ]])
    assert.is_nil((bench.manager:reload "x"))
    assert.equal("read", about.scope)
  end)

  it("a route that another has is refused", function()
    assert(bench:load("x", "plugin:route('GET /a', function() end)"))
    local loaded, message = bench:load("y", "plugin:route('GET /a', function() end)")
    assert.is_nil(loaded)
    assert.equal("plugin 'y': plugin:route: the route is there already", message)
    assert.is_truthy(bench.routes["GET /a"])
  end)

  it("answers with nonsense is told so, and who asks gets 500", function()
    assert(bench:load("x", [[
      local answers = {
        number = 5, text = "x", nostatus = {}, status = { status = 99 }, body = { status = 200, body = {} },
        headers = { status = 200, headers = 5 }, name = { status = 200, headers = { ["a b"] = "c" } },
        length = { status = 200, headers = { ["Content-Length"] = "5" } },
        line = { status = 200, headers = { A = "b\nc" } },
      }
      plugin:route("GET /:what", function(request) return answers[request.parameters.what] end)
    ]]))
    local stem = "error plugin x: route GET /:what: answered"
    for what, expected in pairs {
      number = " with a number, not with a reply; btshare.reply makes one",
      text = " with a string, not with a reply; btshare.reply makes one",
      nothing = " with nothing, not with a reply; btshare.reply makes one",
      nostatus = " with status nil, which must be a whole number from 200 to 599",
      status = " with status 99, which must be a whole number from 200 to 599",
      body = " with a table as its body, which must be a text",
      headers = ", but its headers must be a table", name = ", but header 'a b' is no name of a header",
      length = ", but header 'Content-Length' is not to be set",
      line = ", but header 'A' must be a text in one line",
    } do
      local answer = bench:request("GET /:what", {}, { what = what })
      assert.equal(500, answer.status)
      assert.equal(stem .. expected, bench.logged[#bench.logged])
      bench.now = bench.now + 3600 -- so that it is not set aside
    end
  end)

  it("a command is told what is wrong with it", function()
    refused {
      ["plugin:command('list', { summary = 'x' }, fn)"] = "plugin:command: 'list' is a command of btshare itself",
      ["plugin:command('Greet', { summary = 'x' }, fn)"] =
        "plugin:command: 'Greet': a command's name has small letters, digits and '-'",
      ["plugin:command('-x', { summary = 'x' }, fn)"] =
        "plugin:command: '-x': a command's name has small letters, digits and '-'",
      ["plugin:command('greet', fn)"] = "plugin:command: a table with a summary is wanted",
      ["plugin:command('greet', {}, fn)"] = "plugin:command: its 'summary' must be given",
      ["plugin:command('greet', { summary = 'a\\nb' }, fn)"] =
        "plugin:command: its 'summary' must be a text of one line, at most 100 bytes",
      ["plugin:command('greet', { summary = 'x', scope = 'all' }, fn)"] =
        "plugin:command: its 'scope' must be \"read\" or \"share\" or \"admin\"",
      ["plugin:command('greet', { summary = 'x' })"] = "plugin:command: a function is wanted",
    }
  end)

  it("a command has it alone, and hands it over when it is reloaded", function()
    local commands = bench.manager.commands
    assert(bench:load("x", "plugin:command('greet', { summary = 'old' }, function() return 'old' end)"))
    assert.equal("plugin 'y': command 'greet': plugin x has it already",
      (select(2, bench:load("y", "plugin:command('greet', { summary = 'x' }, function() end)"))))
    assert.equal("plugin 'z': command 'hi' is there already", (select(2, bench:load("z", [[
      plugin:command('hi', { summary = 'x' }, function() end)
      plugin:command('hi', { summary = 'x' }, function() end)
    ]]))))
    assert.equal("old", bench:wait(commands.run, commands:find "greet", {}))
    bench:write("x", "plugin:command('greet', { summary = 'new' }, function() return 'new' end)")
    assert(bench.manager:reload "x")
    assert.equal("new", bench:wait(commands.run, commands:find "greet", {}))
    assert.equal(1, #commands:list())
    bench:write("x", "plugin:command('greet', { summary = 'x' }, function() end) error 'boom'")
    assert.is_nil((bench.manager:reload "x"))
    assert.equal("new", bench:wait(commands.run, commands:find "greet", {}))
    assert(bench.manager:unload "x")
    assert.is_nil(commands:find "greet")
  end)

  it("a panel is told what is wrong with it", function()
    local function panel(text)
      return "plugin:panel { slot = 'nav', title = 'T', kind = 'stats', data = fn, " .. text .. " }"
    end
    refused {
      ["plugin:panel 'x'"] = "plugin:panel: a table is wanted",
      ["plugin:panel { slot = 'nav', title = 'T', kind = 'stat', data = fn }"] = "plugin:panel: its 'kind' must be " ..
        '"stats" or "table" or "form" or "log" or "chart" or "html", did you mean \'stats\'?',
      ["plugin:panel { slot = 'nav', title = 'T', kind = 'form', data = fn }"] =
        "plugin:panel: its 'submit' must be given, which a form has",
      [panel "submit = fn"] = "plugin:panel: its 'submit' is for a form",
      [panel "id = 'a b'"] = "plugin:panel: its 'id' must have letters, digits, '-' and '_'",
      [panel "actions = { fn }"] = "plugin:panel: its 'actions' must be by name, and '1' is none",
      [panel "actions = { go = 5 }"] = "plugin:panel: its 'actions' must be functions or tables, and 'go' is neither",
      [panel "actions = { go = { title = 'Go' } }"] =
        "plugin:panel: its 'actions' 'go' is wrong: its 'fn' must be given",
      [panel "actions = { go = { fn = fn, titel = 'Go' } }"] =
        "plugin:panel: its 'actions' 'go' is wrong: its 'titel' is unknown, did you mean 'title'?",
      [panel "actions = { go = { fn = fn, each = true } }"] =
        "plugin:panel: its 'actions' 'go' is wrong: 'each' is for a table",
      ["plugin:panel { slot = 'share.limits', title = 'T', kind = 'stats', data = fn }"] =
        "plugin:panel: its 'kind' must be \"form\" among the limits of a share",
      ["plugin:panel { slot = 'nav', title = { fr = 'T' }, kind = 'stats', data = fn }"] =
        "plugin:panel: its 'title' must be a text that is not empty, or { en = \"…\" }",
      ["plugin:notice 'x'"] = "plugin:notice: a table is wanted",
      ["plugin:notice {}"] = "plugin:notice: its 'text' must be given",
      ["plugin:notice { text = 'x', action = { panel = 'p' } }"] =
        "plugin:notice: its 'action' is wrong: its 'name' must be given",
    }
    assert.equal("plugin 'y': plugin:panel: there is a panel t already", (select(2, bench:load("y", [[
      for _ = 1, 2 do plugin:panel { slot = "nav", title = "T", kind = "stats", data = function() end } end
    ]]))))
  end)

  it("a notice holds until it is released, and no longer than its plugin", function()
    assert(bench:load("x", [[
      plugin:notice { text = "one" }
      plugin:notice { text = { en = "two", fr = "deux" }, share = "s" } ()
      plugin:notice { text = { en = "three", fr = "trois" }, share = "s" }
    ]]))
    assert.same({
      { plugin = "x", text = { en = "one" } }, { plugin = "x", text = { en = "three", fr = "trois" }, share = "s" },
    }, bench.manager:notices())
    assert(bench.manager:unload "x")
    assert.same({}, bench.manager:notices())
  end)

  it("a notice offers an action of a panel of its plugin, one that asks nothing first", function()
    assert(bench:load("x", [[
      local function data() return false end
      plugin:panel { id = "asks", slot = "share.detail", title = "Asks", kind = "table", data = data, actions = {
        let_in = { title = { en = "Let in", fr = "Laisser entrer" }, fn = data },
        clear = { confirm = "All?", fn = data },
      } }
      for _, name in ipairs { "let_in", "clear", "nothing" } do
        plugin:notice { text = name, news = name, action = { panel = "asks", name = name, row = "7" } }
      end
    ]]))
    local offered = {}
    for index, notice in ipairs(bench.manager:notices()) do offered[index] = { notice.news, notice.action } end
    assert.same({
      { "let_in", { panel = "asks", name = "let_in", row = "7", title = { en = "Let in", fr = "Laisser entrer" } } },
      { "clear" }, { "nothing" },
    }, offered)
  end)

  it("a panel whose data is nonsense is told where", function()
    for kind, cases in pairs {
      stats = {
        ["5"] = "the data must be a table", ["{ x = 1 }"] = "the data must be a list",
        ["{ { value = 1 } }"] = "number 1 of the data must have a label",
        ["{ { label = 'a', value = 0/0 } }"] =
          "number 1 of the data: its value must be a short text, a number, true or false",
      },
      table = {
        ["{ columns = { 'A' }, rows = { { 1 } }, keys = {} }"] = "there are 0 keys for 1 rows",
        ["{ columns = { 'A' }, rows = { { 1 } }, keys = { 5 } }"] = "number 1 of the keys must be a short text",
        ["{ rows = {} }"] = "the columns must be a list", ["{ columns = {} }"] = "the data must have columns",
        ["{ columns = { 'a' }, rows = { { 1 }, { {} } } }"] =
          "number 2 of the rows must be a short text, a number, true or false",
      },
      log = {
        ["{ {} }"] = "number 1 of the data must have a short text",
        ["{ { text = 'x' } }"] = "number 1 of the data must have a time, in seconds since 1970",
        ["{ { text = 'x', time = 1, level = 'loud' } }"] =
          'number 1 of the data: its level must be "error", "warning", "info" or "debug"',
      },
      html = {
        ["{}"] = "the data must be a text", ["('x'):rep(65537)"] = "the data must have at most 65536 bytes",
      },
      chart = {
        ["{}"] = "the times must be a list", ["{ times = { 1 } }"] = "the series must be a list",
        ["{ times = { 1 }, series = { { values = { 1 } } } }"] = "number 1 of the series must have a label",
        ["{ times = { 1 }, series = { { label = 'a', values = { 'x' } } } }"] = "number 1 of the series: " ..
          "number 1 of the values must be a number, or false where there is none",
        ["{ times = { 1, 2 }, series = { { label = 'a', values = { 1 } } } }"] =
          "number 1 of the series: has 1 values for 2 times",
      },
      form = {
        ["{}"] = "the fields must be a list",
        ["{ fields = { { name = 'a b', kind = 'text' } } }"] =
          "number 1 of the fields must have a name of letters, digits and '_'",
        ["{ fields = { { name = 'a', kind = 'date' } } }"] =
          'number 1 of the fields: its kind must be "text", "number", "switch", "choice" or "secret"',
        ["{ fields = { { name = 'a', kind = 'choice' } } }"] =
          "number 1 of the fields: the choices must be a list",
        ["{ fields = { { name = 'a', kind = 'choice', choices = { 'b' }, value = 'c' } } }"] =
          "number 1 of the fields: its value must be one of the choices",
      },
    } do
      for data, expected in pairs(cases) do
        bench.now = bench.now + 3600
        assert(bench:load("x", ([[
          plugin:panel { slot = "nav", title = "T", kind = %q, data = function() return %s end,
            submit = %q == "form" and function() end or nil }
        ]]):format(kind, data, kind)))
        local shown, message, code = bench:wait(bench.manager.panel_data, bench.manager, "x", "t", {})
        assert.is_nil(shown)
        assert.same({ "plugin 'x': panel t: " .. expected, "failed" }, { message, code })
        assert.equal("error plugin x: panel t: " .. expected, bench.logged[#bench.logged])
        assert(bench.manager:unload "x")
      end
    end
  end)

  it("nothing by the helpers that it misuses", function()
    refused {
      ["require 'btshare.reply'.text('200', 'x')"] = "reply.text: the status must be a whole number from 200 to 599",
      ["require 'btshare.reply'.text(200, 5)"] = "reply.text: the text must be a text",
      ["require 'btshare.reply'.html(200)"] = "reply.html: the page must be a text",
      ["require 'btshare.reply'.redirect 'a b'"] = "reply.redirect: the address must be percent-encoded",
      ["require 'btshare.reply'.problem('lost', 'x')"] = "reply.problem: 'lost' is no code",
      ["require 'btshare.json'.decode(5)"] = "json.decode: a text is wanted, not a number",
      ["require 'btshare.json'.array(5)"] = "json.array: a list is wanted, not a number",
    }
    assert.matches("x.lua:3: json.encode: ", (select(2, bench:load("x", "require 'btshare.json'.encode(print)"))))
    assert.matches("x.lua:3: reply.json: ", (select(2, bench:load("x", "require 'btshare.reply'.json(200, print)"))))
  end)

  it("takes the time from the program, and JSON as it is", function()
    assert(bench:load("x", [[
      local json, time = require "btshare.json", require "btshare.time"
      shares.note(time.now())
      shares.note(json.encode { a = json.array {}, b = json.null, c = 2 ^ 53 | 0 })
      shares.note(json.decode('{"a":[1,null]}').a[2] == json.null)
      shares.note(select(3, json.decode "{"))
    ]]))
    assert.same({ 1700000000, '{"a":[],"b":null,"c":9007199254740992}', true, "invalid" }, bench.seen)
  end)
end)
