local client = require "http_client"
local helper = require "helper"
local listeners = require "btshare.http.listeners"
local log = require "btshare.log"
local reply = require "btshare.http.reply"

describe("a listener with routes", function()
  local listener, socket, asked

  local function open(face)
    asked = {}
    listener = listeners.new(log, face)
    socket = assert(listener:open { address = "127.0.0.1", port = 0 })
  end

  after_each(function() listener:close() end)

  local function post(target, body)
    return client.parse(client.exchange(socket, ("POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" ..
      "Content-Length: %d\r\n\r\n%s"):format(target, #body, body)))
  end

  it("asks its gate before a body is read and before the handler, with what the route is", function()
    open {
      headers = { ["X-Face"] = "yes" },
      admit = function(request, about)
        asked[#asked + 1] = { body = request.body, about = about }
        if about and about.is_shut then return reply.problem(401, "no") end
      end,
    }
    local open_route, shut = { scope = "open" }, { is_shut = true }
    listener.router:add("POST /open", function(request) return reply.text(200, request.body) end, open_route)
    listener.router:add("POST /shut", function() error("is never called") end, shut)
    assert.equal("hello", post("/open", "hello").body)
    assert.same({ { body = "", about = open_route }, { body = "hello", about = open_route } }, asked)
    asked = {}
    local refused = post("/shut", "hello")
    assert.equal(401, refused.status)
    assert.equal("yes", refused.headers["x-face"])
    assert.equal(1, #asked)
    assert.equal(404, post("/nowhere", "hello").status)
    assert.equal(405, client.get(socket, "/open").status)
  end)

  it("says of an address that is not for a method which ones it is for", function()
    open {}
    local function nothing() return reply.empty(204) end
    listener.router:add("GET /thing/:id", nothing)
    listener.router:add("DELETE /thing/:id", nothing)
    local refused = post("/thing/7", "")
    assert.equal(405, refused.status)
    assert.equal("DELETE, GET, HEAD", refused.headers.allow)
    assert.matches('"POST: not for /thing/7, which knows DELETE, GET, HEAD"', refused.body, 1, true)
    assert.is_nil(post("/nothing/7", "").headers.allow)
  end)

  it("reads no more of a body than its route takes", function()
    open {}
    listener.router:add("POST /small", function(request) return reply.text(200, #request.body .. "") end,
      { body_limit = 10 })
    listener.router:add("POST /large", function(request) return reply.text(200, #request.body .. "") end,
      { body_limit = 200000 })
    listener.router:add("POST /usual", function(request) return reply.text(200, #request.body .. "") end)
    assert.equal(200, post("/small", ("x"):rep(10)).status)
    assert.equal(413, post("/small", ("x"):rep(11)).status)
    assert.equal("200000", post("/large", ("x"):rep(200000)).body)
    assert.equal(413, post("/usual", ("x"):rep(65537)).status)
  end)

  it("refuses when its gate breaks", function()
    open { admit = function() error("boom") end }
    listener.router:add("GET /", function() return reply.text(200, "in") end)
    local errors = {}
    listener.log = { error = function(...) errors[#errors + 1] = select("#", ...) end }
    assert.equal(500, client.get(socket, "/").status)
    assert.equal(500, post("/", "body").status)
    assert.equal(2, #errors)
  end)

  it("gives a stream to whoever opened it, and tells its end", function()
    open {}
    local push, finish, ended
    listener.router:add("GET /events", function()
      return {
        status = 200, stream = true, body = "first\n",
        on_open = function(...) push, finish = ... end,
        on_sent = function(bytes, complete) ended = { bytes, complete } end,
      }
    end)
    local connection = client.connect(socket):send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    helper.wait_for(function() return push end)
    assert.is_true(push("second\n") > 0)
    assert.is_true(finish())
    assert.matches("first\n.*second\n", connection:rest(5))
    helper.wait_for(function() return ended end)
    assert.same({ 13, true }, ended)
    assert.is_nil(push("third\n"))
  end)
end)
