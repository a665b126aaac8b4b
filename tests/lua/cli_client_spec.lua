local cli_helper = require "cli_helper"
local client = require "btshare.http.client"
local helper = require "helper"
local uv = require "luv"

describe("the HTTP client", function()
  local folder, socket, server

  before_each(function()
    folder = helper.folder()
    socket = folder .. "/control.sock"
  end)

  after_each(function()
    if server then server.close() end
    server = nil
    helper.remove(folder)
  end)

  -- Sends each piece only after the last was written, a loop turn later.
  local function send(pieces, stays_open)
    server = cli_helper.serve(socket, function(connection)
      local function go_on(index)
        if not pieces[index] then
          if not stays_open then connection:shutdown() end
          return
        end
        connection:write(pieces[index], function() go_on(index + 1) end)
      end
      go_on(1)
    end)
  end

  local function fetch(options)
    return client.fetch(socket, "GET", "/x", nil, nil, options)
  end

  it("sends method, target, headers and body, and reads a sized answer", function()
    send({ "HTTP/1.1 201 Created\r\nX-One: a\r\nContent-Length: 5\r\n\r\nhello" }, true)
    local response = client.fetch(socket, "POST", "/api?a=b", { ["X-Two"] = "b" }, "body")
    assert.equal(201, response.status)
    assert.equal("hello", response.body)
    assert.equal("a", response.headers["x-one"])
    local request = server.requests[1]
    assert.equal("POST", request.method)
    assert.equal("/api?a=b", request.target)
    assert.equal("body", request.body)
    assert.matches("\r\nX%-Two: b\r\n", request.text)
    assert.matches("\r\nHost: localhost\r\n", request.text)
  end)

  it("reads the same answer from single bytes", function()
    local pieces = {}
    local text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      .. "3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n"
    for index = 1, #text do pieces[index] = text:sub(index, index) end
    send(pieces, true)
    assert.equal("abc0123456789", fetch().body)
  end)

  it("reads an answer that ends with the connection", function()
    send { "HTTP/1.1 200 OK\r\n\r\nall ", "of it" }
    assert.equal("all of it", fetch().body)
  end)

  it("expects no body after 204", function()
    send({ "HTTP/1.1 204 No Content\r\n\r\n" }, true)
    assert.equal("", fetch().body)
  end)

  it("reads a large body", function()
    local body = ("0123456789abcdef"):rep(1 << 18)
    send({ ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"):format(#body), body }, true)
    assert.is_true(fetch().body == body)
  end)

  for what, pieces in pairs {
    ["a sized body"] = { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell" },
    ["a chunk"] = { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel" },
    ["the head"] = { "HTTP/1.1 200 OK\r\nContent" },
    ["nothing"] = {},
  } do
    it("fails when the connection ends after " .. what, function()
      send(pieces)
      local response, message, code = fetch()
      assert.is_nil(response)
      assert.matches("control.sock: the answer ended too early", message)
      assert.equal("failed", code)
    end)
  end

  for what, text in pairs {
    ["something else"] = "SSH-2.0-OpenSSH\r\n\r\n",
    ["a bad length"] = "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n",
    ["a bad chunk size"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ["a chunk too long"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
    ["a bad header"] = "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ["an endless head"] = "HTTP/1.1 200 OK\r\nX: " .. ("x"):rep(70000),
    ["a long body"] = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
  } do
    it("fails on " .. what, function()
      send({ text }, true)
      local response, _, code = fetch { limit = 10 }
      assert.is_nil(response)
      assert.equal("failed", code)
    end)
  end

  it("gives up when no answer comes", function()
    send({}, true)
    local response, _, code = fetch { timeout = 0.05 }
    assert.is_nil(response)
    assert.equal("busy", code)
  end)

  it("says that nothing listens, for a missing socket and for a stale one", function()
    local _, message, code = fetch()
    assert.equal("missing", code)
    assert.matches("nothing listens", message)
    send {}
    local listener = uv.new_pipe(false)
    listener:bind(folder .. "/stale.sock")
    uv.fs_link(folder .. "/stale.sock", folder .. "/kept.sock")
    listener:close()
    uv.run("nowait")
    _, _, code = client.fetch(folder .. "/kept.sock", "GET", "/")
    assert.equal("missing", code)
  end)

  it("refuses a path too long for a socket", function()
    local _, message, code = client.fetch("/" .. ("x"):rep(107), "GET", "/")
    assert.equal("invalid", code)
    assert.matches("too long for a socket", message)
  end)

  it("raises for a target or a header that would smuggle", function()
    assert.has_error(function() client.fetch(socket, "GET", "/a b") end)
    assert.has_error(function() client.fetch(socket, "GET", "/", { X = "a\r\nY: b" }) end)
  end)
end)
