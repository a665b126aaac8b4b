-- What the addresses answer before all is there: no console built, files still being read, a disk gone.
local btshare = require "support.btshare"
local client = require "http_client"
local json = require "dkjson"
local place = require "place"
local site = require "site"
local uv = require "luv"

local function sparse(path, bytes)
  local fd = assert(uv.fs_open(path, "w", 420))
  assert(uv.fs_ftruncate(fd, bytes))
  uv.fs_close(fd)
end

describe("the console's address where no console was built", function()
  local here
  setup(function() here = place.open() end)
  teardown(function() here:close() end)

  it("says how to get one, and what to do meanwhile", function()
    -- A program finds the console beside itself or among its data; these have none.
    local program, data = here.folder .. "/btshare", here.folder .. "/data"
    assert(uv.fs_copyfile(btshare.program, program))
    assert(uv.fs_mkdir(data, 493))
    local own_data = require("core.host").data
    for _, name in ipairs { "lua", "plugins", "web" } do
      assert(uv.fs_symlink(own_data .. "/" .. name, data .. "/" .. name))
    end
    local daemon = here:start { program = program, environment = { BTSHARE_DATA = data } }
    local console = { port = tonumber(daemon:wait("started").console:match(":(%d+)/")) }
    local answer = client.get(console, "/")
    assert.equal(200, answer.status)
    assert.matches("cmake %-%-build", answer.body)
    assert.matches("btshare list", answer.body)
    daemon:stop()
  end)
end)

describe("a page while its files are read", function()
  local public
  setup(function()
    public = site.start(function(share) sparse(share .. "/huge.bin", 6 << 30) end)
  end)
  teardown(function() public:close() end)

  it("has the download at once, says how far the torrent is, and looks again", function()
    local path = public:page "huge.bin"
    local quickest, page = math.huge, nil
    for _ = 1, 10 do -- one of them had the processor when it needed it
      local started = uv.hrtime()
      page = public:get(path .. "?lang=fr")
      quickest = math.min(quickest, (uv.hrtime() - started) / 1e6)
    end
    assert.is_true(quickest < 200, quickest .. " ms")
    assert.equal("preparing", json.decode(public:get(path, "json").body).state)
    assert.is_truthy(page.body:find("Préparation du torrent\u{A0}: %d+\u{A0}%%"))
    assert.is_truthy(page.body:find('<progress max="1" value="', 1, true))
    assert.is_truthy(page.body:find(path .. "/f/1/huge.bin", 1, true))
    assert.is_nil(page.body:find("magnet:", 1, true))
    assert.equal("10", page.headers["refresh"])
    local torrent = public:get(path .. "/torrent")
    assert.same({ 503, "5" }, { torrent.status, torrent.headers["retry-after"] })
    assert.is_truthy(public:get(path, "plain").body:find("Preparing the torrent: ", 1, true))
  end)

  it("offers no way of going on with a ZIP that has no ranges yet", function()
    uv.fs_mkdir(public.share .. "/album", 493)
    sparse(public.share .. "/album/huge.bin", 8 << 30)
    local path = public:page "album"
    local text = public:get(path, "plain").body
    assert.equal("preparing", json.decode(public:get(path, "json").body).state)
    assert.is_truthy(text:find("  wget 'http://", 1, true), text)
    assert.is_nil(text:find("wget -c", 1, true))
    assert.is_truthy(text:find("begins again:", 1, true))
  end)

  it("says that its disk is gone when the folder goes away", function()
    local path = public:page "huge.bin"
    assert(uv.fs_rename(public.share, public.folder .. "/elsewhere"))
    public:wait("share-missing", "huge.bin")
    local answer = public:get(path)
    assert.same({ 503, "60" }, { answer.status, answer.headers["retry-after"] })
    assert.is_truthy(answer.body:find("disk is not connected", 1, true))
    assert(uv.fs_rename(public.folder .. "/elsewhere", public.share))
  end)
end)
