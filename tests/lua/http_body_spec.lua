-- Bodies with files: ranges, files that change, rates, and how their end is told.
local client = require "http_client"
local helper = require "helper"
local http = require "core.http"
local uv = require "luv"

local megabyte = 1024 * 1024

local function pattern(bytes, seed)
  local parts = {}
  for i = 1, bytes // 1024 do
    parts[i] = ("%s%015d"):format(seed, i):rep(64)
  end
  return table.concat(parts)
end

describe("a body with files", function()
  local folder, listener, answer, ends

  local function describe_file(name, more)
    local stat = assert(uv.fs_stat(folder .. "/" .. name))
    local file = {
      root = folder, path = name, size = stat.size, inode = stat.ino,
      mtime_ns = stat.mtime.sec * 1000000000 + stat.mtime.nsec,
      ctime_ns = stat.ctime.sec * 1000000000 + stat.ctime.nsec,
    }
    for key, value in pairs(more or {}) do
      file[key] = value
    end
    return file
  end

  local function last_end()
    return helper.wait_for(function() return ends[#ends] end, 5, "on_sent")
  end

  local function start()
    return client.connect(listener):send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
  end

  before_each(function()
    folder = helper.folder()
    ends = {}
    listener = assert(http.open({ address = "127.0.0.1" }, function(request)
      listener:reply(request.id, answer(request))
    end, function(id, bytes, complete)
      ends[#ends + 1] = { id = id, bytes = bytes, complete = complete }
    end))
  end)

  after_each(function()
    listener:close()
    helper.remove(folder)
  end)

  it("sends ranges of files between strings", function()
    local content = pattern(3 * megabyte, "a")
    helper.write(folder .. "/big", content)
    helper.write(folder .. "/empty", "")
    local file = describe_file("big", { offset = 100001, length = 2 * megabyte })
    local parts = { "<", file, "|", describe_file("empty"), describe_file("big"), ">" }
    answer = function() return { status = 206, body = parts } end
    local response = client.get(listener, "/")
    assert.equal(206, response.status)
    local expected = "<" .. content:sub(100002, 100001 + 2 * megabyte) .. "|" .. content .. ">"
    assert.equal(#expected, #response.body)
    assert.is_true(expected == response.body)
    local told = last_end()
    assert.equal(#expected, told.bytes)
    assert.is_true(told.complete)
  end)

  it("sends very many parts", function()
    helper.write(folder .. "/small", "small")
    local parts, expected = {}, {}
    for i = 1, 10000 do
      parts[2 * i - 1] = tostring(i)
      parts[2 * i] = describe_file("small")
      expected[i] = i .. "small"
    end
    answer = function() return { status = 200, body = parts } end
    assert.is_true(client.get(listener, "/").body == table.concat(expected))
  end)

  it("keeps the connection after a file, and tells HEAD as incomplete", function()
    helper.write(folder .. "/file", "content")
    answer = function() return { status = 200, body = { describe_file("file") } } end
    local connection = client.connect(listener)
    connection:send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert.equal("content", connection:response().body)
    assert.is_true(last_end().complete)
    connection:send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    local response = connection:response(true)
    assert.equal("7", response.headers["content-length"])
    helper.wait_for(function() return #ends == 2 end)
    assert.equal(0, ends[2].bytes)
    assert.is_false(ends[2].complete)
    connection:close()
  end)

  it("has its place taken by another answer where the file is not as described", function()
    helper.write(folder .. "/file", "content")
    local parts = { describe_file("file", { size = 8 }) }
    local gone = { status = 410, headers = { ["Content-Type"] = "text/html" }, body = "<p>gone" }
    answer = function() return { status = 200, headers = { ["X-Of"] = "file" }, body = parts, gone = gone } end
    local response = client.get(listener, "/")
    assert.same({ 410, "text/html", "<p>gone", nil },
      { response.status, response.headers["content-type"], response.body, response.headers["x-of"] })
    assert.is_false(last_end().complete)
    parts = { describe_file("file") }
    assert.same({ 200, "content" }, { client.get(listener, "/").status, client.get(listener, "/").body })
    for _, wrong in ipairs { 1, {}, { status = 410 }, { status = 410, body = parts }, { body = "" } } do
      local reply = { status = 200, body = "x", gone = wrong }
      answer = function() return pcall(listener.reply, listener, 0, reply) and {} or { status = 400 } end
      assert.equal(400, client.get(listener, "/").status)
    end
  end)

  it("answers 410 for a file that is not as described", function()
    helper.write(folder .. "/file", "content")
    helper.write(folder .. "/secret", "SECRET")
    assert(uv.fs_mkdir(folder .. "/sub", 448))
    helper.write(folder .. "/sub/file", "content")
    local good = describe_file("file")
    local function gone(file)
      local before = #ends
      answer = function() return { status = 200, body = { "head", file } } end
      local response = client.get(listener, "/")
      assert.equal(410, response.status)
      assert.matches("changed", response.body)
      helper.wait_for(function() return #ends > before end)
      assert.is_false(ends[#ends].complete)
    end
    for _, key in ipairs { "mtime_ns", "ctime_ns", "inode", "size" } do
      gone(describe_file("file", { [key] = good[key] + 1 }))
    end
    gone(describe_file("file", { path = "missing" }))
    gone(describe_file("file", { root = folder .. "/missing" }))
    gone(describe_file("file", { path = "../" .. folder:match("[^/]+$") .. "/file" }))
    gone(describe_file("file", { path = folder .. "/file" }))
    gone(describe_file("sub"))
    assert(uv.fs_symlink("file", folder .. "/link"))
    gone(describe_file("link"))
    assert(uv.fs_symlink("sub", folder .. "/linked"))
    gone(describe_file("linked/file"))
    assert(uv.fs_unlink(folder .. "/file"))
    assert(uv.fs_symlink("secret", folder .. "/file"))
    gone(good)
  end)

  it("cuts a transfer whose file is written to, and mixes nothing", function()
    local content = pattern(24 * megabyte, "a")
    helper.write(folder .. "/big", content)
    answer = function() return { status = 200, body = { describe_file("big") } } end
    local connection = start()
    helper.wait_for(function() return connection.count > megabyte end)
    connection:pause()
    local file = assert(io.open(folder .. "/big", "r+b"))
    file:write(pattern(24 * megabyte, "b"))
    file:close()
    connection:resume()
    local text = connection:rest()
    local body = text:match("\r\n\r\n(.*)")
    assert.is_true(#body < #content)
    assert.is_true(content:sub(1, #body) == body)
    assert.is_false(last_end().complete)
  end)

  it("cuts a transfer whose file is truncated, and pads nothing", function()
    local content = pattern(24 * megabyte, "a")
    helper.write(folder .. "/big", content)
    answer = function() return { status = 200, body = { describe_file("big") } } end
    local connection = start()
    helper.wait_for(function() return connection.count > megabyte end)
    connection:pause()
    helper.write(folder .. "/big", "")
    connection:resume()
    local body = connection:rest():match("\r\n\r\n(.*)")
    assert.is_true(#body < #content)
    assert.is_true(content:sub(1, #body) == body)
  end)

  it("cuts when a later file was swapped for a link", function()
    helper.write(folder .. "/first", pattern(16 * megabyte, "a"))
    helper.write(folder .. "/second", "public")
    helper.write(folder .. "/secret", "SECRET")
    local parts = { describe_file("first"), describe_file("second") }
    answer = function() return { status = 200, body = parts } end
    local connection = start()
    helper.wait_for(function() return connection.count > megabyte end)
    connection:pause()
    assert(uv.fs_unlink(folder .. "/second"))
    assert(uv.fs_symlink("secret", folder .. "/second"))
    connection:resume()
    local text = connection:rest()
    assert.is_nil(text:find("SECRET", 1, true))
    assert.is_nil(text:find("public", 1, true))
    assert.is_false(last_end().complete)
  end)

  it("changes its rate while it is sent, and tells how far it is", function()
    local id
    helper.write(folder .. "/file", ("x"):rep(8 * megabyte))
    local socket
    socket = assert(http.open({ address = "127.0.0.1" }, function(request)
      id = request.id
      socket:reply(id, { status = 200, body = { describe_file("file") }, rate = 1000 })
    end))
    local reader = client.connect(socket):send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    helper.wait_for(function() return id and (socket:sent(id) or 0) > 0 end, 5, "the first bytes")
    assert.is_true(socket:sent(id) < megabyte)
    assert.is_true(socket:set_rate(id, 2 * megabyte))
    local began = uv.hrtime()
    helper.wait_for(function() return (socket:sent(id) or 0) > 2 * megabyte end, 5, "two megabytes")
    local seconds = (uv.hrtime() - began) / 1e9
    assert.is_true(seconds > 0.7 and seconds < 3, seconds .. " s")
    assert.is_true(socket:set_rate(id, 0))
    reader:rest(5)
    helper.wait_for(function() return not socket:sent(id) end, 5, "the end")
    assert.is_false(socket:set_rate(id, 1000))
    assert.has_error(function() socket:set_rate(id, -1) end)
    socket:close()
  end)

  it("keeps to its rate", function()
    helper.write(folder .. "/file", pattern(megabyte, "a"))
    for _, body in ipairs { { describe_file("file") }, pattern(megabyte, "b") } do
      answer = function() return { status = 200, body = body, rate = megabyte } end
      local before = uv.hrtime()
      assert.equal(megabyte, #client.get(listener, "/").body)
      local seconds = (uv.hrtime() - before) / 1e9
      assert.is_true(seconds > 0.7 and seconds < 2.5, seconds .. " s")
    end
  end)

  it("cuts what is being sent", function()
    helper.write(folder .. "/file", pattern(megabyte, "a"))
    local id
    for _, rate in ipairs { 1000, 0 } do
      answer = function(request)
        id = request.id
        return { status = 200, body = { describe_file("file"), ("x"):rep(16 * megabyte) }, rate = rate }
      end
      local connection = start()
      helper.wait_for(function() return connection.count > 0 end)
      connection:pause()
      listener:cut(id)
      connection:resume()
      connection:rest()
      helper.wait_for(function() return ends[#ends] and ends[#ends].id == id end)
      assert.is_false(ends[#ends].complete)
    end
    listener:cut(id)
    listener:cut(123456)
  end)

  it("closes at once under stalled and throttled downloads, and tells their ends", function()
    helper.write(folder .. "/file", pattern(megabyte, "a"))
    local stalled = {}
    for i = 1, 6 do
      answer = function()
        return { status = 200, body = { describe_file("file"), ("x"):rep(8 * megabyte) }, rate = i % 2 * 1000 }
      end
      stalled[i] = start()
      helper.wait_for(function() return stalled[i].count > 0 end)
      stalled[i]:pause()
    end
    local before = uv.hrtime()
    listener:close()
    local milliseconds = (uv.hrtime() - before) / 1e6
    assert.is_true(milliseconds < 1000, milliseconds .. " ms")
    assert.equal(6, #ends)
    for i, connection in ipairs(stalled) do
      assert.is_false(ends[i].complete)
      connection:close()
    end
  end)

  it("raises for what is no reply", function()
    local problem
    helper.write(folder .. "/file", "content")
    for expected, reply in pairs {
      ["status"] = { status = 99 },
      ["not within"] = { status = 200, body = { describe_file("file", { offset = 5, length = 3 }) } },
      ["a string expected"] = { status = 200, body = { describe_file("file", { path = false }) } },
      ["NUL"] = { status = 200, body = { describe_file("file", { path = "a\0b" }) } },
      ["a part is"] = { status = 200, body = { true } },
      ["not for handlers"] = { status = 200, headers = { ["content-length"] = "5" } },
    } do
      answer = function(request)
        local _, message = pcall(listener.reply, listener, request.id, reply)
        problem = message
        return { status = 204 }
      end
      assert.equal(204, client.get(listener, "/").status)
      assert.matches(expected, problem, 1, true)
    end
  end)
end)
