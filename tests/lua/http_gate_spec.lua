-- What the gate refuses, byte by byte over a raw socket: exactly one response, then the end.
local client = require "http_client"
local http = require "core.http"

describe("the gate", function()
  local listener, handled

  local function open(options)
    options.address = options.address or "127.0.0.1"
    listener = assert(http.open(options, function(request)
      handled = handled + 1
      listener:reply(request.id, { status = 200, body = request.host })
    end))
  end

  before_each(function()
    handled = 0
    open { body_limit = 1000, hosts = { "share.example" } }
  end)

  after_each(function()
    listener:close()
  end)

  -- A second, good request follows each one: it must not be answered.
  local follower = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"

  local function refused(request, status)
    local text = client.exchange(listener, request .. follower)
    local response = client.parse(text)
    assert(response, "no response to " .. request)
    assert.equal(status, response.status, request)
    assert.equal(#text, response.length, "more than one response to " .. request)
    assert.equal("close", (response.headers.connection or ""):lower(), request)
    assert.equal(0, handled, request)
    return text
  end

  local function lines(...)
    return table.concat({ ... }, "\r\n") .. "\r\n\r\n"
  end

  local get, post, host = "GET / HTTP/1.1", "POST / HTTP/1.1", "Host: localhost"

  it("refuses two lengths of a body", function()
    refused(lines(post, host, "Content-Length: 4", "Transfer-Encoding: chunked") .. "0\r\n\r\n", 400)
    refused(lines(post, host, "Transfer-Encoding: chunked", "Content-Length: 4") .. "0\r\n\r\n", 400)
    refused(lines(post, host, "Content-Length: 4", "Content-Length: 4") .. "body", 400)
    refused(lines(post, host, "Content-Length: 0", "content-length: 40"), 400)
  end)

  -- These are libmicrohttpd's to refuse, before anybody is asked. 0.9 repeats the head of its refusal within what the
  -- first one's length covers or after it, and ends the connection.
  it("leaves lengths that are no numbers to the library, and handles nothing after them", function()
    for _, length in ipairs { "4, 4", "+4", "0x4", "-4", "", "4 4", "99999999999999999999999" } do
      local text = client.exchange(listener, lines(post, host, "Content-Length: " .. length) .. "body" .. follower)
      assert.matches("^HTTP/1.1 4%d%d ", text)
      assert.is_nil(text:find("HTTP/1.1 200", 1, true), text)
      assert.equal(0, handled)
    end
  end)

  it("refuses transfer encodings but chunked", function()
    refused(lines(post, host, "Transfer-Encoding: gzip") .. "0\r\n\r\n", 400)
    refused(lines(post, host, "Transfer-Encoding: gzip, chunked") .. "0\r\n\r\n", 400)
    refused(lines(post, host, "Transfer-Encoding: chunked, chunked") .. "0\r\n\r\n", 400)
    refused(lines(post, host, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked") .. "0\r\n\r\n", 400)
    refused(lines(post, host, "Transfer-Encoding: identity") .. "0\r\n\r\n", 400)
    refused(lines("POST / HTTP/1.0", host, "Transfer-Encoding: chunked") .. "0\r\n\r\n", 400)
  end)

  it("refuses none and two Hosts", function()
    refused(lines(get, host, host), 400)
    refused(lines(get, host, "host: evil.test"), 400)
    refused(lines(get, "Accept: x"), 400)
    refused(lines("GET / HTTP/1.0", "Accept: x"), 400)
    refused("GET / HTTP/1.0\r\n\r\n", 400)
    refused(lines(get, "Host:"), 400)
    refused(lines(get, "Host: localhost, evil.test"), 400)
    refused(lines(get, "Host: localhost@evil.test"), 400)
    refused(lines(get, "Host: localhost:80:80"), 400)
    refused(lines(get, "Host: localhost:99999"), 400)
    refused(lines(get, "Host: [::1"), 400)
  end)

  it("refuses header lines that others read otherwise", function()
    refused(lines(post, host, "Content-Length : 4") .. "body", 400)
    refused(lines(post, host, "Content-Length\t: 4") .. "body", 400)
    refused(lines(get, host, "X Y: z"), 400)
    refused(lines(get, host, "X(Y): z"), 400)
    refused(lines(get, host, ": z"), 400)
    refused(lines(get, host, "no colon"), 400)
    refused(lines(get, " " .. host), 400)
    refused(lines(get, host, "X: a\r\n b"), 400)
    refused(lines(get, host, "X: a\r\n\tb", "Y: c"), 400)
    refused(lines(get, host, "X: a\r\n Content-Length: 40"), 400)
    refused(lines(get, host, "X: a\0b"), 400)
    refused(lines(get, host, "X: a\rb"), 400)
    refused(lines(get, host, "X: a\127b"), 400)
    refused(lines(get, host, "X: a\1b"), 400)
  end)

  it("refuses bare LF", function()
    refused("GET / HTTP/1.1\n" .. host .. "\r\n\r\n", 400)
    refused(get .. "\r\n" .. host .. "\n\r\n", 400)
    refused(get .. "\r\n" .. host .. "\r\nX: y\nZ: 1\r\n\r\n", 400)
    refused(get .. "\r\n" .. host .. "\r\nX:y\nZ:  1\r\n\r\n", 400)
    refused(get .. "\r\n" .. host .. "\r\nX: y\r\n\n", 400)
    refused("GET / HTTP/1.1\n" .. host .. "\n\n", 400)
  end)

  it("refuses targets that are no paths", function()
    refused(lines("GET http://localhost/ HTTP/1.1", host), 400)
    refused(lines("OPTIONS * HTTP/1.1", host), 400)
    refused(lines("GET x HTTP/1.1", host), 400)
    refused(lines("GET /a b HTTP/1.1", host), 400)
    refused(lines("GET  /a HTTP/1.1", host), 400)
    refused(lines("GET /a\tb HTTP/1.1", host), 400)
    local text = client.exchange(listener, lines("GET /a\0b HTTP/1.1", host) .. follower)
    assert.is_true(text == "" or client.parse(text).length == #text) -- libmicrohttpd 1.0 only closes
    assert.equal(0, handled)
    for _, path in ipairs { "/%00", "/a%0d", "/a%0Ab", "/a%2fb", "/a%5cb", "/a\\b", "/%", "/%4", "/%zz", "/%ff",
      "/%c0%af", "/.", "/..", "/a/../b", "/%2e%2e/b", "/a/./b", "//", "/a//b", "/a#b", "/%ed%a0%80" } do
      refused(lines("GET " .. path .. " HTTP/1.1", host), 400)
    end
  end)

  it("refuses unknown methods", function()
    for _, method in ipairs { "TRACE", "CONNECT", "get", "PROPFIND", "GETX" } do
      refused(lines(method .. " / HTTP/1.1", host), 400)
    end
  end)

  it("refuses what is too long", function()
    refused(lines("GET /" .. ("a"):rep(2047) .. "?x HTTP/1.1", host), 414)
    refused(lines(get, host, "X: " .. ("a"):rep(16400)), 431)
    refused(lines(get, host, ("X: a\r\n"):rep(200) .. "Y: z"), 431)
    refused(lines(post, host, "Content-Length: 1001"), 413)
    refused(lines(post, host, "Content-Length: 1001", "Expect: 100-continue"), 413)
    assert.equal(200, client.get(listener, "/" .. ("a"):rep(2047)).status)
  end)

  it("counts chunked bodies", function()
    local connection = client.connect(listener)
    connection:send(lines(post, host, "Transfer-Encoding: chunked"))
    for _ = 1, 3 do
      connection:send("190\r\n" .. ("x"):rep(400) .. "\r\n")
    end
    local response = client.parse(connection:rest())
    assert.equal(413, response.status)
    assert.equal(0, handled)
  end)

  it("answers nothing that follows a chunked body", function()
    local text = client.exchange(listener,
      lines(post, host, "Transfer-Encoding: chunked") .. "4\r\nbody\r\n0\r\n\r\n" .. follower)
    local response = client.parse(text)
    assert.equal(200, response.status)
    assert.equal(#text, response.length)
    assert.equal(1, handled)
  end)

  it("refuses foreign Hosts in at most 200 bytes", function()
    for _, name in ipairs { "evil.test", "evil.test:80", "0.0.0.0", "169.254.1.1", "127.0.0.2", "[::1]",
      "localhost.evil.test", "evillocalhost", "127.1", "0x7f000001", "2130706433", "localhost.", ".localhost" } do
      local text = refused(lines(get, "Host: " .. name), 421)
      assert.is_true(#text <= 200, #text .. " bytes")
    end
  end)

  it("knows its own Hosts", function()
    for _, name in ipairs { "localhost", "LOCALHOST:1", "a.localhost", "127.0.0.1", "127.0.0.1:80", "share.example",
      "Share.Example:8702", "localhost:" } do
      local response = client.parse(client.exchange(listener, lines(get, "Host: " .. name, "Connection: close")))
      assert.equal(200, response.status, name)
      assert.equal(name, response.body)
    end
    listener:set_hosts { "other.example" }
    assert.equal(421, client.parse(client.exchange(listener, lines(get, "Host: share.example"))).status)
    assert.equal(200, client.parse(client.exchange(listener,
      lines(get, "Host: other.example", "Connection: close"))).status)
    assert.equal(200, client.parse(client.exchange(listener, lines("GET / HTTP/1.0", host))).status)
  end)

  it("may take every sensible literal", function()
    listener:close()
    open { literals = "any" }
    for name, status in pairs { ["192.0.2.1"] = 200, ["[2001:db8::1]:80"] = 200, ["0.0.0.0"] = 421,
      ["224.0.0.1"] = 421, ["169.254.1.1"] = 421, ["[::]"] = 421, ["[fe80::1]"] = 421, ["[ff02::1]"] = 421,
      ["[::ffff:169.254.1.1]"] = 421 } do
      assert.equal(status, client.parse(client.exchange(listener,
        lines(get, "Host: " .. name, "Connection: close"))).status, name)
    end
  end)

  it("sends no 100 Continue before it refuses", function()
    local text = client.exchange(listener, lines(post, "Host: evil.test", "Content-Length: 4", "Expect: 100-continue"))
    assert.matches("^HTTP/1.1 421", text)
    local connection = client.connect(listener)
    connection:send(lines(post, host, "Content-Length: 4", "Expect: 100-continue", "Connection: close"))
    assert.equal(100, connection:response().status)
    assert.matches("^HTTP/1.1 200", connection:send("body"):rest())
  end)
end)
