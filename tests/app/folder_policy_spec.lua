-- A folder's own `.btshare.lua` in the running program: it counts as it is written, and its mistakes change nothing.
local helper = require "helper"
local json = require "dkjson"
local place_module = require "place"
local uv = require "luv"

describe("a folder's .btshare.lua", function()
  local place, daemon, file

  before_each(function()
    place = place_module.open()
    place:put("a.txt", "a")
    file = place.share .. "/.btshare.lua"
  end)
  after_each(function() place:close() end)

  local function write(text)
    helper.write(file, text)
    uv.fs_chmod(file, 420) -- 0644
  end

  local function start()
    daemon = place:start { config = "folder_policies = true" }
    daemon:wait("share-ready")
  end

  local function shares()
    local by_name = {}
    for _, share in ipairs(assert(json.decode(daemon:command { "list", "--json" }))) do by_name[share.name] = share end
    return by_name
  end

  local function wait_for_exposure(wanted)
    daemon.process:wait_for(function() return shares()["a.txt"].exposure == wanted end, 10, wanted)
  end

  local function wait_for_notice(words)
    return daemon:wait("notice", function(event) return event.message:find(words, 1, true) end)
  end

  it("does not count unless config.lua says so", function()
    write 'exposure = "http"'
    daemon = place:start()
    daemon:wait("share-ready")
    assert.equal("link", shares()["a.txt"].exposure)
  end)

  it("counts from the first look on, as it changes, and while it is there; it is never shared", function()
    write 'exposure = "private"; expires = "1h"'
    start()
    local list = shares()
    assert.equal("private", list["a.txt"].exposure)
    assert.is_true(math.abs(list["a.txt"].expires - os.time() - 3600) < 60)
    assert.is_nil(list[".btshare.lua"])
    assert.is_nil(daemon:find("share-created", function(event) return event.share.exposure ~= "private" end))
    write 'exposure = "http"'
    wait_for_exposure "http"
    uv.fs_unlink(file)
    wait_for_exposure "link"
  end)

  it("with a mistake is a notice with its line, and changes nothing, over a restart too", function()
    write 'exposure = "http"'
    start()
    assert.equal("http", shares()["a.txt"].exposure)
    write '-- now\nexposure = "htp"'
    local notice = wait_for_notice ".btshare.lua:2: exposure must be"
    assert.equal("error", notice.level)
    assert.is_truthy(notice.message:find(file, 1, true))
    place:put("b.txt", "b")
    daemon:wait("share-created", function(event) return event.share.name == "b.txt" end)
    assert.equal("http", shares()["b.txt"].exposure)
    daemon:stop()
    start()
    wait_for_notice ".btshare.lua:2:"
    assert.equal("http", shares()["a.txt"].exposure)
    assert.is_nil(daemon:find("share-changed"))
  end)

  it("does not count where others can write it", function()
    write 'exposure = "public"'
    uv.fs_chmod(file, 438) -- 0666
    start()
    assert.equal("link", shares()["a.txt"].exposure)
    wait_for_notice "others can write it"
    uv.fs_chmod(file, 420)
    write 'exposure = "http"'
    wait_for_exposure "http"
  end)
end)
