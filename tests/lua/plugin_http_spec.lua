-- btshare.http as plugins have it: what is sent, what comes back, and each way in which it fails.
local helper = require "helper"
local plugin_bench = require "plugin_bench"
local task = require "btshare.task"
local uv = require "luv"

describe("btshare.http", function()
  local bench, server, requests, reply, clients

  local function serve()
    server, clients = uv.new_tcp(), {}
    assert(server:bind("127.0.0.1", 0))
    assert(server:listen(16, function()
      local client, got = uv.new_tcp(), ""
      server:accept(client)
      clients[#clients + 1] = client
      client:read_start(function(_, bytes)
        if not bytes then return client:is_closing() or client:close() end
        got = got .. bytes
        local head, body = got:match("^(.-\r\n\r\n)(.*)$")
        if not head or #body < tonumber(head:match("[Cc]ontent%-[Ll]ength: (%d+)") or 0) then return end
        requests[#requests + 1] = got
        got = ""
        local answer = reply(head, body)
        if answer then client:write(answer, function() if not client:is_closing() then client:close() end end) end
      end)
    end))
    return "http://127.0.0.1:" .. server:getsockname().port
  end

  before_each(function()
    bench, requests, server = plugin_bench.open(), {}, nil
    reply = function() return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" end
  end)
  after_each(function()
    if server then server:close() end
    for _, client in ipairs(clients or {}) do
      if not client:is_closing() then client:close() end
    end
    bench:close()
  end)

  -- What http.fetch gives in a plugin for what stands in `request`, with URL as the server's address.
  local function fetch(request, url)
    local api = bench:api("http")
    request.url = request.url or (url or serve()) .. "/a?b=c"
    return bench:wait(api.fetch, request)
  end

  it("sends a method, headers and a body, and gives status, headers and body back", function()
    reply = function()
      return "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 4\r\nX-One: a\r\n" ..
        "x-one: b\r\nX-Empty:\r\n\r\nd\0ne"
    end
    local response = assert(fetch {
      method = "put", body = "one\0two",
      headers = { ["X-Key"] = "k", ["Content-Type"] = "text/plain", ["X-Count"] = 3, ["X-None"] = "" },
    })
    assert.equal(201, response.status)
    assert.equal("d\0ne", response.body)
    assert.same({ ["content-length"] = "4", ["x-one"] = "a, b", ["x-empty"] = "" }, response.headers)
    assert.matches("^PUT /a%?b=c HTTP/1.1\r\n", requests[1])
    assert.matches("\r\nX%-Key: k\r\n", requests[1])
    assert.matches("\r\nX%-Count: 3\r\n", requests[1])
    assert.matches("\r\nX%-None:\r\n", requests[1])
    assert.matches("\r\nContent%-Type: text/plain\r\n", requests[1])
    assert.matches("\r\nContent%-Length: 7\r\n", requests[1])
    assert.is_nil(requests[1]:find("Expect", 1, true))
    assert.matches("\r\n\r\none\0two$", requests[1])
  end)

  it("says nothing of a body's kind by itself, and takes a body for a POST", function()
    assert(fetch { body = ("x"):rep(5000) })
    assert.matches("^POST ", requests[1])
    assert.is_nil(requests[1]:lower():find("content-type", 1, true))
    assert.is_nil(requests[1]:find("Expect", 1, true))
  end)

  it("gets, and asks for the head alone", function()
    local url = serve()
    assert.equal("ok", fetch({}, url).body)
    reply = function() return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\n" end
    local response = fetch({ method = "HEAD" }, url)
    assert.same({ 200, "", "1" }, { response.status, response.body, response.headers["x-a"] })
  end)

  it("follows no redirect", function()
    reply = function() return "HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n" end
    local response = fetch {}
    assert.same({ 302, "/else" }, { response.status, response.headers.location })
    assert.equal(1, #requests)
  end)

  it("takes no more than its limit, and no longer than its time", function()
    reply = function() return "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" .. ("x"):rep(5000) end
    local url = serve()
    local response, message, code = fetch({ limit = "4kB" }, url)
    assert.same({ "fetch: the answer is too long", "full" }, { message, code })
    assert.is_nil(response)
    reply = function() return "HTTP/1.1 200 OK\r\nX: " .. ("x"):rep(70000) .. "\r\nContent-Length: 0\r\n\r\n" end
    assert.equal("full", select(3, fetch({}, url)))
    reply = function() return nil end
    local began = uv.hrtime()
    response, message, code = fetch({ timeout = "0.3s" }, url)
    assert.is_nil(response)
    assert.equal("busy", code)
    assert.matches("^fetch: .*timed out", message:lower())
    assert.is_true(uv.hrtime() - began < 20e9)
  end)

  it("says when nobody is there", function()
    local url = serve()
    server:close()
    server = nil
    assert.equal("missing", select(3, fetch({}, url)))
  end)

  it("is told its misuses with the line of the plugin", function()
    for text, expected in pairs {
      ["http.fetch 'x'"] = "x.lua:5: http.fetch: a table is wanted$",
      ["http.fetch {}"] = "x.lua:5: http.fetch: its 'url' must be given$",
      ["http.fetch { url = 'file:///etc/passwd' }"] =
        "x.lua:5: http.fetch: its 'url' must be an address that begins with http:// or https://$",
      ["http.fetch { url = 'http://x', methd = 'GET' }"] =
        "x.lua:5: http.fetch: its 'methd' is unknown, did you mean 'method'%?$",
      ["http.fetch { url = 'http://x', headers = { A = 'b\\r\\nC: d' } }"] =
        "x.lua:5: http.fetch: its 'headers' must hold a text in one line for 'A'$",
      ["http.fetch { url = 'http://x', headers = { ['A:'] = 'b' } }"] = "its 'headers' has no header 'A:'$",
      ["http.fetch { url = 'http://x', limit = '1GB' }"] = "its 'limit' must be from 0 to \"64MiB\"$",
      ["http.fetch { url = 'http://x', timeout = 'soon' }"] = "its 'timeout' must be a span of time",
    } do
      local _, message = bench:load("x", "local http = require 'btshare.http'\n\n" .. text)
      assert.matches(expected, message)
    end
    assert.equal("plugin 'x': it waits while it is loaded; only its handlers and tasks may wait",
      (select(2, bench:load("x", "require 'btshare.http'.fetch { url = 'http://127.0.0.1:1' }"))))
  end)

  it("ends with the task that waits and with the plugin, and eight go at once", function()
    reply = function() return nil end
    local url = serve()
    local api = bench:api("http")
    local job = task.spawn(function() api.fetch { url = url } end)
    helper.wait_for(function() return #requests == 1 end, 10, "the request")
    job:cancel()
    helper.wait_for(function() return clients[1]:is_closing() end, 10, "the end of the connection")
    bench:load("y", [[
      local http = require "btshare.http"
      local task = require "btshare.task"
      plugin:on("share-ready", function(event)
        for _ = 1, 10 do task.spawn(function() http.fetch { url = event.url } end) end
      end)
    ]])
    bench.bus:tell("share-ready", { url = url })
    helper.wait_for(function() return #requests == 9 end, 10, "eight requests")
    assert(bench.manager:unload "y")
    for index = 2, 9 do
      helper.wait_for(function() return clients[index]:is_closing() end, 10, "the end of all")
    end
    assert.equal(9, #requests)
    assert.same({}, bench.logged)
  end)
end)
