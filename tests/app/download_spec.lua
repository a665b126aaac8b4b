-- Downloads by HTTP: what a file and a folder answer, ranges, and what happens while files change.
local client = require "http_client"
local helper = require "helper"
local places = require "download_place"
local process = require "support.process"
local uv = require "luv"

local function wait(milliseconds)
  local enough = uv.hrtime() + milliseconds * 1e6
  helper.wait_for(function() return uv.hrtime() > enough end, 5)
end

describe("a download", function()
  local place, daemon, film

  before_each(function()
    place = places.open()
    film = place:noise("film é.bin", 40000000, 1)
    for index = 1, 30 do place:noise(("album/part %d/track %d.flac"):format(index % 3, index), 1300000, index) end
    place:put("album/empty", "")
    daemon = place:start()
  end)

  after_each(function() place:close() end)

  local function head(url)
    return process.run { "curl", "-sI", url }
  end

  local function get(path, more)
    return client.get({ port = place.port }, path, more)
  end

  local path_of = require("place").path_of

  local function check_album(zip)
    process.run { "unzip", "-q", "-d", place:out "unzipped", zip }
    process.run { "diff", "-r", place.share .. "/album", place:out "unzipped/album" }
  end

  it("of a folder has the empty folders in it, also one that is made later", function()
    local zip, share = place:link "album" .. "/zip", daemon:ready "album"
    process.run { "mkdir", "-p", place.share .. "/album/notes/none yet" }
    local function names()
      process.run { "curl", "-sf", "-o", place:out "album.zip", zip }
      return process.run { "unzip", "-Z1", place:out "album.zip" }
    end
    helper.wait_for(function() return names():find("album/notes/none yet/", 1, true) end, 20, "the folder in the ZIP")
    check_album(place:out "album.zip")
    assert.equal(share.info_hash, daemon:list()[1].info_hash)
    assert.equal(1, daemon:count("share-ready", function(event) return event.share.name == "album" end))
  end)

  it("has the headers that keep it harmless and resumable", function()
    local text = head(place:link "film é.bin" .. "/f/1/x")
    for _, line in ipairs {
      "HTTP/1.1 200", "Content%-Length: 40000000\r", 'ETag: "[%w_-]+"\r', "Accept%-Ranges: bytes\r",
      "Last%-Modified: %a+, %d%d %a+ %d+ %d+:%d+:%d+ GMT\r",
      "Content%-Security%-Policy: sandbox; default%-src 'none'\r",
      "Cross%-Origin%-Resource%-Policy: same%-origin\r", "X%-Content%-Type%-Options: nosniff\r",
      "Cache%-Control: private, no%-cache\r",
      "Content%-Disposition: attachment; filename=\"film _.bin\"; filename%*=UTF%-8''film%%20%%C3%%A9.bin\r",
    } do
      assert.matches(line, text)
    end
    assert.is_nil(text:find("Access-Control", 1, true))
    local tar = process.run { "sh", "-c", "curl -sf " .. place:link "album" .. "/tar | tar -x -C " .. place:out "" }
    assert.equal("", tar)
    process.run { "diff", "-r", place.share .. "/album", place:out "album" }
  end)

  it("gives ranges, one or several, and says which do not exist", function()
    local path = path_of(place:link "film é.bin") .. "/f/1/x"
    local one = get(path, "Range: bytes=100-199\r\n")
    assert.equal(206, one.status)
    assert.equal("bytes 100-199/40000000", one.headers["content-range"])
    assert.is_true(one.body == film:sub(101, 200))
    assert.is_true(get(path, "Range: bytes=-7\r\n").body == film:sub(-7))
    local none = get(path, "Range: bytes=40000000-\r\n")
    assert.equal(416, none.status)
    assert.equal("bytes */40000000", none.headers["content-range"])

    local several = get(path, "Range: bytes=0-1,1000-1004,-3\r\n")
    assert.equal(206, several.status)
    local boundary = several.headers["content-type"]:match("^multipart/byteranges; boundary=(%x+)$")
    local bodies = {}
    for part in several.body:gmatch("\r\n\r\n(.-)\r\n%-%-" .. boundary) do bodies[#bodies + 1] = part end
    assert.same({ film:sub(1, 2), film:sub(1001, 1005), film:sub(-3) }, bodies)

    local etag = one.headers.etag
    assert.equal(304, get(path, "If-None-Match: " .. etag .. "\r\n").status)
    assert.equal(206, get(path, "If-Range: " .. etag .. "\r\nRange: bytes=0-1\r\n").status)
    assert.equal(412, get(path, 'If-Match: "other"\r\n').status)
  end)

  it("after a change is whole and new, never the rest of another version", function()
    local path = path_of(place:link "film é.bin") .. "/f/1/x"
    local etag = get(path, "Range: bytes=0-1\r\n").headers.etag
    local from = #daemon.events
    place:put("film é.bin", ("new"):rep(5000))
    local range = "If-Range: " .. etag .. "\r\nRange: bytes=100-199\r\n"
    assert.is_true(get(path, range).status >= 410)
    daemon:ready("film é.bin", { from = from })
    local answer = get(path, range)
    assert.equal(200, answer.status)
    assert.equal(("new"):rep(5000), answer.body)
  end)

  it("of a file that changes meanwhile breaks off, and holds nothing of the new bytes", function()
    local url = place:link "film é.bin" .. "/f/1/x"
    local child = process.start { "curl", "-s", "--limit-rate", "4M", "-o", place:out "film", url }
    helper.wait_for(function()
      local stat = uv.fs_stat(place:out "film")
      return stat and stat.size > 1000000
    end, 10, "the first megabyte")
    local file = assert(io.open(place.share .. "/film é.bin", "r+b"))
    file:write(("X"):rep(#film))
    file:close()
    assert.equal(18, child:wait(20)) -- curl: partial file
    local got = helper.read(place:out "film")
    assert.is_true(#got < #film and got == film:sub(1, #got))
  end)

  it("gives no outside byte when the file is swapped for a link while it is sent", function()
    local url = place:link "film é.bin" .. "/f/1/x"
    helper.write(place.folder .. "/outside/secret", ("OUTSIDE!"):rep(#film // 8))
    for round = 1, 5 do
      local child = process.start {
        "curl", "-s", "--limit-rate", "8M", "-o", place:out("film" .. round), url .. round,
      }
      wait(40 * round)
      local path = place.share .. "/film é.bin"
      if round == 1 then
        assert(uv.fs_symlink(place.folder .. "/outside/secret", place.folder .. "/link"))
        assert(uv.fs_rename(path, place.folder .. "/kept"))
        assert(uv.fs_rename(place.folder .. "/link", path))
      end
      child:wait(20)
      local got = uv.fs_stat(place:out("film" .. round)) and helper.read(place:out("film" .. round)) or ""
      assert.is_nil(got:find("OUTSIDE!", 1, true))
    end
  end)

  it("tells once who has it all, in however many parts", function()
    local url = place:link "film é.bin" .. "/f/1/x"
    process.run { "curl", "-sfI", url }
    process.run { "curl", "-sf", "-r", "0-9999999", "-o", place:out "a", url }
    process.run { "curl", "-sf", "-r", "10000001-", "-o", place:out "b", url }
    assert.equal(0, daemon:count "recipient-finished")
    process.run { "curl", "-sf", "-r", "10000000-10000000", "-o", place:out "c", url }
    local event = daemon:wait "recipient-finished"
    assert.equal("http", event.way)
    assert.equal("127.0.0.1", event.who)
    assert.equal("film é.bin", event.share.name)
    process.run { "curl", "-sf", "-o", place:out "d", url }
    assert.equal(1, daemon:count "recipient-finished")
  end)

  it("of a ZIP that began before its CRCs were known goes on with the same ZIP, by a plain Range", function()
    assert(uv.fs_mkdir(place.folder .. "/disc", 493))
    place:put("../disc/small", "small\n")
    local large = assert(io.open(place.folder .. "/disc/z.iso", "wb"))
    large:seek("set", (2 << 30) - 1)
    large:write("!")
    large:close()
    assert(uv.fs_rename(place.folder .. "/disc", place.share .. "/disc"))
    local event = daemon:wait("share-created", function(told) return told.share.name == "disc" end)
    local path = path_of(event.share.link) .. "/zip"
    local early = client.connect { port = place.port }
    early:send("GET " .. path .. " HTTP/1.1\r\nHost: localhost\r\n\r\n")
    helper.wait_for(function() return early.count > 5000 end, 10, "the first bytes")
    early:close()
    local headers, begin = early:received():match("^(.-\r\n\r\n)(.*)$")
    assert.matches("Accept%-Ranges: none", headers)
    assert.equal(0, daemon:count("share-ready", function(told) return told.share.name == "disc" end))
    daemon:ready("disc", { seconds = 60 })
    local length = tonumber(headers:match("Content%-Length: (%d+)"))
    local again = get(path, ("Range: bytes=0-%d\r\n"):format(#begin - 1))
    assert.equal(206, again.status)
    assert.equal(("bytes 0-%d/%d"):format(#begin - 1, length), again.headers["content-range"])
    assert.is_true(again.body == begin)
    process.run({ "curl", "-sf", "-o", place:out "disc.zip", event.share.link .. "/zip" }, { seconds = 60 })
    process.run({ "unzip", "-qt", place:out "disc.zip" }, { seconds = 60 })
  end)

  it("for a browser that comes just when a file changes is a page that says so", function()
    local path = path_of(place:link "film é.bin") .. "/f/1/x"
    local file = assert(io.open(place.share .. "/film é.bin", "r+b"))
    file:write("new")
    file:close()
    local answer = get(path, "Accept: text/html\r\n")
    assert.equal(410, answer.status)
    assert.equal("text/html; charset=utf-8", answer.headers["content-type"])
    assert.is_truthy(answer.body:find("This file changed.", 1, true))
  end)
end)
