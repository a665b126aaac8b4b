-- What the console refuses before any handler: security S02, S03, S04, S06, S10, S11 and §2, §5.
local client = require "http_client"
local console_module = require "console"
local helper = require "helper"
local sqlite = require "core.sqlite"
local uv = require "luv"

local console, cookie

local function started(more)
  return function()
    console = console_module.start(more)
    cookie = console:log_in()
  end
end

local function stop() console:close() end

-- The database, row by row, once nothing more comes into it by itself.
local function dump()
  console.daemon:ready "film.txt"
  local database = assert(sqlite.open(console.place.state .. "/btshare.db"))
  local lines = {}
  for _, entry in ipairs(database:query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")) do
    for _, row in ipairs(database:query("SELECT * FROM " .. entry.name)) do
      local cells = {}
      for name, value in pairs(row) do cells[#cells + 1] = name .. "=" .. tostring(value) end
      table.sort(cells)
      lines[#lines + 1] = entry.name .. " " .. table.concat(cells, " ")
    end
  end
  database:close()
  table.sort(lines)
  return table.concat(lines, "\n")
end

describe("the console's gate", function()
  before_each(started())
  after_each(stop)

  it("knows its own names only, before it looks at who asks, for files too (S02)", function()
    for _, host in ipairs { "evil.test", "0.0.0.0", "169.254.1.1", "127.0.0.2", "[::1]", "127.0.0.1.evil.test",
      "localhost.evil.test", "evil.test:" .. console.port } do
      for _, target in ipairs { "/", "/api/v1/session", "/api/v1/tokens", "/i18n/en.json", "/healthz" } do
        local response = console:ask("GET", target, { Host = host, Cookie = cookie })
        assert.equal(421, response.status, host .. target)
        assert.equal("close", response.headers.connection)
        assert.is_true(#response.raw <= 200, #response.raw .. " bytes")
      end
    end
    for _, host in ipairs { "localhost", "LOCALHOST:1", "a.localhost", "127.0.0.1", "127.0.0.1:" .. console.port } do
      assert.equal(200, console:ask("GET", "/healthz", { Host = host }).status, host)
    end
    local port = { port = console.port }
    for _, text in ipairs {
      "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: local\0host\r\n\r\n", "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    } do
      assert.matches("^HTTP/1.1 400", client.exchange(port, text))
    end
  end)

  it("lets no other page act with the owner's cookie (S03)", function()
    local before = dump()
    local own = console:own(cookie)
    local body = { name = "planted", scopes = { "admin" } }
    local function attack(changes, text)
      local headers = {}
      for name, value in pairs(own) do headers[name] = value end
      for name, value in pairs(changes) do headers[name] = value end
      return console:ask("POST", "/api/v1/tokens", headers, text or body)
    end
    local foreign = {
      { ["X-BTshare"] = false }, { ["X-BTshare"] = "0" }, { ["X-BTshare"] = "1, 1" }, { Origin = "null" },
      { Origin = "http://127.0.0.1:" .. console.public, ["Sec-Fetch-Site"] = "same-site" },
      { Origin = "http://localhost:" .. console.port }, { Origin = "https://127.0.0.1:" .. console.port },
      { Origin = "http://127.0.0.1" }, { Origin = "http://127.0.0.1:" .. console.port .. "/" },
      { Origin = "http://127.0.0.1:" .. console.port .. ".evil.test" },
      { Origin = "HTTP://127.0.0.1:" .. console.port }, { Origin = "" }, { Origin = false, ["Sec-Fetch-Site"] = false },
      { Origin = false, ["Sec-Fetch-Site"] = "same-site" }, { Origin = false, ["Sec-Fetch-Site"] = "cross-site" },
      { Origin = false, ["Sec-Fetch-Site"] = "none" },
    }
    for index, changes in ipairs(foreign) do
      assert.equal(403, attack(changes).status, "number " .. index)
    end
    for _, media in ipairs { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "",
      "application/jsonx", "text/json" } do
      assert.equal(415, attack({ ["Content-Type"] = media }, '{"name":"planted","scopes":["admin"]}').status, media)
    end
    assert.equal(403, console:ask("POST", "/api/v1/session", { Origin = "http://evil.test", ["X-BTshare"] = "1" },
      { key = console:mint() }).status) -- nor log the owner in as somebody else
    assert.equal(before, dump())
    assert.equal(201, attack({}).status)
    assert.equal(201, attack({ Origin = false }, { name = "second", scopes = { "read" } }).status)
  end)

  it("shows no other page anything, where the browser says who asks (S03)", function()
    for _, site in ipairs { "same-site", "cross-site" } do
      local headers = { Cookie = cookie, ["Sec-Fetch-Site"] = site }
      assert.equal(403, console:ask("GET", "/api/v1/tokens", headers).status)
      assert.equal(200, console:ask("GET", "/", headers).status) -- following a link to the console is fine
    end
    for _, site in ipairs { "same-origin", "none" } do
      assert.equal(200, console:ask("GET", "/api/v1/tokens", { Cookie = cookie, ["Sec-Fetch-Site"] = site }).status)
    end
  end)

  it("answers no OPTIONS, and never says that another origin may ask (S03)", function()
    for _, target in ipairs { "/", "/api/v1/tokens", "/api/v1/session", "/nowhere" } do
      local response = console:ask("OPTIONS", target,
        { Origin = "http://evil.test", ["Access-Control-Request-Method"] = "POST", Cookie = cookie })
      assert.equal(405, response.status)
      assert.is_nil(response.raw:lower():find("access-control", 1, true))
    end
  end)

  it("changes nothing by any GET (S03)", function()
    local before = dump()
    for _, route in ipairs(console_module.routes()) do
      if route.method == "GET" and not route.target:find("/events$") then
        console:ask("GET", route.target, { Cookie = cookie })
        console:ask("HEAD", route.target, { Cookie = cookie })
      end
    end
    assert.equal(before, dump())
  end)

  it("believes no header about where somebody comes from (S06)", function()
    for _, headers in ipairs {
      { ["X-Forwarded-For"] = "127.0.0.1" }, { ["X-Real-IP"] = "127.0.0.1" }, { Forwarded = "for=127.0.0.1" },
      { ["X-Forwarded-Host"] = "localhost" }, { ["X-Original-URL"] = "/healthz" }, { ["X-BTshare"] = "1" },
    } do
      assert.equal(401, console:ask("GET", "/api/v1/tokens", headers).status)
    end
    for try = 1, 12 do -- each as somebody else, and yet they are counted as one
      local headers = console:own()
      headers["X-Forwarded-For"] = "10.0.0." .. try
      local response = console:ask("POST", "/api/v1/session", headers, { key = "wrong" .. try }, "127.0.0.9")
      assert.equal(try <= 5 and 401 or 429, response.status)
    end
  end)

  it("refuses before it reads what was sent", function()
    local function refused(headers, status)
      local connection = client.connect { port = console.port }
      connection:send("POST /api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" ..
        "Content-Type: application/json\r\n" .. headers .. "\r\n")
      local text = connection:rest(5)
      assert.matches("^HTTP/1.1 " .. status, text)
      assert.matches("\r\nConnection: close\r\n", text)
      assert.is_nil(text:find("100 Continue", 1, true))
    end
    local own = "X-BTshare: 1\r\nOrigin: http://localhost\r\n"
    refused("Content-Length: 50\r\n", 401)
    refused("Transfer-Encoding: chunked\r\n", 401)
    refused("Content-Length: 50\r\nCookie: " .. cookie .. "\r\n", 403)
    refused("Content-Length: 65537\r\nCookie: " .. cookie .. "\r\n" .. own, 413)
    refused("Content-Length: 10000000000\r\nCookie: " .. cookie .. "\r\n" .. own, 413)
    refused("Content-Length: 50\r\nAuthorization: Bearer " .. console:token "reader" .. "\r\n", 403)
  end)

  it("runs nothing of what it is sent (S10)", function()
    local canary = console.place.folder .. "/CANARY"
    for index, text in ipairs { ";touch " .. canary, "$(touch " .. canary .. ")", "`touch " .. canary .. "`",
      "a\r\nSet-Cookie: x=y", "| touch " .. canary, "<script>alert(1)</script>", "\27[31m", "os.execute('touch')" } do
      local made = console:ask("POST", "/api/v1/tokens", console:own(cookie), { name = text, scopes = { "read" } })
      assert.is_true(made.status == 201 or made.status == 422, index .. ": " .. made.raw)
      assert.is_nil(made.headers["set-cookie"])
      console:ask("PUT", "/api/v1/password", console:own(cookie), { password = text .. " long enough", current = text })
      console:ask("GET", "/i18n/" .. text:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end))
    end
    local pid = console.daemon.process.pid
    local children = pid and io.open(("/proc/%d/task/%d/children"):format(pid, pid))
    if children then
      assert.equal("", children:read("a"))
      children:close()
    end
    assert.is_nil(uv.fs_stat(canary))
    assert.is_nil(console.daemon:command({ "token", "--list" }):find("[\27\r]"))
  end)

  it("has headers on every answer that keep a page of its own out of others (S04)", function()
    local function check(response, what)
      local headers = response.headers
      assert.equal("nosniff", headers["x-content-type-options"], what)
      assert.equal("DENY", headers["x-frame-options"], what)
      assert.equal("no-referrer", headers["referrer-policy"], what)
      assert.equal("same-origin", headers["cross-origin-opener-policy"], what)
      assert.equal("same-origin", headers["cross-origin-resource-policy"], what)
      assert.equal("camera=(), microphone=(), geolocation=()", headers["permissions-policy"], what)
      local policy = headers["content-security-policy"]
      for _, part in ipairs { "default-src 'none'", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'" } do
        assert.is_truthy(policy:find(part, 1, true), what)
      end
      assert.is_nil(response.raw:lower():find("access-control", 1, true), what)
      if (headers["content-type"] or ""):find("html", 1, true) then
        for _, part in ipairs { "script-src 'self'", "style-src 'self'", "require-trusted-types-for 'script'",
          "connect-src 'self'" } do
          assert.is_truthy(policy:find(part, 1, true), what)
        end
      end
    end
    for _, route in ipairs(console_module.routes()) do
      local what = route.method .. " " .. route.target
      if not route.target:find("/events$") and not route.target:find("/quit$") then
        local own = console:ask(route.method, route.target, console:own(cookie))
        check(own, what)
        assert.equal("no-store", own.headers["cache-control"], what)
        check(console:ask(route.method, route.target), what)
        cookie = own.status == 204 and route.target == "/api/v1/session" and console:log_in(console:mint()) or cookie
      end
    end
    for _, target in ipairs { "/", "/shares/x", "/nothing.js", "/api/v1/nothing", "/healthz", "/i18n/en.json" } do
      check(console:ask("GET", target), target)
      check(console:ask("POST", target, console:own(), {}), target)
    end
  end)

  it("leaves what it was not asked for to itself: traversal reaches no file (S14)", function()
    local secret = "root:"
    for _, dots in ipairs { "..", "%2e%2e", ".%2e", "%252e%252e", "..%2f", "..%5c", "%c0%ae%c0%ae", "....", "..;" } do
      for _, base in ipairs { "/", "/vendor/", "/i18n/", "/api/v1/", "/licences/" } do
        for _, depth in ipairs { 1, 5, 9 } do
          local target = base .. (dots .. "/"):rep(depth) .. "etc/passwd"
          local response = console:ask("GET", target)
          assert.is_nil(response.raw:find(secret, 1, true), target)
          local is_page = response.status == 200 and response.headers["content-type"]:find("html", 1, true)
          local is_refused = response.status == 400 or response.status == 401 or response.status == 404
          assert.is_truthy(is_page or is_refused, target)
        end
      end
    end
  end)
end)

describe("the control socket", function()
  before_each(started())
  after_each(stop)

  -- That peers of another uid are refused is shown in tests/lua/http_spec.lua.
  it("is its owner's alone (S11)", function()
    local path = console.place.state .. "/control.sock"
    assert.equal(384, uv.fs_stat(path).mode & 511) -- 0600
  end)

  it("needs no log-in, which TCP does even on loopback (S11)", function()
    local socket = { path = console.place.state .. "/control.sock" }
    assert.equal(200, client.get(socket, "/api/v1/tokens").status)
    assert.equal(401, console:ask("GET", "/api/v1/tokens").status)
    assert.equal(404, client.parse(client.exchange(socket, "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\n" ..
      "Content-Type: application/json\r\nConnection: close\r\nContent-Length: 11\r\n\r\n{\"key\":\"x\"}")).status)
  end)
end)

describe("behind a proxy that is trusted, the console", function()
  before_each(started { config = 'trusted_proxies = { "127.0.0.1" }\nallowed_hosts = { "nas.example" }\n' })
  after_each(stop)

  it("goes by the right-most address that is no proxy (S06)", function()
    local function guess(try, forwarded)
      local headers = console:own()
      headers["X-Forwarded-For"] = forwarded
      return console:ask("POST", "/api/v1/session", headers, { key = "wrong" .. try }).status
    end
    for try = 1, 5 do assert.equal(401, guess(try, ("10.0.0.%d, 203.0.113.7"):format(try))) end
    assert.equal(429, guess(6, "10.0.0.6, 203.0.113.7, 127.0.0.1"))
    assert.equal(429, guess(7, "203.0.113.7"))
    assert.equal(410, console:ask("POST", "/api/v1/session", (function()
      local headers = console:own()
      headers["X-Forwarded-For"] = "203.0.113.8"
      return headers
    end)(), { key = console.key }).status)
  end)

  it("is called by its public name, and its cookie is for TLS alone", function()
    local headers = {
      Host = "nas.example", ["X-Forwarded-Proto"] = "https", ["X-BTshare"] = "1", Origin = "https://nas.example",
    }
    local key = console:mint()
    local response = console:ask("POST", "/api/v1/session", headers, { key = key })
    assert.equal(204, response.status)
    assert.matches("^__Host%-btshare_%d+=.*; Secure$", response.headers["set-cookie"])
    headers.Origin = "http://nas.example"
    assert.equal(403, console:ask("POST", "/api/v1/session", headers, { key = console:mint() }).status)
    assert.equal(421, console:ask("GET", "/", { Host = "other.example" }).status)
  end)

  it("learns names and proxies anew at a reload", function()
    helper.write(console.place.home .. "/config.lua", 'map_ports = false\nallowed_hosts = { "box.example" }\n')
    console.daemon:command { "reload" }
    assert.equal(200, console:ask("GET", "/healthz", { Host = "box.example" }).status)
    assert.equal(421, console:ask("GET", "/healthz", { Host = "nas.example" }).status)
    local headers = console:own()
    headers["X-Forwarded-Proto"] = "https"
    local response = console:ask("POST", "/api/v1/session", headers, { key = console:mint() })
    assert.equal(204, response.status)
    assert.is_nil(response.headers["set-cookie"]:find("Secure", 1, true))
  end)
end)

describe("on IPv6, the console", function()
  before_each(started())
  after_each(stop)

  local function ask(method, target, headers, body)
    local lines = { method .. " " .. target .. " HTTP/1.1", "Connection: close" }
    if body then lines[#lines + 1] = ("Content-Type: application/json\r\nContent-Length: %d"):format(#body) end
    for name, value in pairs(headers) do lines[#lines + 1] = name .. ": " .. value end
    local text = table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")
    return client.parse(client.exchange({ address = "::1", port = console.port }, text))
  end

  it("is at the same port, under its own address and localhost (S02)", function()
    for _, host in ipairs { "[::1]", "[::1]:" .. console.port, "localhost:" .. console.port, "a.localhost" } do
      assert.equal(200, ask("GET", "/healthz", { Host = host }).status, host)
    end
    for _, host in ipairs { "127.0.0.1:" .. console.port, "[::2]", "[::]", "[::ffff:127.0.0.1]", "evil.test", "::1" } do
      local status = ask("GET", "/healthz", { Host = host }).status
      assert.is_true(status == 421 or status == 400, host .. ": " .. status)
    end
    assert.equal("http://127.0.0.1:" .. console.port .. "/", console.url)
  end)

  it("has the same gate (S01, S03)", function()
    local own = "http://[::1]:" .. console.port
    local host = own:sub(8)
    assert.equal(401, ask("GET", "/api/v1/tokens", { Host = host }).status)
    local made = ask("POST", "/api/v1/session", { Host = host, Origin = own, ["X-BTshare"] = "1" },
      ('{"key":"%s"}'):format(console:mint()))
    assert.equal(204, made.status)
    local session = made.headers["set-cookie"]:match("^btshare_" .. console.port .. "=[^;]+")
    assert.equal(200, ask("GET", "/api/v1/tokens", { Host = host, Cookie = session }).status)
    local body = '{"name":"one","scopes":["read"]}'
    assert.equal(403, ask("POST", "/api/v1/tokens", { Host = host, Cookie = session, ["X-BTshare"] = "1",
      Origin = "http://127.0.0.1:" .. console.port }, body).status) -- another origin, to a browser
    assert.equal(201, ask("POST", "/api/v1/tokens", { Host = host, Cookie = session, ["X-BTshare"] = "1",
      Origin = own }, body).status)
  end)

  it("is called by the names that a reload allows", function()
    helper.write(console.place.home .. "/config.lua", 'map_ports = false\nallowed_hosts = { "box.example" }\n')
    console.daemon:command { "reload" }
    assert.equal(200, ask("GET", "/healthz", { Host = "box.example" }).status)
  end)
end)

describe("where there is no IPv6, the console", function()
  it("is at 127.0.0.1 all the same", function()
    local taken = uv.new_tcp() -- as good as none: its port there is another's
    local port
    repeat
      port = math.random(20000, 30000)
    until taken:bind("::1", port, { ipv6only = true }) and taken:listen(1, function() end)
    console = console_module.start { console = "127.0.0.1:" .. port }
    assert.equal(200, console:ask("GET", "/healthz").status)
    taken:close()
    console:close()
  end)
end)

describe("a console beyond this machine", function()
  it("is refused at start", function()
    local place = require("place").open()
    for _, address in ipairs { "0.0.0.0:0", "[::]:0", "192.0.2.1:0" } do
      local ended = place:refused { console = address }
      assert.equal(64, ended.code, ended.output)
      assert.matches("may only be on this machine", ended.errors)
    end
    place:close()
  end)
end)
