local fetch = require "core.fetch"
local helper = require "helper"
local link = require "btshare.downloads.link"
local process = require "support.process"
local task = require "btshare.task"
local uv = require "luv"

local function free_port()
  local probe = uv.new_tcp()
  assert(probe:bind("127.0.0.1", 0))
  local port = probe:getsockname().port
  probe:close()
  return port
end

describe("a fetch", function()
  local folder, server, heads, reply

  -- Answers each request with what `reply(head)` says, and hangs up.
  local function serve()
    server = uv.new_tcp()
    assert(server:bind("127.0.0.1", 0))
    assert(server:listen(8, function()
      local client, got = uv.new_tcp(), ""
      server:accept(client)
      client:read_start(function(_, bytes)
        if not bytes then return client:is_closing() or client:close() end
        got = got .. bytes
        if not got:find("\r\n\r\n", 1, true) then return end
        heads[#heads + 1] = got
        local answer = reply(got)
        if answer then client:write(answer, function() if not client:is_closing() then client:close() end end) end
      end)
    end))
    return "http://127.0.0.1:" .. server:getsockname().port
  end

  before_each(function()
    folder, heads = helper.folder(), {}
    server = nil
  end)
  after_each(function()
    if server then server:close() end
    process.stop_all()
    process.run { "rm", "-rf", "--", folder }
  end)

  local function answer(status, body, more)
    return ("HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s"):format(status, #body, more or "", body)
  end

  local function get(request)
    local result
    assert(fetch.start(request, function(...) result = table.pack(...) end))
    helper.wait_for(function() return result end, 15, "the answer")
    return table.unpack(result, 1, result.n)
  end

  it("brings a body, and the words of a refusal", function()
    reply = function() return answer("200 OK", "hello", 'ETag: "x1"\r\n') end
    local url = serve()
    local response = assert(get { url = url .. "/a", accept = "application/json" })
    assert.are.same({ status = 200, body = "hello", etag = '"x1"' }, response)
    assert.matches("^GET /a HTTP/1.1\r\n", heads[1])
    assert.matches("\r\nAccept: application/json\r\n", heads[1])
    reply = function() return answer("404 Not Found", "no") end
    assert.are.equal(404, assert(get { url = url }).status)
  end)

  it("gives a password to the server that is asked, and to no other", function()
    reply = function() return answer("200 OK", "in") end
    local url = serve()
    assert.are.equal("in", assert(get { url = url .. "/a", password = "motus et bouché" }).body)
    assert.matches("\r\nAuthorization: Basic Om1vdHVzIGV0IGJvdWNow6k=\r\n", heads[1]) -- ":motus et bouché"
    assert(get { url = url .. "/a", method = "HEAD", user = "marie", password = "a:b", headers = { "X-A: b" } })
    assert.matches("\r\nAuthorization: Basic bWFyaWU6YTpi\r\n", heads[2])
    assert(get { url = url .. "/a", password = "x", folder = folder, path = "a" })
    assert.matches("\r\nAuthorization: Basic Ong=\r\n", heads[3])
    assert(get { url = url .. "/a" }) -- nothing is left of it
    assert.is_nil(heads[4]:find("Authorization", 1, true))
    reply = function() return answer("302 Found", "", "Location: " .. url .. "/else\r\n") end
    assert.are.equal(url .. "/else", assert(get { url = url .. "/a", password = "x" }).location)
    assert.are.equal(5, #heads)
    for _, wrong in ipairs {
      { user = "x" }, { user = "a:b", password = "c" }, { password = "a\nb" }, { password = 1 },
    } do
      wrong.url = url
      assert.has_error(function() fetch.start(wrong, print) end)
    end
    local _, message = get { url = "http://127.0.0.1:" .. free_port(), password = "motus" }
    assert.is_nil(message:find("motus", 1, true), message)
  end)

  it("tells of a redirect, and does not follow it", function()
    reply = function() return answer("302 Found", "", "Location: /else\r\n") end
    local url = serve()
    assert.are.equal(url .. "/else", assert(get { url = url .. "/a" }).location)
    assert.are.equal(1, #heads)
  end)

  it("takes no more than it may", function()
    reply = function() return answer("200 OK", ("x"):rep(100000)) end
    local response, _, code = get { url = serve(), limit = 1000 }
    assert.is_nil(response)
    assert.are.equal("full", code)
  end)

  it("writes a file beneath its folder, goes on with it, and begins anew where it changed", function()
    reply = function() return answer("200 OK", "12345") end
    local url = serve()
    assert.are.equal(200, assert(get { url = url, folder = folder, path = "a/b/c" }).status)
    assert.are.equal("12345", helper.read(folder .. "/a/b/c"))
    reply = function() return answer("206 Partial Content", "678", "Content-Range: bytes 5-7/8\r\n") end
    assert.are.equal(206, assert(get { url = url, folder = folder, path = "a/b/c", from = 5, if_range = '"x"' }).status)
    assert.matches("\r\nRange: bytes=5%-\r\n", heads[2])
    assert.matches('\r\nIf%-Range: "x"\r\n', heads[2])
    assert.are.equal("12345678", helper.read(folder .. "/a/b/c"))
    reply = function() return answer("200 OK", "new") end
    assert(get { url = url, folder = folder, path = "a/b/c", from = 8, if_range = '"x"' })
    assert.are.equal("new", helper.read(folder .. "/a/b/c"))
    reply = function() return answer("404 Not Found", "no") end
    assert(get { url = url, folder = folder, path = "missing" })
    assert.is_nil(uv.fs_stat(folder .. "/missing"))
    assert(fetch.rename(folder, "a/b/c", "a/d"))
    assert.are.equal("exists", select(3, fetch.rename(folder, "a/d", "a/b")))
    assert(fetch.unlink(folder, "a/d"))
    assert(fetch.unlink(folder, "a/b", true))
  end)

  it("follows no symbolic link", function()
    helper.write(folder .. "/outside", "mine")
    uv.fs_mkdir(folder .. "/in", 448)
    assert(uv.fs_symlink("../outside", folder .. "/in/file"))
    assert(uv.fs_symlink("..", folder .. "/in/up"))
    reply = function() return answer("200 OK", "theirs") end
    local url = serve()
    for _, path in ipairs { "file", "up/outside", "../outside" } do
      assert.is_nil((get { url = url, folder = folder .. "/in", path = path }), path)
    end
    assert.is_nil((fetch.unlink(folder .. "/in", "up/outside")))
    assert.are.equal("mine", helper.read(folder .. "/outside"))
  end)

  it("ends when it is closed, and says when nobody is there", function()
    reply = function() return nil end
    local called
    local started = assert(fetch.start({ url = serve() }, function() called = true end))
    helper.wait_for(function() return #heads == 1 end)
    assert.are.equal(0, started:received())
    started:close()
    started:close()
    assert.is_nil(started:received())
    assert.is_nil(called)
    local _, _, code = get { url = "http://127.0.0.1:" .. free_port() }
    assert.are.equal("missing", code)
    _, _, code = get { url = "file:///etc/passwd" }
    assert.are.equal("invalid", code)
  end)

  it("takes no certificate that nobody vouches for", function()
    process.run { "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder .. "/key", "-out",
      folder .. "/cert", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1" }
    local port = free_port()
    local tls = process.start { "openssl", "s_server", "-quiet", "-www", "-accept", "127.0.0.1:" .. port, "-key",
      folder .. "/key", "-cert", folder .. "/cert" }
    local code
    helper.wait_for(function()
      local _
      _, _, code = get { url = "https://127.0.0.1:" .. port .. "/" }
      return code ~= "missing"
    end, 10, "the server")
    assert.are.equal("denied", code)
    tls:stop()
  end)

  it("of a link that nobody answers says why, without our own name for it", function()
    local result
    task.spawn(function()
      result = table.pack(link.get(("http://127.0.0.1:%d/s/x"):format(free_port()), "application/json", 1000))
    end)
    helper.wait_for(function() return result end, 15, "the refusal")
    assert.is_nil(result[1])
    assert.matches("^Failed to connect", result[2])
  end)
end)
