-- Drop boxes: others send files through a link, they wait, and the owner accepts them.
local box_module = require "box"
local client = require "http_client"
local crypto = require "core.crypto"
local helper = require "helper"
local process = require "support.process"
local uv = require "luv"

describe("a drop box", function()
  local here

  after_each(function()
    if here then here:close() end
    here = nil
  end)

  it("takes a file bit by bit, and gives it its name when its owner accepts it", function()
    here = box_module.start { title = "Photos of the party", note = "All of them, please." }
    assert.equal(100, here.made.limits.files)
    assert.same({ 10000000000, 4000000000 }, { here.made.limits.bytes, here.made.limits.file_bytes })
    assert.is_true(here.made.expires > os.time() + 6 * 86400)
    local created, target = here:create("été/../night.jpg", 10, { sender = "Ann", note = "Enjoy!" })
    assert.equal(201, created.status, created.raw)
    assert.matches("^/d/" .. here.token:gsub("%-", "%%-") .. "/files/[%w_-]+$", target)
    assert.equal("0", created.headers["upload-offset"])
    local first = here:patch(target, 0, "01234")
    assert.equal(204, first.status, first.raw)
    assert.equal(5, here:offset(target))
    assert.equal(409, here:patch(target, 4, "45678").status)
    local last = here:patch(target, 5, "56789")
    assert.equal(204, last.status, last.raw)
    assert.equal("10", last.headers["upload-offset"])
    local upload = here:uploads()[1]
    assert.equal(upload.receipt, last.headers["x-receipt"])
    assert.equal("été_.._night.jpg", upload.name)
    assert.same({ "waiting", "Ann", "Enjoy!", 10 }, { upload.state, upload.sender, upload.note, upload.received })
    assert.same({ ".waiting/" .. here.id .. "/" .. upload.id }, here:files())
    local status = uv.fs_stat(here.inbox .. "/" .. here:files()[1])
    assert.equal(tonumber("600", 8), status.mode & tonumber("777", 8))

    helper.write(here.inbox .. "/été_.._night.jpg", "mine")
    local path = "/api/v1/boxes/" .. here.id .. "/uploads/" .. upload.id
    local accepted = here:api("POST", path .. "/accept")
    assert.equal(200, accepted.status, accepted.raw)
    assert.equal(here.inbox .. "/été_.._night (2).jpg", accepted.json.path)
    assert.equal("0123456789", helper.read(accepted.json.path))
    assert.equal("mine", helper.read(here.inbox .. "/été_.._night.jpg"))
    assert.equal(accepted.json.path, here:api("POST", path .. "/accept").json.path)
    assert.equal(2, #here:files())
    assert.equal(204, here:api("DELETE", path).status)
    assert.equal(2, #here:files())
    assert.same({}, here:uploads())
  end)

  it("shows a page that needs no script, and none when it is closed", function()
    here = box_module.start { note = "<b>bold</b>" }
    local page = here:ask("GET", "/d/" .. here.token, { Accept = "text/html" })
    assert.equal(200, page.status)
    assert.matches('enctype="multipart/form-data"', page.body, 1, true)
    assert.matches("&lt;b&gt;bold", page.body, 1, true)
    assert.matches("script-src 'self'", page.headers["content-security-policy"], 1, true)
    local unknown = here:ask("GET", "/d/" .. ("x"):rep(27), { Accept = "text/html" })
    assert.equal(404, unknown.status)
    assert.equal(unknown.body, here:ask("GET", "/s/" .. ("x"):rep(27), { Accept = "text/html" }).body)
    assert.equal(200, here:api("PATCH", "/api/v1/boxes/" .. here.id, { is_open = false }).status)
    assert.equal(unknown.body, here:ask("GET", "/d/" .. here.token, { Accept = "text/html" }).body)
    assert.equal(404, (here:create("a", 1)).status)
  end)

  it("takes of a file only what was announced, where its sender says what the bytes hash to", function()
    here = box_module.start()
    local options = here:ask("OPTIONS", "/d/" .. here.token .. "/files").headers
    assert.matches("creation-with-upload,checksum,", options["tus-extension"], 1, true)
    assert.equal("sha1,sha256", options["tus-checksum-algorithm"])
    local target = select(2, here:create("a.bin", 15))
    local sha1, sha256 = "sha1 EZBKTot39iQuLSiHBQI62tAKkxA=", "sha256 " .. box_module.base64(crypto.sha256 "56789")
    local wrong = here:patch(target, 0, "012E4", nil, sha1)
    assert.equal(460, wrong.status, wrong.raw)
    assert.matches('"code":"checksum"', wrong.body, 1, true)
    assert.equal(0, here:offset(target))
    assert.equal(204, here:patch(target, 0, "01234", nil, sha1).status)
    assert.equal(460, here:patch(target, 5, "56780", nil, sha256).status)
    assert.equal(5, here:offset(target))
    for _, header in ipairs { "md5 abcd", "sha1", "sha1 !!", "sha1 EZBK", "sha1  EZBKTot39iQuLSiHBQI62tAKkxA=" } do
      assert.equal(400, here:patch(target, 5, "56789", nil, header).status, header)
    end
    assert.equal(204, here:patch(target, 5, "56789", nil, sha256).status)
    assert.equal(460, here:patch(target, 10, "", nil, sha1).status)
    assert.equal(204, here:patch(target, 10, "").status)
    local last = here:patch(target, 10, "abcde") -- which nobody compares
    assert.equal(204, last.status, last.raw)
    local upload = here:uploads()[1]
    assert.equal(upload.receipt, last.headers["x-receipt"])
    assert.equal("0123456789abcde", helper.read(here.inbox .. "/.waiting/" .. here.id .. "/" .. upload.id))

    local headers = box_module.creation("b.bin", 5)
    headers["Content-Type"], headers["Upload-Checksum"] = "application/offset+octet-stream", sha1
    assert.equal(460, here:ask("POST", "/d/" .. here.token .. "/files", headers, "other").status)
    assert.equal(1, #here:files())
    assert.equal(201, here:ask("POST", "/d/" .. here.token .. "/files", headers, "01234").status)
    assert.same({ "b.bin", "waiting" }, { here:uploads()[1].name, here:uploads()[1].state })
  end)

  it("takes a form, keeps what may come of it, and says what has become of each file", function()
    here = box_module.start { file_bytes = 100000 }
    local large = ("0123456789"):rep(9000)
    local response = here:post {
      { "sender", "Ann" }, { "note", "Two of them" }, { "files", "first", "a.txt" }, { "files", "", "" },
      { "files", large .. large, "too large.bin" }, { "files", large, "b.bin" }, { "files", "x", "\u{202E}" },
    }
    assert.equal(200, response.status, response.raw)
    local uploads = here:uploads()
    assert.same({ "b.bin", "a.txt" }, { uploads[1].name, uploads[2].name })
    assert.same({ "Ann", "Two of them", "waiting", 90000 },
      { uploads[1].sender, uploads[1].note, uploads[1].state, uploads[1].size })
    for _, upload in ipairs(uploads) do assert.matches(upload.receipt, response.body, 1, true) end
    assert.matches("too large.bin", response.body, 1, true)
    assert.equal(2, #here:files())
    assert.equal(large, helper.read(here.inbox .. "/.waiting/" .. here.id .. "/" .. uploads[1].id))
    local page = here:post({ { "files", "<b>", "<b>.txt" } }, { Accept = "text/html" })
    assert.matches("&lt;b&gt;.txt", page.body, 1, true)
    assert.equal(415, here:ask("POST", "/d/" .. here.token, { ["Content-Type"] = "text/plain" }, "x").status)
    assert.equal(400, here:ask("POST", "/d/" .. here.token,
      { ["Content-Type"] = "multipart/form-data; boundary=x" }, "nothing like it").status)
    assert.equal(3, #here:uploads())
    here:post { { "files", "late", "late.txt" }, { "note", "Said last" }, { "sender", "Bob" } } -- as curl sends them
    local late = here:uploads()[1]
    assert.same({ "late.txt", "Bob", "Said last" }, { late.name, late.sender, late.note })
  end)

  it("lets its owner stop a file on its way: its sender is cut off, told so, and does not begin again", function()
    here = box_module.start { title = "Party" }
    local target = select(2, here:create("a.bin", 1000, { sender = "Ann" }))
    local headers = box_module.patching(0)
    headers["Content-Length"] = "1000"
    local connection = client.connect { port = here.console.public }
    connection:send(here:head("PATCH", target, headers) .. ("a"):rep(400))
    local form = client.connect { port = here.console.public }
    local body = box_module.form({ { "files", ("b"):rep(1000), "b.bin" } }, "spec")
    form:send(here:head("POST", "/d/" .. here.token, {
      ["Content-Type"] = "multipart/form-data; boundary=spec", ["Content-Length"] = tostring(#body),
    }) .. body:sub(1, 500))
    helper.wait_for(function()
      local received = {}
      for _, upload in ipairs(here:uploads()) do received[upload.name] = upload.received end
      return received["a.bin"] == 400 and (received["b.bin"] or 0) > 0
    end, 30, "bytes of both")
    for _, upload in ipairs(here:uploads()) do
      assert.equal(204, here:api("DELETE", ("/api/v1/boxes/%s/uploads/%s"):format(here.id, upload.id)).status)
    end
    helper.wait_for(function() return connection.ended and form.ended end, 30, "the end of both connections")
    connection:close()
    form:close()
    assert.same({ {}, {} }, { here:uploads(), here:files() })
    assert.equal(0, here:show().coming)
    assert.equal(403, here:ask("HEAD", target).status)
    assert.matches('"code":"denied"', here:patch(target, 400, ("a"):rep(600)).body, 1, true)
    here:send("c.txt", "hello")
    local events
    helper.wait_for(function() -- the history is stored a little later
      events = here:api("GET", "/api/v1/activity/events?q=party").json.events
      return #events >= 4
    end, 10, "the history")
    local told = {}
    for index, event in ipairs(events) do told[index] = event.text_key .. " " .. (event.values.name or event.link) end
    table.sort(told)
    assert.same({
      "history.box-created Party", "history.upload-finished.nameless c.txt", "history.upload-removed.coming a.bin",
      "history.upload-removed.coming b.bin",
    }, told)
    for _, event in ipairs(events) do assert.equal("Party", event.link) end
  end)

  it("takes a file by PUT, as curl -T sends it, whole or not at all", function()
    here = box_module.start { file_bytes = 300000 }
    local link = "/d/" .. here.token
    local url = ("http://127.0.0.1:%d%s/"):format(here.console.public, link)
    assert.matches("curl -T FILE " .. url .. "\n", here:ask("GET", link).body, 1, true)
    local folder = helper.folder()
    local content = ("0123456789"):rep(20000)
    helper.write(folder .. "/last night.bin", content)
    local told = process.run { "curl", "-sS", "-i", "-T", folder .. "/last night.bin", url }
    assert.matches("HTTP/1.1 201 ", told, 1, true)
    local upload = here:uploads()[1]
    assert.same({ "last night.bin", "waiting", #content }, { upload.name, upload.state, upload.size })
    assert.matches("receipt " .. upload.receipt .. "\n", told, 1, true)
    assert.equal(content, helper.read(here.inbox .. "/.waiting/" .. here.id .. "/" .. upload.id))
    told = process.run { "sh", "-c", 'cat "$0" | curl -sS -T - "$1"', folder .. "/last night.bin", url .. "piped" }
    assert.matches(here:uploads()[1].receipt, told, 1, true)
    assert.same({ "piped", #content }, { here:uploads()[1].name, here:uploads()[1].received })
    helper.write(folder .. "/a", "1")
    helper.write(folder .. "/b", "2")
    process.run { "curl", "-sS", "-H", "X-Sender: Zoé", "-H", "X-Note: As\tpromised", "-T",
      ("{%s/a,%s/b}"):format(folder, folder), url }
    for index, name in ipairs { "b", "a" } do
      upload = here:uploads()[index]
      assert.same({ name, "Zoé", "Aspromised" }, { upload.name, upload.sender, upload.note })
    end
    helper.remove(folder)

    local empty = here:ask("PUT", link .. "/files", { ["Content-Length"] = "0" })
    assert.same({ 201, here:uploads()[1].receipt }, { empty.status, empty.headers["x-receipt"] })
    assert.same({ "files", 0 }, { here:uploads()[1].name, here:uploads()[1].size })
    assert.equal(5, #here:files())
    assert.equal(204, here:ask("DELETE", empty.headers.location).status)
    assert.equal(4, #here:files())
    local nameless = here:ask("PUT", link .. "/", nil, "x")
    assert.equal(400, nameless.status)
    assert.matches("curl -T FILE " .. url .. "\n", nameless.body, 1, true)

    local chunk = ("186a0\r\n%s\r\n"):format(("x"):rep(100000))
    local chunked = here:head("PUT", link .. "/large", { ["Transfer-Encoding"] = "chunked" })
    assert.matches("^HTTP/1.1 413 ", here:raw(chunked .. chunk:rep(3) .. "1\r\nx\r\n0\r\n\r\n"))
    local connection = client.connect { port = here.console.public }
    connection:send(here:head("PUT", link .. "/asked", { ["Content-Length"] = "5", Expect = "100-continue" }))
    helper.wait_for(function() return connection:received():find("^HTTP/1.1 100 ") end, 20, "leave to send")
    assert.matches("HTTP/1.1 201 ", connection:send("hello"):rest(20), 1, true)
    connection = client.connect { port = here.console.public }
    connection:send(here:head("PUT", link .. "/half", { ["Content-Length"] = "1000" }) .. ("x"):rep(999))
    helper.wait_for(function() return here:show().coming == 1 end, 20, "a file that comes")
    connection:close()
    helper.wait_for(function() return here:show().coming == 0 end, 20, "its end")
    helper.wait_for(function() return #here:files() == 5 end, 20, "its file's end")
    assert.equal(5, #here:uploads())
  end)

  it("is told of as it changes", function()
    here = box_module.start()
    local first = here:api("GET", "/api/v1/changes").json
    assert.equal(here.id, first.boxes[1].id)
    local number = first.number
    local function wait_for_change(matches)
      helper.wait_for(function()
        local changes = here:api("GET", "/api/v1/changes?since=" .. number).json
        number = changes.number
        return matches(changes)
      end, 30, "a change of the box")
    end
    here:send("a.txt", "hello")
    wait_for_change(function(changes)
      local box = changes.boxes and changes.boxes[1]
      return box and box.waiting == 1 and box.received.bytes == 5 and box.version > first.boxes[1].version
    end)
    assert.equal(204, here:api("DELETE", "/api/v1/boxes/" .. here.id).status)
    wait_for_change(function(changes) return changes.boxes_removed and changes.boxes_removed[1] == here.id end)
    assert.same({}, here:files())
  end)
end)
