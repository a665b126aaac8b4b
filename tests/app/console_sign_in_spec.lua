-- Who gets into the console, and with what: security S01, S05, S07, S13 and §3.
local client = require "http_client"
local console_module = require "console"
local helper = require "helper"
local json = require "dkjson"
local uv = require "luv"

local password = "correct horse battery"

describe("a fresh console", function()
  local console

  before_each(function() console = console_module.start() end)
  after_each(function() console:close() end)

  it("answers every route with setup_required until somebody has set it up (S01)", function()
    local asked = 0
    for _, route in ipairs(console_module.routes()) do
      if route.scope ~= "open" then
        local response = console:ask(route.method, route.target, console:own())
        assert.equal(401, response.status, route.method .. " " .. route.target)
        assert.equal("setup_required", response.json.code)
        asked = asked + 1
      end
    end
    assert.is_true(asked > 3)
    assert.equal(401, console:ask("GET", "/api/v1/nothing").status)
    assert.equal(401, console:ask("POST", "/api/v1/nothing", console:own(), {}).status)
    local session = console:ask("GET", "/api/v1/session").json
    assert.is_false(session.authenticated)
    assert.equal("setup", session.wants)
    assert.same({}, session.scopes)
  end)

  it("tells a program that its token is wrong, not to set up what it cannot", function()
    local answer = console:ask("GET", "/api/v1/status", { Authorization = "Bearer btsh_gone" })
    assert.same({ 401, "sign_in_required" }, { answer.status, answer.json.code })
    assert.equal("the API token is not known, or has ended", answer.json.detail)
  end)

  it("takes the printed key once, and can be set up once (S01)", function()
    local cookie = console:log_in()
    assert.equal(410, console:ask("POST", "/api/v1/setup", console:own(), { key = console.key }).status)
    assert.equal(410, console:ask("POST", "/api/v1/setup", console:own(), { key = console:mint() }).status)
    local again = console:ask("POST", "/api/v1/session", console:own(), { key = console.key })
    assert.equal(410, again.status)
    assert.equal("gone", again.json.code)
    assert.equal("sign_in_required", console:ask("GET", "/api/v1/tokens").json.code)
    assert.equal(200, console:ask("GET", "/api/v1/tokens", { Cookie = cookie }).status)
    assert.equal("key", console:ask("GET", "/api/v1/session").json.wants)
  end)

  it("forgets its keys after ten wrong tries (S01)", function()
    local statuses = {}
    for try = 1, 10 do
      local from = try <= 5 and "127.0.0.2" or "127.0.0.3"
      statuses[try] = console:ask("POST", "/api/v1/setup", console:own(), { key = "x" .. try }, from).status
    end
    assert.same({ 401, 401, 401, 401, 401, 401, 401, 401, 401, 410 }, statuses)
    assert.equal(410, console:ask("POST", "/api/v1/setup", console:own(), { key = console.key }).status)
    assert.is_truthy(console:log_in(console:mint()))
  end)

  it("gives a cookie that no script and no other site can use", function()
    local response = console:ask("POST", "/api/v1/setup", console:own(), { key = console.key })
    local header = response.headers["set-cookie"]
    assert.matches("^btshare_" .. console.port .. "=[%w_-]+; Path=/; Max%-Age=%d+; HttpOnly; SameSite=Strict$", header)
    assert.equal(43, #header:match("=([%w_-]+);"))
  end)
end)

describe("somebody logged in", function()
  local console, cookie

  before_each(function()
    console = console_module.start()
    cookie = console:log_in()
  end)
  after_each(function() console:close() end)

  local function is_in(with)
    return console:ask("GET", "/api/v1/session", { Cookie = with }).json.authenticated
  end

  local function drop_password(current)
    return console:ask("PUT", "/api/v1/password", console:own(cookie), { password = json.null, current = current })
  end

  local function set_password(new, current)
    return console:ask("PUT", "/api/v1/password", console:own(cookie), { password = new, current = current })
  end

  local function try(text, from)
    return console:ask("POST", "/api/v1/session", console:own(), { password = text }, from)
  end

  it("stays so over a restart, until they log out", function()
    assert.is_true(is_in(cookie))
    console:restart()
    assert.is_true(is_in(cookie))
    local out = console:ask("DELETE", "/api/v1/session", console:own(cookie))
    assert.equal(204, out.status)
    assert.matches("^btshare_%d+=; Path=/; Max%-Age=0;", out.headers["set-cookie"])
    assert.is_false(is_in(cookie))
  end)

  it("gets another cookie with each log-in, and the one before is worthless", function()
    local response = console:ask("POST", "/api/v1/session", console:own(cookie), { key = console:mint() })
    local other = response.headers["set-cookie"]:match("^[^;]+")
    assert.are_not.equal(cookie, other)
    assert.is_false(is_in(cookie))
    assert.is_true(is_in(other))
  end)

  it("may set a password, which is then wanted", function()
    assert.equal(400, set_password("1234567890").status)
    assert.equal(422, set_password("").status)
    assert.equal(204, set_password(password).status)
    assert.equal("password", console:ask("GET", "/api/v1/session").json.wants)
    assert.equal(401, try(password .. "x").status)
    assert.equal(204, try(password).status)
    assert.equal(403, set_password("another good one").status)
    assert.equal(403, set_password("another good one", "not the one").status)
    assert.equal(204, set_password("another good one", password).status)
    assert.equal(401, try(password).status)
    assert.equal(403, console:ask("DELETE", "/api/v1/password", console:own(cookie)).status)
    assert.equal(403, drop_password().status)
    assert.equal(403, drop_password(password).status)
    assert.equal("password", console:ask("GET", "/api/v1/session").json.wants)
    assert.equal(204, drop_password("another good one").status)
    assert.equal("key", console:ask("GET", "/api/v1/session").json.wants)
    assert.equal(204, set_password(password).status) -- who forgot it has the control socket
    local socket = { path = console.place.state .. "/control.sock" }
    assert.equal(204, client.parse(client.exchange(socket, "DELETE /api/v1/password HTTP/1.1\r\nHost: localhost\r\n" ..
      "Connection: close\r\n\r\n")).status)
    assert.equal("key", console:ask("GET", "/api/v1/session").json.wants)
  end)

  it("is told to say one thing, and all of it", function()
    for _, body in ipairs { {}, { key = "a", password = "b" }, { key = "a", more = 1 }, { key = 1 }, { 1 } } do
      local response = console:ask("POST", "/api/v1/session", console:own(), body)
      assert.is_true(response.status == 422 or response.status == 400, response.raw)
    end
    assert.equal(413, console:ask("POST", "/api/v1/session", console:own(), { key = ("x"):rep(4000) }).status)
  end)

  it("is held up by nobody who guesses (S05)", function()
    set_password(password)
    local hashes, slowed, statuses = 0, 0, {}
    for _ = 1, 200 do
      local response = try("a wrong guess", "127.0.0.2")
      statuses[response.status] = (statuses[response.status] or 0) + 1
      if response.status == 401 then hashes = hashes + 1 end
      if response.status == 429 then
        slowed = slowed + 1
        assert.is_true(tonumber(response.headers["retry-after"]) >= 1)
      end
    end
    assert.is_true(hashes >= 5 and hashes <= 8, json.encode(statuses))
    assert.equal(200, hashes + slowed)
    local before = uv.hrtime()
    assert.equal(204, try(password, "127.0.0.3").status)
    assert.is_true(uv.hrtime() - before < 1e9)
    assert.is_true(is_in(cookie))
    assert.equal(200, console:ask("GET", "/api/v1/tokens", { Cookie = cookie }, nil, "127.0.0.2").status)
  end)

  it("leaves nothing secret in the database, the log or an answer (S07, S13)", function()
    set_password(password)
    local key = console:mint()
    local secret = console:token("robot", "--scope", "admin")
    local session = cookie:match("=(.*)$")
    try("a wrong guess of the password")
    console:ask("GET", "/api/v1/session", { Authorization = "Bearer " .. secret })
    local answers = {}
    for _, route in ipairs(console_module.routes()) do
      local is_stream, names_members = route.target == "/api/v1/events", route.target == "/api/v1/openapi.json"
      if route.method == "GET" and not is_stream and not names_members then
        answers[#answers + 1] = console:ask("GET", route.target, { Cookie = cookie }).raw
      end
    end
    local everything = table.concat(answers)
    for _, member in ipairs { "hash", "secret" } do
      assert.is_nil(everything:find('"' .. member .. '"', 1, true))
    end
    local stored, logged = console:stored(), console.daemon.process.errors
    for what, text in pairs { key = key, first = console.key, token = secret:sub(6), session = session,
      password = password, guess = "a wrong guess of the password" } do
      assert.is_nil(stored:find(text, 1, true), what .. " is in the database")
      assert.is_nil(logged:find(text, 1, true), what .. " is in the log")
      assert.is_nil(everything:find(text, 1, true), what .. " is in an answer")
    end
    assert.is_nil(logged:find("[\0-\9\11-\31]"))
  end)
end)

describe("what was a way in", function()
  it("is none any more: old keys, closed sessions, revoked tokens, one in place of another (S07)", function()
    local console = console_module.start()
    local first = console.key
    local former = console:log_in()
    local token = console:token("robot", "--scope", "admin")
    console.daemon:command { "token", "--revoke", "robot" }
    local live_token, live_key = console:token("other", "--scope", "read"), console:mint()
    local cookie = console:ask("POST", "/api/v1/session", console:own(former), { key = console:mint() })
      .headers["set-cookie"]:match("^[^;]+")
    local secret, name = cookie:match("=(.*)$"), cookie:match("^[^=]+")
    local hostile = {
      { Cookie = former }, { Cookie = name .. "=" .. first }, { Cookie = name .. "=" .. live_key },
      { Cookie = name .. "=" .. live_token }, { Cookie = name .. "=" }, { Cookie = "btshare_1=" .. secret },
      { Cookie = "__Host-" .. cookie }, { Cookie = cookie .. "x" }, { Cookie = cookie:sub(1, -2) },
      { Cookie = cookie:upper() }, { Authorization = "Bearer " .. token }, { Authorization = "Bearer " .. secret },
      { Authorization = "Bearer " .. live_key }, { Authorization = "Bearer btsh_" .. secret },
      { Authorization = "Basic " .. live_token }, { Authorization = live_token }, { Authorization = "Bearer" },
      { Authorization = "Bearer " .. live_token .. " " .. live_token }, { ["X-Token"] = live_token },
      { Authorization = "Bearer nonsense", Cookie = cookie },
    }
    for index, headers in ipairs(hostile) do
      assert.equal(401, console:ask("GET", "/api/v1/tokens", headers).status, "number " .. index)
    end
    for _, query in ipairs { "?token=" .. live_token, "?access_token=" .. live_token, "?key=" .. live_key } do
      assert.equal(401, console:ask("GET", "/api/v1/tokens" .. query).status)
    end
    assert.equal(200, console:ask("GET", "/api/v1/tokens", { Cookie = cookie }).status)
    assert.equal(403, console:ask("GET", "/api/v1/tokens", { Authorization = "Bearer " .. live_token }).status)
    assert.is_true(console:ask("GET", "/api/v1/session", { Authorization = "bearer " .. live_token })
      .json.authenticated)
    console:close()
  end)
end)

describe("API tokens", function()
  local console

  before_each(function() console = console_module.start() end)
  after_each(function() console:close() end)

  it("are made, listed and revoked on the command line", function()
    local secret = console:token("robot", "--scope", "read,share", "--for", "30d")
    local listed = console.daemon:command { "token", "--list" }
    assert.matches("robot  read,share  made [%d: -]+  never used  ends", listed)
    assert.is_nil(listed:find(secret, 1, true))
    local bearer = { Authorization = "Bearer " .. secret }
    assert.same({ "read", "share" }, console:ask("GET", "/api/v1/session", bearer).json.scopes)
    assert.equal(403, console:ask("GET", "/api/v1/tokens", bearer).status)
    assert.matches("used ", console.daemon:command { "token", "--list" })
    assert.equal(1, console.daemon:try({ "token", "robot" }).code)
    assert.equal(2, console.daemon:try({ "token", "x", "--scope", "everything" }).code)
    assert.equal(2, console.daemon:try({ "token" }).code)
    assert.equal(3, console.daemon:try({ "token", "--revoke", "nobody" }).code)
    console.daemon:command { "token", "--revoke", "robot" }
    assert.is_false(console:ask("GET", "/api/v1/session", bearer).json.authenticated)
    assert.equal("", (console.daemon:command { "token", "--list" }))
  end)

  it("have the lesser rights with a greater one", function()
    local function asked(scope, method, path, body)
      local bearer = { Authorization = "Bearer " .. console:token(scope .. method, "--scope", scope) }
      return console:ask(method, path, bearer, body).status
    end
    assert.equal(200, asked("share", "GET", "/api/v1/shares"))
    assert.equal(200, asked("admin", "GET", "/api/v1/shares"))
    assert.equal(403, asked("read", "POST", "/api/v1/shares", { path = "/nowhere" }))
    assert.equal(404, asked("admin", "POST", "/api/v1/shares", { path = "/nowhere" }))
    assert.equal(403, asked("share", "POST", "/api/v1/tokens", { name = "more", scopes = { "admin" } }))
  end)

  it("need no header against forgery, since no browser sends them by itself", function()
    local bearer = { Authorization = "Bearer " .. console:token("robot", "--scope", "admin") }
    local made = console:ask("POST", "/api/v1/tokens", bearer, { name = "second", scopes = { "read" } })
    assert.equal(201, made.status)
    assert.matches("^btsh_", made.json.secret)
    assert.equal(2, #console:ask("GET", "/api/v1/tokens", bearer).json.tokens)
    assert.equal(204, console:ask("DELETE", "/api/v1/tokens/" .. made.json.id, bearer).status)
    assert.equal(404, console:ask("DELETE", "/api/v1/tokens/" .. made.json.id, bearer).status)
    assert.equal(403, console:ask("POST", "/api/v1/keys", bearer).status)
  end)
end)

describe("btshare open", function()
  it("says that nothing runs where nothing does", function()
    local place = require("place").open()
    local ended = place:run { "open", "--state", place.state }
    assert.equal(4, ended.code)
    place:close()
  end)

  it("gives the address to the desktop where there is one, and else prints it", function()
    local console = console_module.start()
    local folder = console.place.folder
    helper.write(folder .. "/xdg-open", "#!/bin/sh\nprintf %s \"$1\" > " .. folder .. "/opened\n")
    uv.fs_chmod(folder .. "/xdg-open", 493)
    local words = { "open", "--state", console.place.state }
    local path = folder .. ":" .. os.getenv("PATH")
    local ended = console.place:run(words, { environment = { DISPLAY = ":9", PATH = path } })
    assert.equal(0, ended.code)
    assert.equal("", ended.output)
    local opened = helper.read(folder .. "/opened")
    assert.is_truthy(console:log_in(opened:match("#k=(.*)$")))
    helper.write(folder .. "/xdg-open", "#!/bin/sh\nexit 3\n")
    ended = console.place:run(words, { environment = { DISPLAY = ":9", PATH = path } })
    assert.matches("^http://127.0.0.1:%d+/#k=[%w_-]+\n$", ended.output)
    console:close()
  end)
end)
