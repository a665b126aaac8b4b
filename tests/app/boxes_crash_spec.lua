-- What a drop box has confirmed is there after the end that nobody chose (law 5).
local box_module = require "box"
local client = require "http_client"
local helper = require "helper"
local sqlite = require "core.sqlite"
local uv = require "luv"

describe("a drop box that is killed", function()
  local here

  before_each(function() here = box_module.start() end)
  after_each(function() here:close() end)

  it("goes on where it was, and has lost nothing that it confirmed", function()
    local _, finished = here:send("done.bin", ("d"):rep(100000))
    local stopped = select(2, here:create("stopped.bin", 100))
    assert.equal(204, here:patch(stopped, 0, "01234").status)
    local of_stopped = here:uploads()[1]
    assert.equal("stopped.bin", of_stopped.name)
    assert.equal(204, here:api("DELETE", ("/api/v1/boxes/%s/uploads/%s"):format(here.id, of_stopped.id)).status)
    assert.equal(403, here:ask("HEAD", stopped).status)
    local target = select(2, here:create("half.bin", 1000000))
    local bytes = {}
    for index = 1, 1000 do bytes[index] = ("%04d"):format(index):rep(250) end
    local all = table.concat(bytes)
    assert.equal(204, here:patch(target, 0, all:sub(1, 300000)).status)
    local headers = box_module.patching(300000)
    headers["Content-Length"] = "700000"
    local connection = client.connect { port = here.console.public }
    connection:send(here:head("PATCH", target, headers) .. all:sub(300001, 500000))
    helper.wait_for(function()
      for _, upload in ipairs(here:uploads()) do
        if upload.name == "half.bin" and upload.received > 300000 then return true end
      end
    end, 20, "bytes that were not confirmed")
    local compared = select(2, here:create("compared.bin", 100000))
    assert.equal(204, here:patch(compared, 0, "01234", nil, "sha1 EZBKTot39iQuLSiHBQI62tAKkxA=").status)
    headers = box_module.patching(5)
    headers["Content-Length"], headers["Upload-Checksum"] = "1000", "sha1 EZBKTot39iQuLSiHBQI62tAKkxA="
    local second = client.connect { port = here.console.public }
    second:send(here:head("PATCH", compared, headers) .. ("x"):rep(999))
    helper.wait_for(function() return here:uploads()[1].received == 1004 end, 20, "bytes that are not compared yet")
    here.console:restart(true)
    connection:close()
    local said = here:patch(stopped, 5, "56789")
    assert.equal(403, said.status)
    assert.matches("its receiver stopped it", said.body, 1, true)
    second:close()
    assert.equal(5, here:offset(compared))
    assert.equal(204, here:ask("DELETE", compared).status)
    local uploads = here:uploads()
    assert.same({ "half.bin", "coming" }, { uploads[1].name, uploads[1].state })
    assert.same({ "done.bin", "waiting", finished.headers["x-receipt"] },
      { uploads[2].name, uploads[2].state, uploads[2].receipt })
    local offset = here:offset(target)
    assert.is_true(offset > 300000 and offset <= 500000)
    local last = here:patch(target, offset, all:sub(offset + 1))
    assert.equal(204, last.status, last.raw)
    local path = here.inbox .. "/.waiting/" .. here.id .. "/"
    assert.equal(all, helper.read(path .. uploads[1].id))
    assert.equal(100000, uv.fs_stat(path .. uploads[2].id).size)
    here.console:restart(true)
    assert.same({ "waiting", "waiting" }, { here:uploads()[1].state, here:uploads()[2].state })
  end)

  it("keeps nothing of a form that did not come whole", function()
    local body = box_module.form({ { "files", "one", "one.txt" }, { "files", ("x"):rep(200000), "two.txt" } }, "b")
    local connection = client.connect { port = here.console.public }
    connection:send(here:head("POST", "/d/" .. here.token, {
      ["Content-Type"] = "multipart/form-data; boundary=b", ["Content-Length"] = tostring(#body),
    }) .. body:sub(1, -1000))
    helper.wait_for(function() return #here:files() == 2 end, 20, "the second file")
    here.console:restart(true)
    connection:close()
    assert.equal(1, #here:uploads())
    assert.equal("one.txt", here:uploads()[1].name)
    assert.equal(1, #here:files())
  end)

  -- As it is when the end comes between the file's name and the word of it in the database.
  it("accepts nothing twice", function()
    here:send("a.txt", "hello")
    local upload = here:uploads()[1]
    local path = here:api("POST", ("/api/v1/boxes/%s/uploads/%s/accept"):format(here.id, upload.id)).json.path
    here.console.daemon:crash()
    local database = assert(sqlite.open(here.console.place.state .. "/btshare.db"))
    assert(database:exec("UPDATE box_uploads SET accepted = NULL"))
    database:close()
    assert(uv.fs_link(path, here.inbox .. "/.waiting/" .. here.id .. "/" .. upload.id))
    here.console:restart(true)
    assert.same({ "accepted", path }, { here:uploads()[1].state, here:uploads()[1].path })
    assert.same({ "a.txt" }, here:files())
  end)
end)
