local client = require "http_client"
local helper = require "helper"
local http = require "core.http"
local skip = require "support.skip"
local uv = require "luv"

local function open(options, on_request, on_sent)
  options.address = options.address or (not options.path and "127.0.0.1") or nil
  return assert(http.open(options, on_request, on_sent))
end

describe("an HTTP listener", function()
  local listener, seen, answer

  local function on_request(request)
    seen[#seen + 1] = request
    assert(listener:reply(request.id, answer(request)))
  end

  before_each(function()
    seen = {}
    answer = function(request) return { status = 200, body = request.target } end
    listener = open({}, on_request)
  end)

  after_each(function()
    listener:close()
  end)

  it("gives a request as a table and sends the reply", function()
    answer = function() return { status = 201, headers = { ["X-Thing"] = { "a", "b" } }, body = { "he", "llo" } } end
    local response = client.parse(client.exchange(listener, "POST /a/b%20c/?q=%2f HTTP/1.1\r\nHost: LocalHost:1\r\n" ..
      "Accept: x\r\naccept: y\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"))
    assert.equal(201, response.status)
    assert.equal("hello", response.body)
    assert.equal("nosniff", response.headers["x-content-type-options"])
    assert.matches("X%-Thing: a\r\n", response.head)
    assert.matches("X%-Thing: b\r\n", response.head)
    local request = seen[1]
    assert.equal("POST", request.method)
    assert.equal("/a/b%20c/?q=%2f", request.target)
    assert.same({ "a", "b c" }, request.segments)
    assert.is_true(request.slash)
    assert.equal("q=%2f", request.query)
    assert.equal("x, y", request.headers.accept)
    assert.equal("body", request.body)
    assert.equal("127.0.0.1", request.address)
    assert.equal("LocalHost:1", request.host)
    assert.equal("1.1", request.version)
    assert.is_true(request.port > 0)
  end)

  it("keeps a connection for further requests, pipelined ones too", function()
    local connection = client.connect(listener)
    connection:send("GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /2 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert.equal("/1", connection:response().body)
    assert.equal("/2", connection:response().body)
    connection:send("GET /3 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert.equal("/3", connection:response().body)
    connection:close()
  end)

  it("sends no body to HEAD, but its length", function()
    answer = function() return { status = 200, body = "12345" } end
    local text = client.exchange(listener, "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert.matches("Content%-Length: 5\r\n", text)
    assert.matches("\r\n\r\n$", text)
  end)

  it("closes when asked", function()
    answer = function() return { status = 200, close = true } end
    local text = client.exchange(listener, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert.matches("Connection: close\r\n", text)
  end)

  it("turns headers that would split a response into a 500", function()
    for _, value in ipairs { "a\r\nb", "a\nb", "a\0b" } do
      answer = function() return { status = 200, headers = { ["X-Thing"] = value }, body = "x" } end
      local response = client.get(listener, "/")
      assert.equal(500, response.status)
      assert.is_nil(response.headers["x-thing"])
    end
  end)

  it("answers 500 for a handler that raises", function()
    local host = require "core.host"
    local reported
    host.on_error(function(message) reported = message end)
    answer = function() error("boom") end
    assert.equal(500, client.get(listener, "/").status)
    assert.matches("boom", reported)
  end)

  it("near its limit cuts who has asked nothing for longest, and nobody else", function()
    listener:close()
    listener = open({ connections = 8, connections_per_address = 0, threads = 1 }, on_request)
    local oldest, idle = client.connect(listener), {}
    for number = 1, 5 do idle[number] = client.connect(listener) end
    assert.equal("/", client.get(listener, "/").body)
    helper.wait_for(function() return oldest.ended end, 5, "the oldest to be cut")
    assert.is_false(idle[5].ended)
    assert.equal("/late", idle[5]:send("GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n"):response().body)
    for _, connection in ipairs(idle) do connection:close() end
  end)

  it("serves a hundred at once", function()
    listener:close()
    listener = open({ connections = 160, connections_per_address = 0 }, on_request)
    local connections = {}
    for i = 1, 100 do
      connections[i] = client.connect(listener)
    end
    for i, connection in ipairs(connections) do
      connection:send("GET /" .. i .. " HTTP/1.1\r\nHost: localhost\r\n\r\n")
    end
    for i, connection in ipairs(connections) do
      assert.equal("/" .. i, connection:response().body)
      connection:close()
    end
  end)

  it("says that an address is taken", function()
    local other, message, code = http.open({ address = "127.0.0.1", port = listener.port }, on_request)
    assert.is_nil(other)
    assert.equal("exists", code)
    assert.equal("127.0.0.1:" .. listener.port .. ": address already in use", message)
  end)

  it("listens on IPv6 too, beside another listener", function()
    local six = open({ address = "::1" }, function(request)
      listener:reply(-1, { status = 200 })
      return request
    end)
    six:close()
    local answered
    six = open({ address = "::1" }, function(request)
      answered = six:reply(request.id, { status = 200, body = request.address })
    end)
    local response = client.parse(client.exchange({ address = "::1", port = six.port },
      "GET / HTTP/1.1\r\nHost: [::1]:" .. six.port .. "\r\nConnection: close\r\n\r\n"))
    assert.equal("::1", response.body)
    assert.is_true(answered)
    assert.equal(200, client.get(listener, "/").status)
    six:close()
  end)

  it("takes one reply for a request", function()
    local id, second
    listener:close()
    listener = open({}, function(request)
      id = request.id
      assert.is_true(listener:reply(id, { status = 200 }))
      second = listener:reply(id, { status = 200 })
    end)
    assert.equal(200, client.get(listener, "/").status)
    assert.is_false(second)
    assert.is_false(listener:reply(id, { status = 200 }))
    assert.is_false(listener:reply(id + 1, { status = 200 }))
  end)

  it("survives a client that is gone before the reply", function()
    local request
    listener:close()
    listener = open({}, function(one) request = one end)
    local connection = client.connect(listener):send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    helper.wait_for(function() return request end)
    connection:close()
    uv.run("nowait")
    listener:reply(request.id, { status = 200, body = ("x"):rep(1000000) })
    local late = request.id
    request = nil
    connection = client.connect(listener):send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    helper.wait_for(function() return request end)
    assert.is_false(listener:reply(late, { status = 200 }))
    assert.is_true(listener:reply(request.id, { status = 200 }))
    assert.equal(200, connection:response().status)
    connection:close()
  end)

  it("cuts clients that are slow with their headers", function()
    listener:close()
    listener = open({ header_seconds = 1 }, on_request)
    local connection = client.connect(listener)
    local timer = uv.new_timer()
    connection:send("GET / HTTP/1.1\r\nHost: localhost\r\n")
    timer:start(200, 200, function()
      if not connection.ended then connection:send("X: y\r\n") end
    end)
    local before = uv.hrtime()
    assert.equal("", connection:rest(5))
    timer:close()
    local seconds = (uv.hrtime() - before) / 1e9
    assert.is_true(seconds > 0.9 and seconds < 5, "after " .. seconds)
  end)

  it("cuts idle connections", function()
    listener:close()
    listener = open({ idle_seconds = 1 }, on_request)
    local connection = client.connect(listener):send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert.equal(200, connection:response().status)
    assert.equal("", connection:rest(5))
  end)

  it("cuts clients that send slower than 1 KiB/s", function()
    listener:close()
    listener = open({ slow_seconds = 1 }, on_request)
    local connection = client.connect(listener)
    connection:send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n")
    local timer = uv.new_timer()
    timer:start(100, 100, function()
      if not connection.ended then connection:send("x") end
    end)
    assert.equal("", connection:rest(8))
    timer:close()
  end)

  it("cuts clients that take slower than 1 KiB/s", function()
    listener:close()
    listener = open({ slow_seconds = 1 }, on_request)
    answer = function() return { status = 200, body = ("x"):rep(32000000) } end
    local connection = client.connect(listener):send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    helper.wait_for(function() return connection.count > 0 end)
    connection:pause()
    local timer, over = uv.new_timer(), false
    timer:start(3500, 0, function() over = true end)
    helper.wait_for(function() return over end)
    timer:close()
    connection:resume()
    assert.is_true(#connection:rest(5) < 32000000)
  end)

  it("lets no more connections in than it may", function()
    listener:close()
    listener = open({ connections = 2, threads = 2, connections_per_address = 0 }, on_request)
    local function ask()
      return client.connect(listener):send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    end
    local first, second, third = ask(), ask(), ask()
    assert.equal(200, first:response().status)
    assert.equal(200, second:response().status)
    assert.equal(0, third.count)
    first:close()
    assert.equal(200, third:response().status)
    second:close()
    third:close()
  end)

  it("sends the replies that were given before it is closed", function()
    for _, body in ipairs { "bye", { "b", "ye" } } do
      listener:close()
      listener = open({}, function(request)
        listener:reply(request.id, { status = 200, body = body })
        listener:close()
      end)
      assert.equal("bye", client.get(listener, "/").body)
    end
  end)

  it("answers what waits with 503 when it is closed", function()
    local requests = 0
    listener:close()
    listener = open({}, function() requests = requests + 1 end)
    local connections = {}
    for i = 1, 5 do
      connections[i] = client.connect(listener):send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    end
    helper.wait_for(function() return requests == 5 end)
    local before = uv.hrtime()
    listener:close()
    local milliseconds = (uv.hrtime() - before) / 1e6
    for _, connection in ipairs(connections) do
      assert.equal(503, client.parse(connection:rest()).status)
    end
    assert.is_true(milliseconds < 1000, milliseconds .. " ms")
    listener:close()
    assert.is_false(listener:reply(1, { status = 200 }))
  end)
end)

describe("an HTTP listener on a Unix socket", function()
  local folder, path, listener

  before_each(function()
    folder = helper.folder()
    path = folder .. "/control.sock"
  end)

  after_each(function()
    if listener then listener:close() end
    helper.remove(folder)
  end)

  it("has mode 0600, answers, and goes away", function()
    listener = open({ path = path }, function(request)
      listener:reply(request.id, { status = 200, body = "[" .. request.address .. "]" })
    end)
    assert.equal(path, listener.address)
    assert.equal(tonumber("600", 8), uv.fs_stat(path).mode & 0x1ff)
    local text = "GET / HTTP/1.1\r\nHost: btshare\r\nConnection: close\r\n\r\n"
    assert.equal("[]", client.parse(client.exchange({ path = path }, text)).body)
    listener:close()
    assert.is_nil(uv.fs_stat(path))
  end)

  local function refuses_other_users()
    listener = open({ path = path }, function(request)
      listener:reply(request.id, { status = 200 })
    end)
    assert(uv.fs_chmod(folder, tonumber("755", 8)))
    assert(uv.fs_chmod(path, tonumber("666", 8)))
    local function status_for(user)
      local out, text, ended = uv.new_pipe(false), "", nil
      local process = assert(uv.spawn("/usr/bin/curl", {
        args = { "-sS", "-w", "%{http_code}", "--unix-socket", path, "http://localhost/" },
        uid = user, gid = user, stdio = { nil, out, nil },
      }, function(code) ended = code end))
      out:read_start(function(_, data) text = text .. (data or "") end)
      helper.wait_for(function() return ended and not out:is_active() end)
      process:close()
      out:close()
      return text
    end
    assert.equal("200", status_for(0))
    assert.is_nil(status_for(65534):find("200", 1, true))
  end

  if uv.getuid() == 0 and uv.fs_stat "/usr/bin/curl" then
    it("refuses other users", refuses_other_users)
  else
    skip.tests("refuses other users", "needs root and curl")
  end

  it("replaces a stale socket, but neither a living one nor a file", function()
    listener = open({ path = path }, function() end)
    local other, message, code = http.open({ path = path }, function() end)
    assert.is_nil(other)
    assert.equal("exists", code)
    assert.matches("control.sock", message, 1, true)
    assert(uv.fs_rename(path, path .. ".moved"))
    listener:close()
    assert(uv.fs_rename(path .. ".moved", path)) -- nobody answers on it now
    listener = open({ path = path }, function() end)
    listener:close()
    helper.write(path, "a file")
    code = select(3, http.open({ path = path }, function() end))
    assert.equal("exists", code)
    assert.equal("a file", helper.read(path))
  end)
end)
