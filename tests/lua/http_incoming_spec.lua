local client = require "http_client"
local crypto = require "core.crypto"
local helper = require "helper"
local host = require "core.host"
local http = require "core.http"
local uv = require "luv"

describe("the body of a request that is let in", function()
  local listener, ends, pieces, heads, folder

  -- `let(request)` is called for each that has a body.
  local function open(let, on_piece, options)
    ends, pieces, heads = {}, {}, {}
    local all = { address = "127.0.0.1", port = 0 }
    for name, value in pairs(options or {}) do all[name] = value end
    listener = assert(http.open(all, function(request)
      heads[#heads + 1] = request
      listener:reply(request.id, { status = 200, body = ("%d %d"):format(#request.body, request.body_length or -1) })
    end, function(id, bytes, complete)
      ends[#ends + 1] = { id = id, bytes = bytes, complete = complete }
    end, let, on_piece))
  end

  before_each(function() folder = helper.folder() end)
  after_each(function()
    if listener then listener:close() end
    listener = nil
    helper.remove(folder)
  end)

  local function head(length, more)
    return ("POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n"):format(length,
      more or "")
  end

  local function take(id, bytes)
    pieces[#pieces + 1] = bytes
    assert.is_true(listener:next_piece(id))
    assert.is_false(listener:next_piece(id)) -- also where another one is there by now: nobody was told of it
  end

  it("comes in pieces, one at a time, whole and in order", function()
    open(function(request)
      assert.equal("", request.body)
      assert.is_true(listener:let_in_pieces(request.id, 10000000))
    end, take)
    local numbers = {}
    for index = 1, 300000 do numbers[index] = ("%07d\n"):format(index) end
    local body = table.concat(numbers)
    local answer = client.parse(client.exchange(listener, head(#body) .. body, 30))
    assert.equal("0 -1", answer.body)
    assert.is_true(#pieces > 10)
    assert.equal(body, table.concat(pieces))
    for _, piece in ipairs(pieces) do assert.is_true(#piece <= 65536) end
    assert.same({}, ends)
  end)

  it("comes in pieces from chunks of any size", function()
    open(function(request) listener:let_in_pieces(request.id, 10000000) end, take)
    local chunks, bodies = {}, {}
    for index = 1, 3000 do
      bodies[index] = ("%d,"):format(index):rep(index % 37 + 1)
      chunks[index] = ("%x\r\n%s\r\n"):format(#bodies[index], bodies[index])
    end
    local connection = client.connect(listener)
    connection:send("POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection:send(table.concat(chunks) .. "0\r\n\r\n")
    assert.equal(200, client.parse(connection:rest(30)).status)
    assert.equal(table.concat(bodies), table.concat(pieces))
  end)

  it("waits with the next piece until the last is done with", function()
    local waiting
    open(function(request) listener:let_in_pieces(request.id, 1000000) end, function(id, bytes)
      pieces[#pieces + 1], waiting = bytes, id
    end)
    local connection = client.connect(listener)
    connection:send(head(500000) .. ("x"):rep(500000))
    helper.wait_for(function() return waiting end, 10, "a piece")
    for _ = 1, 50 do uv.run("nowait") end
    assert.equal(1, #pieces)
    while not connection.ended do
      local id = waiting
      waiting = nil
      listener:next_piece(id)
      helper.wait_for(function() return waiting or connection.ended end, 10, "the next")
    end
    assert.equal(500000, #table.concat(pieces))
    connection:close()
  end)

  it("is told of when it never comes whole, with what came", function()
    local path = folder .. "/body"
    local ways = {
      function(id) listener:let_in_pieces(id, 100000) end,
      function(id) listener:let_in(id, 100000, assert(uv.fs_open(path, "w", 384))) end,
    }
    local number = 0
    open(function(request)
      number = number + 1
      ways[number](request.id)
    end, take)
    for _ = 1, #ways do
      local connection = client.connect(listener)
      connection:send(head(50000) .. ("y"):rep(20000))
      local before = #ends
      helper.wait_for(function()
        return #table.concat(pieces) == 20000 and (number == 1 or uv.fs_stat(path).size == 20000)
      end, 10, "the first bytes")
      connection:close()
      helper.wait_for(function() return #ends > before end, 10, "the end")
      assert.same({ 20000, false }, { ends[#ends].bytes, ends[#ends].complete })
    end
    assert.equal(0, #heads)
  end)

  it("can be cut, and is told of then", function()
    local id
    open(function(request)
      id = request.id
      listener:let_in(request.id, 100000, assert(uv.fs_open(folder .. "/body", "w", 384)))
    end)
    local connection = client.connect(listener)
    connection:send(head(50000) .. "abc")
    helper.wait_for(function() return id and uv.fs_stat(folder .. "/body").size == 3 end, 10, "bytes")
    listener:cut(id)
    helper.wait_for(function() return connection.ended and ends[1] end, 10, "the end")
    assert.same({ id, 3, false }, { ends[1].id, ends[1].bytes, ends[1].complete })
    connection:close()
  end)

  it("is cut where taking a piece fails, and goes with its listener", function()
    local traceback
    host.on_error(function(text) traceback = text end)
    open(function(request) listener:let_in_pieces(request.id, 100000) end, function() error("no such luck") end)
    local connection = client.connect(listener)
    connection:send(head(50000) .. ("z"):rep(1000))
    helper.wait_for(function() return connection.ended and ends[1] end, 10, "the end")
    assert.matches("no such luck", traceback)
    connection:close()
    listener:close()
    open(function(request) listener:let_in_pieces(request.id, 100000) end, function(_, bytes) pieces[1] = bytes end)
    connection = client.connect(listener)
    connection:send(head(50000) .. ("z"):rep(50000))
    helper.wait_for(function() return pieces[1] end, 10, "a piece")
    listener:close()
    listener = nil
    helper.wait_for(function() return connection.ended end, 10, "the end")
    connection:close()
  end)

  it("keeps to its limit in pieces, chunked too", function()
    open(function(request) listener:let_in_pieces(request.id, 1000) end, take)
    local chunked = "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    local answer = client.exchange(listener, chunked ..
      "3e8\r\n" .. ("a"):rep(1000) .. "\r\n1\r\nb\r\n0\r\n\r\n", 10)
    assert.matches("^HTTP/1.1 413 ", answer)
    assert.equal(1000, #table.concat(pieces))
  end)

  it("is refused where its next piece is not wanted", function()
    local status = 507
    open(function(request) listener:let_in_pieces(request.id, 1000000) end, function(id, bytes)
      pieces[#pieces + 1] = bytes
      assert.is_true(listener:next_piece(id, status))
    end)
    assert.matches("^HTTP/1.1 507 ", client.exchange(listener, head(300000) .. ("x"):rep(300000), 10))
    assert.equal(1, #pieces)
    helper.wait_for(function() return ends[1] end, 10, "the end")
    assert.same({ #pieces[1], false }, { ends[1].bytes, ends[1].complete })
    assert.matches("^HTTP/1.1 200 ", client.exchange(listener, head(5) .. "hello", 10)) -- it was the last one
    assert.has_error(function() listener:next_piece(1, 200) end)
  end)

  it("is hashed as it comes", function()
    local kind
    open(function(request)
      local file = assert(uv.fs_open(folder .. "/body", "w", 384))
      if not listener:let_in(request.id, 1000000, file, 0, kind) then
        uv.fs_close(file)
        listener:reply(request.id, { status = 500 })
      end
    end)
    local body = ("0123456789"):rep(30000)
    for _, case in ipairs { { "SHA1", "sha1sum" }, { "SHA256", "sha256sum" } } do
      kind = case[1]
      assert.matches("^HTTP/1.1 200 ", client.exchange(listener, head(#body) .. body, 10))
      local pipe <close> = assert(io.popen(("%s %q"):format(case[2], folder .. "/body")))
      assert.equal(pipe:read("a"):match("^%x+"), crypto.hex(heads[#heads].body_digest))
    end
    kind = nil
    assert.matches("^HTTP/1.1 200 ", client.exchange(listener, head(#body) .. body, 10))
    assert.is_nil(heads[#heads].body_digest)
    kind = "no such"
    assert.matches("^HTTP/1.1 500 ", client.exchange(listener, head(5) .. "hello", 10))
  end)

  it("leaves as much of the disk free as is asked for, looked at as it grows", function()
    local keep = 0
    open(function(request)
      listener:let_in(request.id, 1 << 30, assert(uv.fs_open(folder .. "/body", "w", 384)), keep)
    end)
    assert.matches("^HTTP/1.1 200 ", client.exchange(listener, head(5) .. "hello", 10))
    keep = 1 << 60
    assert.matches("^HTTP/1.1 507 ", client.exchange(listener, head(5) .. "hello", 10))
    assert.equal(0, uv.fs_stat(folder .. "/body").size)
  end)
end)
