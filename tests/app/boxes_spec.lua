-- Drop boxes: others send files through a link, they wait, and the owner accepts them.
local box_module = require "box"
local client = require "http_client"
local helper = require "helper"
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
    local events = here:api("GET", "/api/v1/activity/events?q=party").json.events
    local told = {}
    for index, event in ipairs(events) do told[index] = event.text_key .. " " .. (event.values.name or event.link) end
    table.sort(told)
    assert.same({
      "history.box-created Party", "history.upload-finished.nameless c.txt", "history.upload-removed.coming a.bin",
      "history.upload-removed.coming b.bin",
    }, told)
    for _, event in ipairs(events) do assert.equal("Party", event.link) end
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
