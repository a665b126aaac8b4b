-- What survives when the state is damaged: links where that is possible, the owner's files always.
local helper = require "helper"
local place_module = require "place"
local uv = require "luv"

describe("a damaged state", function()
  local place

  before_each(function()
    place = place_module.open()
    place:put("mine.txt", "mine")
  end)

  after_each(function()
    assert.equal("mine", helper.read(place.share .. "/mine.txt"))
    place:close()
  end)

  local function share_once()
    local daemon = place:start()
    local share = daemon:ready("mine.txt")
    daemon:stop()
    return share
  end

  local path_of = place_module.path_of

  local function assert_begun_anew(database)
    local share = share_once()
    local path = place.state .. "/btshare.db"
    database(path)
    local daemon = place:start()
    local notice = daemon:wait("notice")
    assert.is_truthy(notice.message:find("damaged", 1, true), notice.message)
    local again = daemon:ready("mine.txt")
    assert.equal(share.id, again.id)
    assert.equal(path_of(share.link), path_of(again.link))
    assert.equal(share.info_hash, again.info_hash)
    local aside = 0
    for name in uv.fs_scandir_next, uv.fs_scandir(place.state) do
      if name:find("^btshare%.db%.corrupt%-") then aside = aside + 1 end
    end
    assert.equal(1, aside)
    daemon:stop()
    assert.equal("", daemon:complaints())
  end

  it("that is garbage is set aside, and links stay", function()
    assert_begun_anew(function(path) helper.write(path, "this is no database\n") end)
  end)

  it("that was cut short is set aside, and links stay", function()
    assert_begun_anew(function(path) helper.write(path, helper.read(path):sub(1, 6000)) end)
  end)

  it("that has other bytes in it starts all the same, or says why not", function()
    local share = share_once()
    local path = place.state .. "/btshare.db"
    local good = helper.read(path)
    math.randomseed(7)
    for _ = 1, 8 do
      local bytes = {}
      local at = math.random(1, #good - 64)
      for index = 1, 64 do bytes[index] = string.char(math.random(0, 255)) end
      helper.write(path, good:sub(1, at - 1) .. table.concat(bytes) .. good:sub(at + 64))
      os.remove(path .. "-wal")
      local daemon = place:start()
      assert.equal(share.id, (daemon:ready("mine.txt")).id)
      daemon:stop()
      assert.equal("", daemon:complaints())
    end
  end)

  it("of a newer btshare is refused and left as it is", function()
    share_once()
    local path = place.state .. "/btshare.db"
    local sqlite = require "core.sqlite"
    local database = assert(sqlite.open(path))
    assert(database:exec("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)"))
    database:close()
    local before = helper.read(path)
    local ended = place:refused()
    assert.equal(1, ended.code)
    assert.is_truthy(ended.errors:find("^btshare: [^\n]*newer btshare[^\n]*\n$"), ended.errors)
    assert.equal(before, helper.read(path))
  end)

  it("whose key is damaged is refused: another key would end every link", function()
    local share = share_once()
    local key = helper.read(place.state .. "/key")
    for _, damaged in ipairs { "", key:sub(1, 31), key .. "x" } do
      helper.write(place.state .. "/key", damaged)
      local ended = place:refused()
      assert.equal(1, ended.code)
      assert.is_truthy(ended.errors:find("^btshare: [^\n]*/key: [^\n]*backup[^\n]*\n$"), ended.errors)
    end
    helper.write(place.state .. "/key", key)
    local daemon = place:start()
    assert.equal(path_of(share.link), path_of((daemon:ready("mine.txt")).link))
    daemon:stop()
  end)

  it("without a key gets a new one, says so, and has new links that work", function()
    local share = share_once()
    os.remove(place.state .. "/key")
    local daemon = place:start()
    local notice = daemon:wait("notice")
    assert.is_truthy(notice.message:find("key", 1, true), notice.message)
    local again = daemon:ready("mine.txt")
    assert.are_not.equal(path_of(share.link), path_of(again.link))
    local client = require "http_client"
    local function announce(magnet)
      local token = magnet:match("announce%%2F([%w_-]+)")
      local port = tonumber(again.link:match(":(%d+)/"))
      return client.get({ port = port }, "/announce/" .. token .. "?port=1").status
    end
    assert.equal(200, announce(again.magnet))
    assert.equal(404, announce(share.magnet))
    daemon:stop()
    daemon = place:start()
    assert.equal(path_of(again.link), path_of((daemon:ready("mine.txt")).link))
    assert.is_nil(daemon:find("notice"))
    daemon:stop()
  end)
end)
