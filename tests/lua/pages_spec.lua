-- The pages with shares that are tables: states and names that the real program is in only for a moment, or never.
local bencode = require "btshare.bencode"
local entrance = require "btshare.shares.entrance"
local json = require "core.json"
local pages = require "btshare.routes.pages"
local reach = require "btshare.reach"
local routers = require "btshare.http.router"

local token = ("t"):rep(27)

local function manifest(files)
  local parts = {}
  for index, file in ipairs(files) do
    parts[index] = string.pack("<I8i8i8I8s8", file[2], 1, 1, 1, file[1])
  end
  return table.concat(parts)
end

describe("the page of", function()
  local services, share, router

  before_each(function()
    share = {
      id = "s", root = { path = "/x" }, entry = "name", kind = "folder", exposure = "link", state = "preparing",
      files = 1, size = 5, progress = 0.5, fresh = manifest { { "a", 5 } }, is_stopped = false, is_expired = false,
    }
    services = {
      reach = reach.new { "127.0.0.1" }, config = {}, trackers = {}, is_started = true,
      links = { find = function(_, candidate, purpose)
        if candidate == token and purpose == "page" then return "s", "link", {} end
      end },
      events = { has = function() return false end },
      store = { query = function() return { { torrent = "d10:created by7:BTshare4:infodee" } } end },
      web_seeds = function() return {} end,
      access = { touch = function() end, downloads = function() return 2 end },
    }
    services.shares = {
      by_id = { s = share }, services = services, contents = {}, describe = function() return { id = "s" } end,
    }
    services.entrance = entrance.new(services)
    router = routers.new()
    pages.new(services):add(router)
  end)

  local function get(below, accept, query)
    local segments = { "s", token, below }
    local request = {
      method = "GET", segments = segments, query = query or "", address = "127.0.0.1", host = "localhost:1",
      headers = { accept = accept or "text/html" },
    }
    local handler, parameters = router:find("GET", segments)
    local answer = handler(request, parameters)
    return answer.status, answer.body, answer.headers
  end

  local function make_ready()
    share.state, share.progress, share.info_hash = "ready", nil, ("ab"):rep(20)
  end

  it("a share that we have not looked at yet asks to wait, and looks again", function()
    share.state = "settling"
    local status, body, headers = get()
    assert.same({ 503, "2", "2" }, { status, headers["Retry-After"], headers["Refresh"] })
    assert.is_truthy(body:find("One moment, please.", 1, true))
  end)

  it("a share whose folder is not read yet at the start does not call it unknown", function()
    services.is_started, services.shares.by_id.s = false, nil
    assert.equal(503, (get()))
    services.shares = nil
    assert.equal(503, (get()))
    services.is_started = true
    assert.equal(404, (get()))
  end)

  it("a share that failed says so without a reason", function()
    share.state, share.reason = "failed", "/home/paul/secret: permission denied"
    local status, body = get()
    assert.equal(503, status)
    assert.is_nil(body:find("secret", 1, true))
  end)

  it("a share whose time is over is gone at once, whoever notices it later", function()
    share.expires = os.time()
    assert.equal(404, (get()))
    share.expires = os.time() + 100
    local status, body = get()
    assert.equal(200, status)
    assert.is_truthy(body:find("Available until ", 1, true))
  end)

  it("a share asks the plugins, and says nothing of it where they refuse", function()
    local asked
    services.events = {
      has = function(_, name) return name == "share-open" end,
      ask = function(_, _, event) asked = event return false, "because" end,
    }
    for _, below in ipairs { false, "torrent", "qr.svg" } do
      local status, body = get(below or nil)
      assert.equal(403, status)
      assert.is_nil(body:find("name", 1, true) and body:find(">name<", 1, true))
    end
    assert.same({ share = { id = "s" }, link = { id = "link" }, address = "127.0.0.1", purpose = "page" }, asked)
  end)

  it("a changed share says so", function()
    share.state, share.info_hash, share.number = "changed", ("ab"):rep(20), 1
    local status, body = get()
    assert.equal(200, status)
    assert.is_truthy(body:find("have just changed", 1, true))
    assert.is_nil(body:find("magnet:", 1, true), "of the version before")
    assert.equal(503, (get("torrent")))
  end)

  it("a private share offers the torrent and no magnet, that of an http share neither", function()
    make_ready()
    local _, body = get()
    assert.is_truthy(body:find("magnet:", 1, true))
    assert.is_truthy(body:find("public DHT", 1, true))
    share.exposure = "public"
    assert.is_nil(select(2, get()):find("public DHT", 1, true))
    share.exposure = "private"
    _, body = get()
    assert.is_nil(body:find("magnet:", 1, true))
    assert.is_nil(body:find("public DHT", 1, true))
    assert.is_truthy(body:find("/torrent", 1, true))
    assert.is_truthy(select(2, get(nil, "text/plain")):find("/torrent'", 1, true))
    assert.equal(200, (get("torrent")))
    share.exposure = "http"
    _, body = get()
    assert.is_nil(body:find("magnet:", 1, true))
    assert.is_nil(body:find("/torrent", 1, true))
    assert.equal(404, (get("torrent")))
  end)

  it("a folder that is being read promises no ZIP that goes on where it stopped", function()
    for _, exposure in ipairs { "link", "http" } do
      share.exposure, share.state, share.progress = exposure, "preparing", 0.5
      assert.is_truthy(select(2, get()):find("an interrupted download begins again", 1, true))
      make_ready()
      assert.is_truthy(select(2, get()):find("it goes on where it stopped", 1, true))
    end
  end)

  it("a folder with nothing in it offers no download", function()
    make_ready()
    share.files, share.size, share.fresh, share.info_hash = 0, 0, "", nil
    share.state = "ready"
    local status, body = get()
    assert.equal(200, status)
    assert.is_nil(body:find("/zip", 1, true))
    assert.is_truthy(body:find("There is nothing in it.", 1, true))
  end)

  it("very many files lists a thousand, and says how many more there are", function()
    local files = {}
    for index = 1, 1234 do files[index] = { ("%04d"):format(index), 1 } end
    share.fresh, share.files = manifest(files), #files
    local _, body = get()
    assert.equal(1000, select(2, body:gsub("<li>", "")))
    assert.is_truthy(body:find("234 more files are in the download.", 1, true))
    local value = json.decode((select(2, get(nil, "application/json"))))
    assert.same({ 1000, 234 }, { #value.list, value.more })
  end)

  it("names that turn the reading direction shows them as escapes", function()
    share.entry = "\u{202E}gpj.exe"
    share.fresh = manifest { { "\u{2066}a\u{2069}/\u{200F}b\u{202A}", 5 } }
    local _, body = get()
    assert.is_truthy(body:find("<h1 dir=\"auto\">\\u{202E}gpj.exe</h1>", 1, true))
    for _, sign in ipairs { "\u{202E}", "\u{2066}", "\u{2069}", "\u{200F}", "\u{202A}" } do
      assert.is_nil(body:find(sign, 1, true))
      assert.is_nil(select(2, get(nil, "text/plain")):find(sign, 1, true))
    end
  end)

  it("a share offers web seeds where the policy does, from where the asker stands", function()
    make_ready()
    services.web_seeds = function() return { "/w/x/name/" } end
    local _, torrent = get("torrent")
    local seeds = bencode.encode { "http://localhost:1/w/x/name/", "http://127.0.0.1:0/w/x/name/" }
    assert.equal("d10:created by7:BTshare4:infode8:url-list" .. seeds .. "e", torrent)
    assert.is_truthy(select(2, get()):find("ws=http", 1, true))
  end)
end)
