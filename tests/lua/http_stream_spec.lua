local client = require "http_client"
local helper = require "helper"
local http = require "core.http"
local uv = require "luv"

local request_line = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"

describe("an HTTP stream", function()
  local listener, ended, opened

  local function open(options)
    options.address = "127.0.0.1"
    ended, opened = {}, {}
    listener = assert(http.open(options, function(request)
      if request.segments[1] == "stream" then
        opened[#opened + 1] = request.id
        assert(listener:reply(request.id, { status = 200, stream = true, body = "hello\n" }))
      else
        assert(listener:reply(request.id, { status = 200, body = "other" }))
      end
    end, function(id, bytes, complete) ended[id] = { bytes = bytes, complete = complete } end))
  end

  before_each(function() open { idle_seconds = 1, slow_seconds = 1 } end)

  after_each(function() listener:close() end)

  local function start()
    local count = #opened
    local connection = client.connect(listener):send(request_line:format("/stream"))
    helper.wait_for(function() return #opened > count and connection:received():find("hello\n") end, 5, "a stream")
    return connection, opened[#opened]
  end

  it("has no length, and grows by what is pushed", function()
    local connection, id = start()
    assert.matches("\r\nTransfer%-Encoding: chunked\r\n", connection:received())
    assert.is_nil(connection:received():find("Content-Length", 1, true))
    assert.is_true(listener:push(id, "one\n") > 0)
    helper.wait_for(function() return connection:received():find("one\n") end)
    listener:push(id, "two\n")
    assert.is_true(listener:finish(id))
    assert.is_nil(listener:push(id, "three\n"))
    assert.is_false(listener:finish(id))
    local received = connection:rest(5)
    assert.matches("two\n\r\n0\r\n\r\n$", received)
    helper.wait_for(function() return ended[id] end)
    assert.same({ bytes = #"hello\none\ntwo\n", complete = true }, ended[id])
    assert.is_nil(listener:push(id, "four\n"))
  end)

  it("takes what is pushed before its head is out, in order", function()
    local parts = {}
    for number = 1, 500 do parts[number] = ("%d "):format(number) end
    listener:close()
    ended = {}
    listener = assert(http.open({ address = "127.0.0.1" }, function(request)
      listener:reply(request.id, { status = 200, stream = true })
      for _, part in ipairs(parts) do assert(listener:push(request.id, part)) end
      listener:finish(request.id)
    end, function(id, _, complete) ended[id] = complete end))
    local text = client.exchange(listener, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert.equal(table.concat(parts), text:match("\r\n\r\n(.*)$"))
  end)

  it("gives HEAD its headers only", function()
    local text = client.exchange(listener, "HEAD /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert.matches("^HTTP/1.1 200", text)
    assert.is_nil(text:find("hello", 1, true))
    helper.wait_for(function() return ended[opened[1]] end)
    assert.is_false(ended[opened[1]].complete)
  end)

  it("may be silent for longer than any time-out", function()
    local connection, id = start()
    local silent_until = uv.hrtime() + 3e9
    helper.wait_for(function() return uv.hrtime() > silent_until end)
    assert.is_false(connection.ended)
    assert.is_true(listener:push(id, "late\n") > 0)
    helper.wait_for(function() return connection:received():find("late\n") end)
    connection:close()
  end)

  it("notices that its client has gone, though nothing is pushed", function()
    local connection, id = start()
    connection:close()
    helper.wait_for(function() return ended[id] end, 3, "the end")
    assert.is_false(ended[id].complete)
    assert.is_nil(listener:push(id, "x"))
  end)

  it("is cut when its client lets too much pile up", function()
    local connection, id = start()
    connection:pause()
    local queued, most = 0, 0
    for _ = 1, 400 do
      queued = listener:push(id, ("x"):rep(4096))
      most = math.max(most, queued or 0)
      uv.run("nowait")
    end
    assert.is_nil(queued)
    assert.is_true(most <= 256 * 1024)
    helper.wait_for(function() return ended[id] end)
    assert.is_false(ended[id].complete)
    connection:close()
  end)

  it("ends soon when the listener closes", function()
    local connections = {}
    for index = 1, 12 do connections[index] = start() end
    connections[1]:pause()
    local before = uv.hrtime()
    listener:close()
    local took = (uv.hrtime() - before) / 1e6
    assert.is_true(took < 1000, took .. " ms")
    for _, id in ipairs(opened) do assert.is_false(ended[id].complete) end
    for _, connection in ipairs(connections) do
      connection:resume()
      connection:rest(5)
    end
  end)

  it("leaves others alone: 300 of them, 30 asleep, clients that vanish (security R23)", function()
    listener:close()
    open { connections = 400, connections_per_address = 0, threads = 2 }
    local streams, latencies = {}, {}
    for index = 1, 300 do
      local connection, id = start()
      streams[index] = { connection = connection, id = id }
      if index <= 30 then connection:pause() end
    end
    local event = "data: " .. ("x"):rep(20000) .. "\n\n"
    for round = 1, 200 do
      for index, stream in ipairs(streams) do
        listener:push(stream.id, index <= 30 and event or "data: tick\n\n")
      end
      for _ = 1, round % 2 do -- somebody leaves without a word, somebody else comes
        local index = math.random(31, #streams)
        if not streams[index].is_new then
          streams[index].connection:close()
          streams[index] = { is_new = true }
          streams[index].connection, streams[index].id = start()
        end
      end
      local before = uv.hrtime()
      assert.equal("other", client.get(listener, "/other").body)
      latencies[round] = (uv.hrtime() - before) / 1e6
    end
    for index = 1, 30 do
      helper.wait_for(function() return ended[streams[index].id] end, 5, "the end of a sleeper")
      assert.is_false(ended[streams[index].id].complete)
    end
    for index = 31, #streams do assert.is_truthy(listener:push(streams[index].id, "data: last\n\n"), index) end
    for index = 31, #streams do
      local connection = streams[index].connection
      helper.wait_for(function() return connection:received():find("last") end, 5, "the last event")
    end
    table.sort(latencies)
    local p99 = latencies[math.ceil(#latencies * 0.99)]
    print(("300 streams: other requests p50 %.1f ms, p99 %.1f ms"):format(latencies[#latencies // 2], p99))
    assert.is_true(p99 <= 100, p99 .. " ms")
    for _, stream in ipairs(streams) do stream.connection:close() end
  end)

  it("holds no files", function()
    listener:close()
    local message
    listener = assert(http.open({ address = "127.0.0.1" }, function(request)
      local file = { root = "/", path = "x", size = 1, mtime_ns = 0, ctime_ns = 0, inode = 1 }
      local fine
      fine, message = pcall(listener.reply, listener, request.id, { status = 200, stream = true, body = { file } })
      assert.is_false(fine)
      listener:reply(request.id, { status = 204 })
    end))
    assert.equal(204, client.get(listener, "/").status)
    assert.matches("stream", message)
  end)
end)

describe("a request with a body", function()
  local listener, asked, whole

  local function open(on_head)
    asked, whole = {}, {}
    listener = assert(http.open({ address = "127.0.0.1", body_limit = 1000000 }, function(request)
      whole[#whole + 1] = request
      listener:reply(request.id, { status = 200, body = tostring(#request.body) })
    end, nil, function(request)
      asked[#asked + 1] = request
      on_head(request)
    end))
  end

  after_each(function() listener:close() end)

  local function let_in(limit)
    return function(request) assert.is_true(listener:let_in(request.id, limit)) end
  end

  it("is told of before the body is read, and again when it is whole", function()
    open(let_in(100))
    local connection = client.connect(listener)
    for _ = 1, 3 do
      connection:send("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello")
      assert.equal("5", connection:response().body)
    end
    connection:close()
    assert.equal(3, #asked)
    assert.equal("", asked[1].body)
    assert.equal("hello", whole[3].body)
    assert.equal(asked[3].id, whole[3].id)
  end)

  it("is not asked about without one", function()
    open(let_in(100))
    assert.equal("0", client.get(listener, "/").body)
    assert.equal(0, #asked)
  end)

  it("is refused without 100 Continue, and the connection ends", function()
    open(function(request) listener:reply(request.id, { status = 401, body = "no" }) end)
    local text = client.exchange(listener,
      "POST /a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 900000\r\n\r\n")
    assert.matches("^HTTP/1.1 401 ", text)
    assert.matches("\r\nConnection: close\r\n", text)
    assert.equal(0, #whole)
  end)

  it("gets 100 Continue when let in", function()
    open(let_in(100))
    local connection = client.connect(listener)
    connection:send("POST /a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    helper.wait_for(function() return connection:received():find("100 Continue") end)
    connection:send("ok")
    helper.wait_for(function() return connection:received():find("HTTP/1.1 200", 1, true) end)
    connection:close()
  end)

  it("is held to the limit it was let in with, chunked too", function()
    open(let_in(10))
    local head = "POST /a HTTP/1.1\r\nHost: localhost\r\n"
    assert.matches("^HTTP/1.1 413", client.exchange(listener, head .. "Content-Length: 11\r\n\r\n" .. ("x"):rep(11)))
    assert.matches("^HTTP/1.1 413",
      client.exchange(listener, head .. "Transfer-Encoding: chunked\r\n\r\nb\r\n" .. ("x"):rep(11) .. "\r\n0\r\n\r\n"))
    assert.equal(0, #whole)
    assert.matches("\r\n\r\n10$",
      client.exchange(listener, head .. "Transfer-Encoding: chunked\r\n\r\na\r\n" .. ("x"):rep(10) .. "\r\n0\r\n\r\n"))
  end)

  it("gets 503 when the listener closes meanwhile", function()
    open(function() end)
    local connection = client.connect(listener)
    connection:send("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n")
    helper.wait_for(function() return #asked == 1 end)
    listener:close()
    assert.matches("^HTTP/1.1 503", connection:rest(5))
  end)

  it("is answered with 500 when the question raises", function()
    local host = require "core.host"
    local traceback
    host.on_error(function(text) traceback = text end)
    open(function() error("boom") end)
    local text = client.exchange(listener, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello")
    assert.matches("^HTTP/1.1 500", text)
    assert.matches("boom", traceback)
  end)
end)
