-- What survives when the state is damaged: links where that is possible, the owner's files always.
local client = require "http_client"
local helper = require "helper"
local json = require "dkjson"
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
    for _ = 1, 3 do -- the store's own spec has a hundred
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

  describe("with shares that are not everybody's", function()
    local daemon
    local config = 'plugin "password" {}'

    local function status_of(share)
      local port = daemon:find("started").public:match(":(%d+)/$")
      return client.get({ port = tonumber(port) }, path_of(share.link)).status
    end

    local function named(name)
      for _, share in ipairs(daemon:list()) do
        if share.name == name then return share end
      end
    end

    local function wait_for_state(name, state)
      daemon.process:wait_for(function() return (named(name) or {}).state == state end, 15, name .. " " .. state)
    end

    -- What becomes of the database then is up to the test.
    before_each(function()
      for _, name in ipairs { "locked.txt", "private.txt", "stopped.txt" } do place:put(name, name) end
      helper.write(place.folder .. "/outside.txt", "outside")
      place:age(place.folder .. "/outside.txt")
      daemon = place:start { config = config }
      for _, name in ipairs { "mine.txt", "locked.txt", "private.txt", "stopped.txt" } do daemon:ready(name) end
      daemon:command { "password", "locked.txt", "motus-secret" }
      daemon:command { "add", place.share .. "/private.txt", "--exposure", "private" }
      daemon:command { "stop", "stopped.txt" }
      daemon:command { "add", place.folder .. "/outside.txt" }
      daemon:stop()
      place:put("later.txt", "later")
    end)

    local function ruin(bytes)
      local file = assert(io.open(place.state .. "/btshare.db", "r+b"))
      file:seek("set", 4096)
      file:write(("\xA5"):rep(bytes or 4000))
      file:close()
      if not bytes then os.remove(place.state .. "/btshare.db-wal") end
    end

    local function start_again()
      daemon = place:start { config = config }
    end

    it("gives way to its newest copy, which knows of them; what it does not know is held back", function()
      ruin()
      start_again()
      local notice = daemon:wait("notice")
      assert.matches("^the state database was damaged .* its copy of %d+%-%d+%-%d+ %d+:%d+ UTC %(0 min before%)",
        notice.message)
      for _, name in ipairs { "mine.txt", "locked.txt", "private.txt", "outside.txt", "later.txt" } do
        daemon:ready(name)
      end
      assert.equal(401, status_of(named "locked.txt"))
      assert.equal("private", named("private.txt").exposure)
      assert.is_nil(named "stopped.txt")
      assert.equal(200, status_of(named "mine.txt"))
      assert.equal(200, status_of(named "outside.txt"))
      assert.equal("paused", named("later.txt").state)
      assert.matches("held back since the state database was damaged", named("later.txt").reason)
      assert.equal(503, status_of(named "later.txt"))
      assert.matches("damaged +the state database was damaged", daemon:command { "status" })
      local told = json.decode(daemon:command { "status", "--json" })
      assert.same({ 1, 1 }, { told.damage.held, told.counts.attention })
      assert.matches("endommagée", told.notices[1].text.fr)
      assert.is_string(told.notices[1].confirm.fr)
      daemon:command { "confirm" }
      assert.equal(200, status_of(named "later.txt"))
      assert.equal(401, status_of(named "locked.txt"))
      assert.is_nil(daemon:command({ "status" }):find("damaged", 1, true))
      daemon:stop()
      assert.equal("", daemon:complaints())
    end)

    it("ends where it finds that while it runs, and its next start mends it", function()
      start_again()
      for _, name in ipairs { "mine.txt", "locked.txt", "private.txt", "outside.txt", "later.txt" } do
        daemon:ready(name)
      end
      ruin(helper.read(place.state .. "/btshare.db"):len() - 4096)
      daemon:try { "stop", "later.txt" } -- what is written has the other connection read anew
      daemon:try { "list", "--json" }
      daemon:try { "password", "mine.txt" }
      assert.equal(75, daemon.process:wait(15))
      assert.matches("next start puts a copy in its place", daemon:find("notice").message)
      start_again()
      assert.matches("its copy of", daemon:wait("notice").message)
      daemon:ready "locked.txt"
      assert.equal(401, status_of(named "locked.txt"))
      daemon:stop()
    end)

    it("shares nothing where there is no copy, before its owner says so", function()
      for name in uv.fs_scandir_next, uv.fs_scandir(place.state .. "/backups") do
        os.remove(place.state .. "/backups/" .. name)
      end
      ruin()
      start_again()
      assert.matches("there was no good copy of it", daemon:wait("notice").message)
      local names = { "mine.txt", "locked.txt", "private.txt", "stopped.txt", "later.txt" }
      for _, name in ipairs(names) do
        daemon:ready(name)
        assert.equal("paused", named(name).state)
        assert.equal(503, status_of(named(name)), name)
      end
      assert.is_nil(daemon:find "torrent-added")
      daemon:stop()
      start_again() -- it is not forgotten
      assert.matches("there was no good copy of it", daemon:wait("notice").message)
      wait_for_state("locked.txt", "paused")
      daemon:command { "add", place.share .. "/mine.txt" }
      assert.equal(200, status_of(named "mine.txt"))
      assert.equal(503, status_of(named "locked.txt"))
      assert.equal("4 shares go on.", (daemon:try({ "confirm" }).errors:gsub("%s+$", "")))
      assert.equal(200, status_of(named "locked.txt")) -- as its owner has said
      assert.equal("Nothing is held back.", (daemon:try({ "confirm" }).errors:gsub("%s+$", "")))
      daemon:stop()
    end)
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
