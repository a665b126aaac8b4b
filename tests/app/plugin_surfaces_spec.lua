-- What plugins add to the outside of a running BTshare: routes on both listeners, commands, panels.
local client = require "http_client"
local console_module = require "console"

local surface = [[
local json = require "btshare.json"
local reply = require "btshare.reply"
local task = require "btshare.task"

local function show(request)
  return reply.json(200, {
    method = request.method, path = request.path, parameters = request.parameters, query = request.query,
    body = request.body, scope = request.scope, address = request.address, cookie = request.headers.cookie,
    authorization = request.headers.authorization, agent = request.headers["user-agent"],
  })
end

plugin:route("GET /show/:id", show)
plugin:route("POST /show/:id", show, { body = 100 })
plugin:route("GET /owner/look", show, { on = "console", scope = "read" })
plugin:route("POST /owner/change", show, { on = "console" })
plugin:route("GET /page", function() return reply.html(200, "<p>hello") end)
plugin:route("GET /away", function() return reply.redirect "/page" end)
plugin:route("GET /words", function() return reply.text(202, "words\n") end)
plugin:route("GET /problem", function() return reply.problem("busy", "not now") end)
plugin:route("GET /refused", function() return nil, "there is none", "missing" end)
plugin:route("GET /nonsense", function() return 5 end)
plugin:route("GET /split", function() return { status = 200, headers = { X = "a\r\nY: b" } } end)

plugin:command("greet", { summary = "greets somebody", usage = "NAME" }, function(call)
  if #call.arguments == 0 then return nil, "a name is wanted", "invalid" end
  if call.arguments[1] == "nobody" then return nil, "nobody: no such person", "missing" end
  if call.arguments[1] == "boss" then return nil, "boss: not to be disturbed", "denied" end
  if call.arguments[1] == "boom" then error "boom" end
  if call.arguments[1] == "table" then return {} end
  task.sleep(5)
  return "hello " .. table.concat(call.arguments, ",") .. "\n\27[31mred"
end)
plugin:command("silent", { summary = "says nothing", scope = "read" }, function() end)

local kept = { url = "http://x", on = true, mode = "a", count = 3 }
plugin:panel {
  slot = "settings.section", title = "Notify", kind = "form",
  data = function()
    return { fields = {
      { name = "url", label = "Address", kind = "text", value = kept.url },
      { name = "on", kind = "switch", value = kept.on }, { name = "count", kind = "number", value = kept.count },
      { name = "mode", kind = "choice", value = kept.mode, choices = { "a", "b" } },
      { name = "key", kind = "secret", value = "hush" },
    } }
  end,
  submit = function(values, context)
    if values.url == "" then return nil, "the address is empty", "invalid" end
    for name, value in pairs(values) do kept[name] = value end
    return "kept " .. tostring(context.share)
  end,
  actions = {
    test = { title = "Send a test", confirm = "Now?", fn = function(context) return "sent " .. context.share end },
    reset = function() kept.url = "" end,
    fail = function() return nil, "nobody is there", "busy" end,
    wrong = function() return 5 end,
  },
}
plugin:panel { slot = "nav", title = "Log", kind = "log", data = function()
  return { { time = 1700000000.7, text = "one" }, { time = 1700000001, level = "error", text = "two" } }
end }
plugin:panel { slot = "activity.card", title = "Chart", kind = "chart", data = function()
  return { times = { 1, 2, 3 }, series = { { label = "up", values = { 1.5, false, json.null } } }, unit = "B/s" }
end }
plugin:panel { slot = "activity.card", title = "Words", kind = "html", data = function()
  return '<p onclick="x()">Ready <a href="https://example.org/">now</a><script>x()</script></p>'
end }
]]

describe("a plugin", function()
  local console

  setup(function() console = console_module.start({ config = 'plugin "surface"' }, { surface = surface }) end)
  teardown(function() console:close() end)

  local function basic(secret)
    return "Basic " .. require("core.crypto").base64url("any one:" .. secret):gsub("-", "+"):gsub("_", "/")
  end

  it("answers on the public listener, and sees what was sent", function()
    local raw = client.exchange({ port = console.public }, "POST /show/a%20b?x=1&y=%2B+z&x=2 HTTP/1.1\r\n" ..
      "Host: localhost\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")
    local seen = require("dkjson").decode((raw:match("\r\n\r\n(.*)$")))
    assert.same({
      method = "POST", path = "/show/a b", parameters = { id = "a b" }, query = { x = "1", y = "+ z" }, body = "abc",
      address = "127.0.0.1",
    }, seen)
    assert.matches("^HTTP/1.1 413", client.exchange({ port = console.public },
      "POST /show/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 101\r\nConnection: close\r\n\r\n" .. ("x"):rep(101)))
    assert.matches("^HTTP/1.1 404", client.exchange({ port = console.public },
      "GET /owner/look HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
  end)

  it("answers with what btshare.reply makes, and nonsense is answered with 500", function()
    local function ask(target)
      local raw = client.exchange({ port = console.public },
        "GET " .. target .. " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      return client.parse(raw)
    end
    local page = ask "/page"
    assert.same({ 200, "text/html; charset=utf-8", "<p>hello" },
      { page.status, page.headers["content-type"], page.body })
    assert.matches("script%-src 'self'", page.headers["content-security-policy"])
    assert.same({ 303, "/page" }, { ask("/away").status, ask("/away").headers.location })
    assert.same({ 202, "words\n" }, { ask("/words").status, ask("/words").body })
    local problem = ask "/problem"
    assert.equal(503, problem.status)
    assert.matches('"detail":"not now"', problem.body)
    assert.equal("application/problem+json", problem.headers["content-type"])
    assert.equal(404, ask("/refused").status)
    for _, target in ipairs { "/nonsense", "/split" } do
      local refused = ask(target)
      assert.equal(500, refused.status)
      assert.matches('"detail":"plugin surface failed"', refused.body)
    end
    local log = console.daemon.process.errors
    assert.is_truthy(log:find("plugin surface: route GET /nonsense: answered with a number, not with a reply; " ..
      "btshare.reply makes one", 1, true), log)
    assert.is_truthy(log:find("plugin surface: route GET /split: answered, but header 'X' must be a text in one line",
      1, true), log)
  end)

  it("answers on the console behind its gate, to who has the right", function()
    local look, change = "/owner/look", "/owner/change"
    local stranger = console:ask("GET", look)
    assert.equal(401, stranger.status)
    assert.is_truthy(stranger.raw:find('WWW-Authenticate: Basic realm="BTshare"', 1, true), stranger.raw)
    assert.is_nil(console:ask("GET", look, { ["Sec-Fetch-Mode"] = "navigate" }).raw:find("Basic", 1, true))
    assert.is_nil(console:ask("GET", "/api/v1/shares").raw:find("Basic", 1, true))
    local reader, owner = console:token("r", "--scope", "read"), console:token("a", "--scope", "read,admin")
    for _, header in ipairs { "Bearer " .. reader, basic(reader) } do
      local seen = console:ask("GET", look, { Authorization = header }).json
      assert.same({ "read", "127.0.0.1" }, { seen.scope, seen.address })
      assert.is_nil(seen.authorization)
      assert.equal(403, console:ask("POST", change, { Authorization = header }).status)
    end
    local form = { Authorization = basic(owner), ["Content-Type"] = "application/x-www-form-urlencoded" }
    local seen = console:ask("POST", change, form, "a=b").json
    assert.same({ "admin", "a=b" }, { seen.scope, seen.body })
    assert.equal(415, console:ask("POST", "/api/v1/plugins/surface/reload", form, "a=b").status)
    assert.equal(200, console:ask("GET", "/api/v1/plugins", { Authorization = basic(owner) }).status)
    for _, header in ipairs { basic(owner .. "x"), "Basic !!!", "Basic", "Basic " .. ("A"):rep(5000) } do
      assert.equal(401, console:ask("GET", look, { Authorization = header }).status)
    end
  end)

  it("is not reached by another page that makes a browser send the password it knows", function()
    local owner = console:token("b", "--scope", "admin")
    for _, headers in ipairs {
      { Origin = "http://evil.test" }, { ["Sec-Fetch-Site"] = "cross-site" }, { ["Sec-Fetch-Mode"] = "navigate" },
      { Origin = "http://evil.test", ["X-BTshare"] = "1" },
    } do
      headers.Authorization = basic(owner)
      assert.equal(403, console:ask("POST", "/owner/change", headers, "x").status)
    end
    assert.equal(403, console:ask("GET", "/owner/look",
      { Authorization = basic(owner), ["Sec-Fetch-Site"] = "cross-site" }).status)
  end)

  it("has commands that find the running instance wherever --state stands, until --", function()
    local state = console.place.state
    local function greet(...)
      local ended = console.place:run { ... }
      return { ended.code, (ended.output:gsub("\n.*", "")) }
    end
    for _, words in ipairs {
      { "--state", state, "greet", "A" }, { "--state=" .. state, "greet", "A" }, { "greet", "--state", state, "A" },
      { "greet", "A", "--state=" .. state }, { "--state", "/nowhere", "greet", "A", "--state", state },
    } do
      assert.same({ 0, "hello A" }, greet(table.unpack(words)), table.concat(words, " "))
    end
    assert.same({ 0, "hello A,--state,x,--" }, greet("--state", state, "greet", "A", "--", "--state", "x", "--"))
    assert.same({ 2, "btshare: greet: option '--state' requires an argument (btshare help greet tells more)" },
      greet("--state", state, "greet", "A", "--state"))
    assert.equal(2, greet("greet", "A", "--", "--state", state)[1]) -- asks the usual instance, which there is not
  end)

  it("adds commands, which the overview and help know", function()
    local daemon = console.daemon
    local help = daemon:command { "--help" }
    assert.is_truthy(help:find("Added by plugins of the running btshare:\n  greet    greets somebody\n" ..
      "  silent   says nothing\n", 1, true), help)
    assert.is_nil(console.place:run({ "--help" }).output:find("greet", 1, true))
    help = daemon:command { "greet", "--help" }
    assert.equal("Usage: btshare greet NAME\n\ngreets somebody (plugin surface)\n", help)
    assert.equal(help, daemon:command { "help", "greet" })
    assert.equal("hello A b,--all\n\\x1B[31mred\n", daemon:command { "greet", "A b", "--all" })
    assert.equal("", daemon:command { "silent" })
    local ended = console.place:run { "greet", "--state", console.place.state, "--", "--help" }
    assert.equal("hello --help\n\\x1B[31mred\n", ended.output)
    for word, expected in pairs {
      [""] = { 2, "btshare: a name is wanted\n" }, nobody = { 3, "btshare: nobody: no such person\n" },
      boss = { 5, "btshare: boss: not to be disturbed\n" },
      boom = { 1, "btshare: plugin surface failed; the log says how\n" },
      table = { 1, "btshare: plugin surface failed; the log says how\n" },
    } do
      ended = daemon:try { "greet", word ~= "" and word or nil }
      assert.same(expected, { ended.code, ended.output }, word)
    end
    assert.is_truthy(daemon.process.errors:find("command greet: answered with a table, not with a text", 1, true))
    ended = console.place:run { "--state", console.place.state, "greeet" }
    assert.same({ 2, "btshare: no such command or folder: greeet (did you mean greet?)\n" },
      { ended.code, ended.output })
    local reader = console:token("commands", "--scope", "read")
    local headers = { Authorization = "Bearer " .. reader }
    assert.same({ "greet", "silent" }, (function(list)
      return { list[1].name, list[2].name }
    end)(console:ask("GET", "/api/v1/commands", headers).json.commands))
    assert.equal(403, console:ask("POST", "/api/v1/commands/greet", headers, { arguments = { "x" } }).status)
    assert.equal(200, console:ask("POST", "/api/v1/commands/silent", headers, { arguments = { "x" } }).status)
    assert.equal(404, console:ask("POST", "/api/v1/commands/none", headers, { arguments = { "x" } }).status)
  end)

  it("tells its commands to those who complete them", function()
    local daemon = console.place.daemon
    assert.equal("greet\tgreets somebody\nsilent\tsays nothing\n", daemon:command { "help", "--plugins" })
    assert.equal("", console.place:run({ "help", "--plugins" }).output)
  end)

  it("shows panels of every kind, and they act and take forms", function()
    local headers = { Authorization = "Bearer " .. console:token("panels", "--scope", "read,admin") }
    local reader = { Authorization = "Bearer " .. console:token("panels2", "--scope", "read") }
    local base = "/api/v1/plugins/surface/panels/"
    local function get(panel) return console:ask("GET", base .. panel, reader).json end
    local function post(target, body, by) return console:ask("POST", base .. target, by or headers, body) end

    local listed
    for _, item in ipairs(console:ask("GET", "/api/v1/plugins", reader).json.plugins) do
      if item.name == "surface" then listed = item.panels end
    end
    assert.same({ "notify", "log", "chart", "words" }, { listed[1].id, listed[2].id, listed[3].id, listed[4].id })
    local actions = {
      { name = "fail", title = "fail" }, { name = "reset", title = "reset" },
      { name = "test", title = "Send a test", confirm = "Now?" }, { name = "wrong", title = "wrong" },
    }
    assert.same(actions, listed[1].actions)

    assert.same({ { time = 1700000000, level = "info", text = "one" },
      { time = 1700000001, level = "error", text = "two" } }, get("log").log)
    local chart = get "chart"
    assert.same({ { 1, 2, 3 }, "B/s", "up", 1.5 }, { chart.times, chart.unit, chart.series[1].label,
      chart.series[1].values[1] })
    assert.is_truthy(console:ask("GET", base .. "chart", reader).body:find('"values":[1.5,null,null]', 1, true))
    assert.same({ { tag = "p", children = { "Ready ",
      { tag = "a", href = "https://example.org/", children = { "now" } } } } }, get("words").markup)
    local form = get "notify"
    assert.same(actions, form.actions)
    assert.same({ name = "url", label = "Address", kind = "text", value = "http://x" }, form.fields[1])
    assert.same({ name = "mode", label = "mode", kind = "choice", value = "a", choices = { "a", "b" } }, form.fields[4])
    assert.same({ name = "key", label = "key", kind = "secret", is_set = true }, form.fields[5])

    assert.same({ message = "kept s1" }, post("notify?share=s1", { values = { url = "http://y", mode = "b" } }).json)
    assert.same({ "http://y", "b" }, { get("notify").fields[1].value, get("notify").fields[4].value })
    for member, values in pairs {
      ["body.values.url"] = { url = 5 }, ["body.values.mode"] = { mode = "c" }, ["body.values.on"] = { on = "yes" },
      ["body.values.other"] = { other = "x" },
    } do
      local refused = post("notify", { values = values })
      assert.same({ 422, member }, { refused.status, refused.json.member })
    end
    local refused = post("notify", { values = { url = "" } })
    assert.same({ 400, "the address is empty" }, { refused.status, refused.json.detail })
    assert.equal(400, post("log", { values = { x = "y" } }).status)
    assert.equal(404, post("none", { values = { x = "y" } }).status)
    assert.equal(403, post("notify", { values = { url = "z" } }, reader).status)

    assert.same({ message = "sent s2" }, post("notify/actions/test?share=s2").json)
    assert.equal(200, post("notify/actions/reset").status)
    assert.equal("", get("notify").fields[1].value)
    refused = post "notify/actions/fail"
    assert.same({ 503, "nobody is there" }, { refused.status, refused.json.detail })
    assert.equal(404, post("notify/actions/none").status)
    assert.equal(403, post("notify/actions/test", nil, reader).status)
    refused = post "notify/actions/wrong"
    assert.equal(500, refused.status)
    assert.matches("panel notify: answered with a number, not with a message", refused.json.detail)
  end)
end)
