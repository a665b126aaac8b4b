-- The plugin transmission, with real remote controls: transmission-remote, and Python's transmissionrpc.
local console = require "console"
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local uv = require "luv"

local python = [[
import sys, warnings
warnings.simplefilter("ignore")
import transmissionrpc as rpc
client = rpc.Client("127.0.0.1", port=int(sys.argv[1]), user="me", password=sys.argv[2])
session = client.get_session()
assert session.rpc_version == 16, session.rpc_version
torrents = client.get_torrents()
assert [t.name for t in torrents] == ["film.txt"], torrents
film = torrents[0]
assert film.status == "seeding" and film.progress == 100.0 and film.totalSize == 6, film.status
assert client.get_files()[film.id][0]["name"] == "film.txt"
client.stop_torrent(film.id)
assert client.get_torrent(film.id).status == "stopped"
client.start_torrent(film.hashString)
client.change_torrent(film.id, uploadLimit=50, uploadLimited=True)
assert client.get_torrent(film.id).uploadLimit == 50
client.set_session(speed_limit_up=200, speed_limit_up_enabled=True)
assert client.get_session().speed_limit_up == 200
assert client.session_stats().torrentCount == 1
try:
  client.remove_torrent(film.id, delete_data=True)
  raise SystemExit("removed with data")
except rpc.TransmissionError as problem:
  assert "never deletes what it shares" in str(problem), problem
added = client.add_torrent("magnet:?xt=urn:btih:" + "cd" * 20 + "&dn=other&tr=http://127.0.0.1:9/a")
assert client.get_torrent(added.id).status == "downloading"
client.remove_torrent(added.id)
print("fine")
]]

describe("a remote control for Transmission", function()
  local place, token, receiver

  local function start(more)
    more = more or {}
    local folder = helper.folder()
    more.config = ('plugin "transmission"\ndownloads = "%s"\n'):format(folder) .. (more.config or "")
    place = console.start(more)
    place.downloads = folder
    place.daemon:ready("film.txt")
    token = place:token("remote", "--scope", "admin")
  end
  before_each(function() start() end)
  after_each(function()
    if receiver then receiver:close() end
    receiver = nil
    place:close()
    helper.remove(place.downloads)
  end)

  local function remote(...)
    local ended = process.start({ "transmission-remote", "127.0.0.1:" .. place.port, "-n", "me:" .. token, ... }, {})
    ended:wait(20)
    return ended.output .. (ended.errors or "")
  end

  local function rpc(method, arguments, headers)
    local all = { Authorization = "Bearer " .. token, ["Content-Type"] = "application/json" }
    for name, value in pairs(headers or {}) do all[name] = value end
    local body = json.encode({ method = method, arguments = arguments, tag = 7 }, { keyorder = { "method" } })
    local answer = place:ask("POST", "/transmission/rpc", all, body)
    if answer.status ~= 409 then return answer end
    all["X-Transmission-Session-Id"] = answer.headers["x-transmission-session-id"]
    return place:ask("POST", "/transmission/rpc", all, body)
  end

  it("lists, shows, pauses and limits what is shared, and never deletes it", function()
    local list = remote("-l")
    assert.matches("1%s+100%%%s+0%.01 kB%s+Done%s+0%.0%s+0%.0%s+0%.0%s+Idle%s+film.txt", list)
    local info = remote("-t", "1", "-i")
    assert.matches("Name: film.txt", info)
    assert.matches("Hash: %x+", info)
    assert.matches("Magnet: magnet:%?xt=urn:btih:", info)
    assert.matches("State: Idle", info)
    assert.matches("film.txt", remote("-t", "1", "-f"))
    remote("-t", "1", "-pi")
    remote("-t", "1", "-it")
    assert.matches('responded: "success"', remote("-t", "all", "-S"))
    assert.equal("paused", place.daemon:list()[1].state)
    assert.matches("Stopped", remote("-l"))
    remote("-t", "1", "-s")
    assert.equal("ready", place.daemon:list()[1].state)
    remote("-t", "1", "-u", "25")
    assert.equal(25000, place.daemon:list()[1].limits.up)
    remote("-t", "1", "-U")
    assert.is_nil((place.daemon:list()[1].limits or {}).up)
    assert.matches('responded: "success"', remote("-t", "1", "-v"))
    place.daemon.process:wait_for(function() return place.daemon:list()[1].state == "ready" end, 10, "the share")
    assert.matches("never deletes what it shares", remote("-t", "1", "-rad"))
    assert.equal("a film", helper.read(place.place.share .. "/film.txt"))
    assert.matches('responded: "success"', remote("-t", "1", "-r"))
    assert.equal(0, #place.daemon:list())
    assert.equal("a film", helper.read(place.place.share .. "/film.txt"))
  end)

  it("shows and sets the session", function()
    assert.matches("RPC version: 16", remote("-si"))
    assert.matches("Download directory: " .. place.downloads:gsub("%p", "%%%0"), remote("-si"))
    remote("-u", "300")
    assert.matches("Upload speed limit: 300 kB/s", remote("-si"))
    remote("-U")
    assert.matches("Upload speed limit: Unlimited", remote("-si"))
    assert.matches("Started", remote("-st"))
    assert.matches("Port is open: No", remote("-pt"))
    local answer = rpc("free-space", { path = place.downloads }).json
    assert.is_true(answer.arguments["size-bytes"] > 0)
    assert.equal("success", answer.result)
    assert.matches("is not the folder for downloads", rpc("free-space", { path = "/etc" }).json.result)
  end)

  it("receives a .torrent and a magnet, all the way", function()
    local sender = console.start()
    receiver = sender
    sender.place:put("song.ogg", "a song")
    local share = sender.daemon:ready("song.ogg", { seconds = 20 })
    assert.matches('responded: "success"', remote("-a", share.magnet))
    place.daemon.process:wait_for(function()
      local file = io.open(place.downloads .. "/song.ogg")
      if file then file:close() end
      return file and remote("-l"):find("song.ogg", 1, true)
    end, 30, "the file")
    local list = rpc("torrent-get", { fields = { "id", "name", "percentDone", "downloadDir", "hashString" } }).json
    local got
    for _, torrent in ipairs(list.arguments.torrents) do
      if torrent.downloadDir == place.downloads then got = torrent end
    end
    assert.equal(share.info_hash, got.hashString)
    local function done()
      local told = rpc("torrent-get", { fields = { "percentDone", "status" }, ids = { got.id } }).json.arguments
      return told.torrents[1].percentDone == 1 and told.torrents[1].status == 6
    end
    helper.wait_for(done, 20, "all of it")
    assert.equal("a song", helper.read(place.downloads .. "/song.ogg"))
    assert.matches('responded: "success"', remote("-t", tostring(got.id), "-v"))
    helper.wait_for(done, 20, "all of it again")
    assert.matches('responded: "success"', remote("-t", tostring(got.id), "-rad"))
    assert.is_nil(uv.fs_stat(place.downloads .. "/song.ogg"))
  end)

  it("asks for Transmission's handshake and for the right to it", function()
    local answer = place:ask("POST", "/transmission/rpc", { Authorization = "Bearer " .. token }, "{}")
    assert.equal(409, answer.status)
    local id = answer.headers["x-transmission-session-id"]
    assert.matches("^%x+$", id)
    local nobody = place:ask("POST", "/transmission/rpc", { ["X-Transmission-Session-Id"] = id }, "{}")
    assert.equal(401, nobody.status)
    assert.matches('WWW%-Authenticate: Basic realm="BTshare"', nobody.head)
    local reader = place:token("reader", "--scope", "read")
    assert.equal(403, place:ask("POST", "/transmission/rpc",
      { ["X-Transmission-Session-Id"] = id, Authorization = "Bearer " .. reader }, "{}").status)
    assert.equal(400, place:ask("POST", "/transmission/rpc",
      { ["X-Transmission-Session-Id"] = id, Authorization = "Bearer " .. token }, "nonsense").status)
    -- A page elsewhere, in the browser in which the owner is logged in.
    local own = place:own(place:log_in())
    own.Origin, own["X-BTshare"] = "http://evil.test", nil
    own["Sec-Fetch-Site"] = "cross-site"
    assert.equal(403, place:ask("POST", "/transmission/rpc", own, "{}").status)
  end)

  it("answers as the specification says, also to what makes no sense", function()
    assert.same({ result = "method name not recognized", arguments = {}, tag = 7 }, rpc("session-close").json)
    assert.equal("no fields specified", rpc("torrent-get").json.result)
    local answer = rpc("torrent-get", { fields = { "id", "name", "nothing", "labels" }, format = "table" }).json
    assert.same({ "id", "name", "nothing", "labels" }, answer.arguments.torrents[1])
    assert.same({ 1, "film.txt", nil, {} }, answer.arguments.torrents[2])
    answer = rpc("torrent-get", { fields = { "id" }, ids = "recently-active" }).json
    assert.same({ torrents = { { id = 1 } }, removed = {} }, answer.arguments)
    for _, ids in ipairs { { 99 }, 1.5, { true, "x", {} }, "ff" } do
      assert.same({}, rpc("torrent-get", { fields = { "id" }, ids = ids }).json.arguments.torrents)
    end
    for _, odd in ipairs { { filename = "/etc/passwd" }, { metainfo = "%%%" }, { metainfo = "ZGU=" }, { filename = 7 },
      { metainfo = {} }, {} } do
      local result = rpc("torrent-add", odd).json.result
      assert.is_true(result ~= "success", json.encode(odd))
    end
    assert.matches("can be set here", rpc("session-set", { ["download-dir"] = "/" }).json.result)
    assert.matches("can be set here", rpc("torrent-set", { ids = 1, labels = { "x" } }).json.result)
    for _, odd in ipairs { { method = 7 }, { method = "torrent-set", arguments = 5 } } do
      assert.is_true(rpc(odd.method, odd.arguments).status < 500)
    end
    assert.equal(0, place:ask("GET", "/api/v1/plugins",
      { Authorization = "Bearer " .. place:token("r", "--scope", "read") }).json.plugins[3].strikes)
  end)

  it("may be Python's", function()
    assert.equal("fine\n", process.run { "/usr/bin/python3", "-c", python, tostring(place.port), token })
  end)
end)
