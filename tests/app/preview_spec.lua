-- Files of a share: shown in a page where that is safe, and counted one by one.
local console_module = require "console"
local client = require "http_client"
local helper = require "helper"
local uv = require "luv"

local png = "\x89PNG\r\n\x1A\n" .. ("p"):rep(2000)

describe("a file of a share", function()
  local console, path, headers, share

  local function start(config)
    console = console_module.start { config = config }
    local album = console.place.folder .. "/Album"
    for _, folder in ipairs { album, album .. "/sous" } do assert(uv.fs_mkdir(folder, 448)) end
    for name, bytes in pairs {
      ["photo.png"] = png, ["note.txt"] = "pain <b>et</b> lait\n", ["evil.png"] = "<script>alert(1)</script>",
      ["evil.svg"] = "<svg onload='alert(1)'/>", ["sous/long.txt"] = ("a line\n"):rep(200000),
    } do
      helper.write(album .. "/" .. name, bytes)
    end
    assert(uv.fs_rename(album, console.place.share .. "/Album")) -- all of it at once
    share = console.daemon:ready "Album"
    path = share.link:match("/s/.*$")
    headers = { Authorization = "Bearer " .. console:token("files", "--scope", "read,admin") }
  end

  after_each(function()
    console.daemon:stop()
    assert.is_nil(console.daemon.process.errors:find("traceback"))
    console.place:close()
  end)

  local function get(target, more)
    return client.get({ port = console.public }, target, more or "Accept: text/html\r\n")
  end

  local function files()
    local list = {}
    for _, file in ipairs(console:ask("GET", ("/api/v1/shares/%s/files"):format(share.id), headers).json.files) do
      list[file.path] = file
    end
    return list
  end

  it("is shown in a page of its own where its first bytes say that it can run nothing", function()
    start ""
    local list = files()
    local function view(name) return get(("%s/view/%d"):format(path, list[name].number)) end
    local function inline(name) return get(("%s/f/%d/x?inline"):format(path, list[name].number)) end
    local page, photo = view "photo.png", list["photo.png"].number
    assert.equal(200, page.status)
    assert.is_truthy(page.body:find(('<img src="%s/f/%d/photo.png?inline"'):format(path, photo), 1, true))
    assert.is_nil(page.body:find("<script", 1, true))
    assert.matches("default%-src 'none'.*; frame%-src 'self'$", page.headers["content-security-policy"])
    local shown = inline "photo.png"
    assert.same({ 200, "image/png", "inline", "sandbox; default-src 'none'", "nosniff", png }, {
      shown.status, shown.headers["content-type"], shown.headers["content-disposition"],
      shown.headers["content-security-policy"], shown.headers["x-content-type-options"], shown.body,
    })
    assert.is_truthy(view("note.txt").body:find("<iframe", 1, true))
    assert.equal("text/plain; charset=utf-8", inline("note.txt").headers["content-type"])
    assert.equal(206, get(("%s/f/%d/x?inline"):format(path, photo), "Range: bytes=0-9\r\n").status)
    for _, name in ipairs { "evil.png", "evil.svg", "sous/long.txt" } do
      assert.is_truthy(view(name).body:find("cannot show this file here", 1, true), name)
      assert.equal(404, inline(name).status, name)
    end
    assert.equal(404, get(path .. "/view/99").status)
    assert.equal(404, get(path .. "/view/x").status)
    -- As a download it is what it always was.
    assert.matches("^attachment", get(("%s/f/%d/x"):format(path, photo)).headers["content-disposition"])
    local folder = get(path).body
    assert.is_truthy(folder:find(('href="%s/view/%d"'):format(path, photo), 1, true))
    assert.is_nil(folder:find(('href="%s/view/%d"'):format(path, list["evil.svg"].number), 1, true))
    assert.matches("/view/" .. list["note.txt"].number .. "$", list["note.txt"].preview)
    assert.is_nil(list["evil.svg"].preview)
  end)

  it("stays closed where the share is", function()
    start 'plugin "password" { for_all = "motus" }'
    local list = files()
    for _, target in ipairs { "/view/%d", "/f/%d/x?inline" } do
      local answer = get(path .. target:format(list["note.txt"].number))
      assert.equal(401, answer.status)
      assert.is_nil(answer.body:find("pain", 1, true))
      assert.is_nil(answer.body:find("note.txt", 1, true))
    end
  end)

  it("is counted each time that its last byte went out, and that is remembered", function()
    start ""
    local function count(name) return files()[name].downloads end
    local number = files()["photo.png"].number
    assert.equal(0, count "photo.png")
    local target = ("%s/f/%d/x"):format(path, number)
    for _ = 1, 2 do get(target) end
    get(target, "Range: bytes=0-99\r\n")
    helper.wait_for(function() return count "photo.png" == 2 end, 20, "two downloads")
    get(target, "Range: bytes=100-\r\n") -- the rest: that makes three
    helper.wait_for(function() return count "photo.png" == 3 end, 20, "three")
    assert.equal(0, count "note.txt")
    get(path .. "/zip")
    helper.wait_for(function() return count "note.txt" == 1 and count "photo.png" == 4 end, 20, "all of it")
    console:restart()
    console.daemon:ready "Album"
    helper.wait_for(function()
      local list = files()
      return list["photo.png"] and list["photo.png"].downloads == 4 and list["note.txt"].downloads == 1
    end, 20, "the counts of before")
  end)
end)
