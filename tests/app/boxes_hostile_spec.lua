-- What senders of no good will try with a drop box (security S22 to S25).
local box_module = require "box"
local client = require "http_client"
local helper = require "helper"
local public_routes = require "public_routes"

local large = 10 * 1000 * 1000

describe("a drop box", function()
  local here

  after_each(function()
    if here then here:close() end
    here = nil
  end)

  -- A request whose body is announced, waited with, and then sent all the same: gives what came back.
  local function insist(method, target, headers)
    headers.Expect, headers["Content-Length"] = "100-continue", headers["Content-Length"] or tostring(large)
    local connection = client.connect { port = here.console.public }
    connection:send(here:head(method, target, headers))
    helper.wait_for(function() return connection.count > 0 or connection.ended end, 20, "an answer")
    local first = connection:received()
    connection:send(("x"):rep(large))
    helper.wait_for(function() return connection.ended end, 20, "the end")
    connection:close()
    return first
  end

  local function refused(status, method, target, headers)
    local before, written = here:files(), here:count_written()
    local answer = insist(method, target, headers)
    written = here:count_written() - written
    assert.is_true(written < large // 10, method .. " " .. target .. ": wrote " .. written)
    assert.matches("^HTTP/1.1 " .. status .. " ", answer, nil, method .. " " .. target .. ": " .. answer:sub(1, 300))
    assert.is_nil(answer:find("100 Continue", 1, true))
    assert.same(before, here:files())
  end

  local function creation(size, name, more)
    local headers = box_module.creation(name or "a.bin", size)
    headers["Content-Type"] = "application/offset+octet-stream"
    for key, value in pairs(more or {}) do headers[key] = value end
    return headers
  end

  it("refuses before the first byte, asks for none, and writes none", function()
    here = box_module.start({ file_bytes = 20000000, bytes = 25000000, files = 3 }, {
      config = 'on("upload-accept", function(event) if event.name:find("exe$") then return false, "no" end end)\n',
    })
    local files = "/d/" .. here.token .. "/files"
    local other = "/d/" .. ("x"):rep(27) .. "/files"
    local target = select(2, here:create("begun.bin", 20000000))
    local patching = box_module.patching
    refused(404, "POST", other, creation(large))
    refused(404, "PATCH", other .. "/" .. ("y"):rep(27), patching(0))
    refused(404, "PATCH", files .. "/" .. ("y"):rep(27), patching(0))
    refused(404, "POST", "/d/" .. ("x"):rep(27), { ["Content-Type"] = "multipart/form-data; boundary=x" })
    refused(413, "POST", files, creation(20000001))
    refused(413, "POST", files, creation(5000001))
    refused(413, "POST", "/d/" .. here.token,
      { ["Content-Type"] = "multipart/form-data; boundary=x", ["Content-Length"] = "30000000" })
    refused(400, "POST", files, creation(5000000, "\u{202E}"))
    refused(400, "POST", files, creation("many"))
    refused(400, "POST", files, creation(large, nil, { ["Upload-Metadata"] = "name !!" }))
    refused(403, "POST", files, creation(5000000, "game.exe"))
    refused(412, "POST", files, creation(5000000, nil, { ["Tus-Resumable"] = "0.2.0" }))
    refused(415, "POST", files, creation(5000000, nil, { ["Content-Type"] = "text/plain" }))
    refused(415, "POST", "/d/" .. here.token, { ["Content-Type"] = "application/octet-stream" })
    refused(409, "PATCH", target, patching(1))
    refused(415, "PATCH", target, { ["Upload-Offset"] = "0", ["Content-Type"] = "text/plain" })
    local more = patching(0)
    more["Content-Length"] = "20000001"
    refused(413, "PATCH", target, more)
    refused(405, "PUT", target, patching(0))
    local link = "/d/" .. here.token
    refused(404, "PUT", "/d/" .. ("x"):rep(27) .. "/a.bin", {})
    refused(400, "PUT", link, {})
    refused(400, "PUT", link .. "/%E2%80%AE", { ["Content-Length"] = "5000000" })
    refused(403, "PUT", link .. "/game.exe", { ["Content-Length"] = "5000000" })
    refused(413, "PUT", link .. "/a.bin", { ["Content-Length"] = "20000001" })
    refused(413, "PUT", link .. "/a.bin", { ["Content-Length"] = "5000001" })
    refused(400, "PUT", link .. "/a.bin", { ["Content-Length"] = "many" })
    assert.equal(201, (here:create("b", 1)).status)
    assert.equal(201, (here:create("c", 1)).status)
    refused(413, "POST", files, creation(1))
    refused(413, "PUT", link .. "/a.bin", { ["Content-Length"] = "1" })
    assert.equal(3, here:show().coming)
    here:api("PATCH", "/api/v1/boxes/" .. here.id, { expires = os.time() - 1 })
    refused(404, "PATCH", target, patching(0))
    refused(404, "POST", files, creation(1))
    refused(404, "PUT", link .. "/a.bin", { ["Content-Length"] = "1" })
  end)

  it("is at every one of its addresses as if it had never been, once it is over", function()
    here = box_module.start()
    local target = select(2, here:create("a.bin", 5))
    local function ask_all(token, secret)
      local answers = {}
      for _, pattern in ipairs(public_routes.of_boxes()) do
        local method, path = pattern:match("^(%u+) (.*)$")
        path = path:gsub(":token", token):gsub(":upload", secret)
        local answer = here:ask(method, path, { Accept = "text/html" })
        for name, value in pairs {
          ["x-content-type-options"] = "nosniff", ["x-frame-options"] = "DENY", ["referrer-policy"] = "same-origin",
        } do
          assert.equal(value, answer.headers[name], pattern)
        end
        assert.is_nil(answer.head:lower():find("access%-control"), pattern)
        answers[#answers + 1] = { pattern, answer.status, (answer.raw:gsub("Date: [^\r\n]*", "")) }
      end
      return answers
    end
    assert.equal(200, ask_all(here.token, target:match("[^/]+$"))[1][2])
    target = select(2, here:create("a.bin", 5))
    here:api("PATCH", "/api/v1/boxes/" .. here.id, { is_open = false })
    local unknown = ask_all(("x"):rep(27), ("y"):rep(27))
    for index, answer in ipairs(ask_all(here.token, target:match("[^/]+$"))) do
      assert.equal(404, answer[2], answer[1])
      assert.equal(unknown[index][2], answer[2])
      local function lines(raw)
        local list = {}
        for line in raw:gmatch("[^\r\n]+") do list[#list + 1] = line end
        table.sort(list)
        return list
      end
      assert.same(lines(unknown[index][3]), lines(answer[3]), answer[1])
    end
  end)

  it("takes no more of a body than was announced for the file, also of chunks", function()
    here = box_module.start()
    local target = select(2, here:create("a.bin", 100))
    local head = here:head("PATCH", target, {
      ["Upload-Offset"] = "0", ["Content-Type"] = "application/offset+octet-stream", ["Transfer-Encoding"] = "chunked",
    })
    local answer = here:raw(head .. "3e8\r\n" .. ("x"):rep(1000) .. "\r\n0\r\n\r\n")
    assert.matches("^HTTP/1.1 413 ", answer)
    assert.is_true(here:offset(target) <= 100)
  end)

  it("has two senders of one address at once, and eight in all", function()
    here = box_module.start()
    local connections = {}
    local function begin(from, name)
      local target = select(2, here:create(name, 1000))
      local headers = box_module.patching(0)
      headers["Content-Length"] = "1000"
      local connection = client.connect { port = here.console.public, from = from }
      connections[#connections + 1] = connection
      connection:send(here:head("PATCH", target, headers) .. ("x"):rep(500))
      return target, connection
    end
    local function wait_for_bytes(target, count)
      helper.wait_for(function()
        for _, upload in ipairs(here:uploads()) do
          if target == upload.name and upload.received == count then return true end
        end
      end, 20, "bytes of " .. target)
    end
    for index = 1, 8 do
      begin("127.0.0." .. 10 + index // 2, "file" .. index)
      wait_for_bytes("file" .. index, 500)
    end
    local ninth = select(2, here:create("ninth", 1000))
    local answer = here:patch(ninth, 0, ("x"):rep(1000), "127.0.0.99")
    assert.equal(429, answer.status, answer.raw)
    assert.equal("5", answer.headers["retry-after"])
    answer = here:ask("PUT", "/d/" .. here.token .. "/tenth", nil, "x", "127.0.0.99")
    assert.same({ 429, "5" }, { answer.status, answer.headers["retry-after"] })
    connections[1]:send(("y"):rep(500))
    assert.equal(204, connections[1]:response().status)
    assert.equal(429, here:patch(ninth, 0, ("x"):rep(1000), "127.0.0.12").status)
    assert.equal(204, here:patch(ninth, 0, ("x"):rep(1000), "127.0.0.99").status)
    for _, connection in ipairs(connections) do connection:close() end
  end)

  it("tells truly how much is there, whatever became of an earlier connection", function()
    here = box_module.start()
    local target = select(2, here:create("a.bin", 1000))
    local headers = box_module.patching(0)
    headers["Content-Length"] = "1000"
    local first = client.connect { port = here.console.public }
    first:send(here:head("PATCH", target, headers) .. ("a"):rep(400))
    helper.wait_for(function() return here:uploads()[1].received == 400 end, 20, "the first bytes")
    assert.equal(400, here:offset(target)) -- which ends the connection that still hangs
    helper.wait_for(function() return first.ended end, 20, "the end of the first")
    first:close()
    local answer = here:patch(target, 400, ("b"):rep(600))
    assert.equal(204, answer.status, answer.raw)
    assert.equal(("a"):rep(400) .. ("b"):rep(600),
      helper.read(here.inbox .. "/.waiting/" .. here.id .. "/" .. here:uploads()[1].id))
    assert.equal(409, here:patch(target, 1000, "more").status)
    assert.equal(204, here:ask("DELETE", target).status)
    assert.same({}, here:files())
    assert.equal(404, here:ask("DELETE", target).status)
  end)
end)
