-- Bodies that are filled in several goes, and the CRCs they can hold.
local archives = require "archive_helper"
local client = require "http_client"
local helper = require "helper"
local http = require "core.http"
local uv = require "luv"

describe("a body filled in several goes", function()
  local folder, listener, answer

  local function add(body, name, ...)
    local stat = assert(uv.fs_stat(folder .. "/" .. name))
    return body:add_file(folder, name, stat.size, stat.mtime.sec * 1000000000 + stat.mtime.nsec,
      stat.ctime.sec * 1000000000 + stat.ctime.nsec, stat.ino, ...)
  end

  before_each(function()
    folder = helper.folder()
    helper.write(folder .. "/a", ("content of a "):rep(100000))
    helper.write(folder .. "/b", "b")
    listener = assert(http.open({ address = "127.0.0.1" }, function(request)
      listener:reply(request.id, answer(request))
    end))
  end)

  after_each(function()
    listener:close()
    helper.remove(folder)
  end)

  it("is sent as its parts were added", function()
    local body = http.body()
    body:add_bytes("<")
    body:add_bytes("<")
    assert.equal(2, add(body, "a", 13, 26))
    assert.equal(3, add(body, "b"))
    body:add_bytes(">")
    assert.same({ 30, 4 }, { body:measure() })
    answer = function() return { status = 200, body = body } end
    assert.equal("<<" .. ("content of a "):rep(2) .. "b>", client.get(listener, "/").body)
  end)

  it("holds the CRCs of what was just sent", function()
    local body = http.body()
    local part, other = add(body, "a"), add(body, "b")
    body:add_crc(part)
    body:add_bytes("|")
    body:add_crc(other)
    body:add_crc(part)
    answer = function() return { status = 200, body = body } end
    local content = helper.read(folder .. "/a")
    local crc, crc_of_b = archives.crcs { content }, archives.crcs { "b" }
    assert.is_true(client.get(listener, "/").body == content .. "b" .. crc .. "|" .. crc_of_b .. crc)
  end)

  it("has a CRC of earlier, whole files alone", function()
    local body = http.body()
    body:add_bytes("text")
    local part = add(body, "a", 1)
    for _, number in ipairs { 0, 1, part, part + 1, -1 } do
      assert.is_false(pcall(body.add_crc, body, number))
    end
    assert.is_false(pcall(add, body, "a", 5, 1 << 40))
    assert.is_false(pcall(add, body, "a", -1))
  end)

  it("is given away once", function()
    local body = http.body()
    answer = function() return { status = 200, body = body } end
    assert.equal(200, client.get(listener, "/").status)
    assert.is_false(pcall(body.add_bytes, body, "late"))
    local problem
    answer = function(request)
      local _, message = pcall(listener.reply, listener, request.id, { status = 200, body = body })
      problem = message
      return { status = 204 }
    end
    assert.equal(204, client.get(listener, "/").status)
    assert.matches("given away", problem)
  end)

  it("is not needed to tell HEAD its length", function()
    answer = function() return { status = 200, length = 1 << 40 } end
    local head = client.connect(listener):send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"):response(true)
    assert.equal(tostring(1 << 40), head.headers["content-length"])
    assert.equal(500, client.get(listener, "/").status)
  end)
end)
