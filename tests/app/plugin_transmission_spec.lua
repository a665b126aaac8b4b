-- The plugin transmission, with real remote controls: transmission-remote, and Perl's Transmission::Client.
local console = require "console"
local helper = require "helper"
local json = require "dkjson"
local process = require "support.process"
local uv = require "luv"

-- What a remote control in Perl does.
local perl = [[
use strict;
BEGIN { $SIG{__WARN__} = sub {} } # what the libraries warn of is nobody's concern here
use Transmission::Client;
my ($port, $token) = @ARGV;
my %place = (url => "http://127.0.0.1:$port/transmission/rpc", username => "me", password => $token);
my $client = Transmission::Client->new(%place, autodie => 1);
sub check { my ($holds, $what) = @_; die "$what\n" unless $holds }
sub now { my ($id) = @_; ($client->read_torrents(ids => [$id]))[0] }

check $client->rpc("session-get")->{"rpc-version"} == 16, "version of RPC";
check $client->version =~ /BTshare/, "version: " . $client->version;
my @torrents = $client->read_torrents;
check @torrents == 1 && $torrents[0]->name eq "film.txt", "names: @{[map { $_->name } @torrents]}";
my $film = $torrents[0];
my $id = $film->id;
check $film->status == 6 && $film->percent_done == 1 && $film->total_size == 6, "status: " . $film->status;
check !$film->is_private && $film->error == 0, "error: " . $film->error_string;
my @files = @{$film->files};
check @files == 1 && $files[0]->name eq "film.txt" && $files[0]->length == 6 && $files[0]->wanted, "files";

$film->stop;
check now($id)->status == 0, "stopped";
$client->start($film->hash_string);
check now($id)->status == 6, "started by its hash";
$film->upload_limit(50);
$film->upload_limited(1);
check now($id)->upload_limit == 50 && now($id)->upload_limited, "limit";
$film->upload_limited(0);
check !now($id)->upload_limited, "no limit";

sub session { Transmission::Client->new(%place, autodie => 1)->session }
session->speed_limit_up(200);
session->speed_limit_up_enabled(1);
check session->speed_limit_up == 200 && session->speed_limit_up_enabled, "limit of the session";
session->speed_limit_up_enabled(0);
check !session->speed_limit_up_enabled, "no limit of the session";
check $client->stats->torrent_count == 1 && $client->stats->paused_torrent_count == 0, "statistics";

my $careful = Transmission::Client->new(%place);
check !$careful->remove(ids => $id, delete_local_data => 1), "removed with data";
check $careful->error =~ /never deletes what it shares/, "refusal: " . $careful->error;
my $magnet = "magnet:?xt=urn:btih:" . "cd" x 20 . "&dn=other&tr=http://127.0.0.1:9/a";
my $added = $client->add(filename => $magnet)->{"torrent-added"}{id};
check now($added)->status == 4, "added";
check $client->add(filename => $magnet)->{"torrent-duplicate"}{id} == $added, "added once";
$client->remove($added);
check @{$client->read_torrents} == 1, "removed";
print "fine\n";
]]

-- What transmission-remote says; versions 3 and 4 write quotes, numbers and columns differently.
local success <const> = 'responded: "?success'

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
    assert.matches("%f[%d]1%s+100%%%s+[%d.]+ k?B%s+Done%s[%s%d.]-%sIdle%s+film%.txt", list)
    local info = remote("-t", "1", "-i")
    assert.matches("Name: film.txt", info)
    assert.matches("Hash: %x+", info)
    assert.matches("Magnet: magnet:%?xt=urn:btih:", info)
    assert.matches("State: Idle", info)
    assert.matches("film.txt", remote("-t", "1", "-f"))
    remote("-t", "1", "-pi")
    remote("-t", "1", "-it")
    assert.matches(success, remote("-t", "all", "-S"))
    assert.equal("paused", place.daemon:list()[1].state)
    assert.matches("Stopped", remote("-l"))
    remote("-t", "1", "-s")
    assert.equal("ready", place.daemon:list()[1].state)
    remote("-t", "1", "-u", "25")
    assert.equal(25000, place.daemon:list()[1].limits.up)
    remote("-t", "1", "-U")
    assert.is_nil((place.daemon:list()[1].limits or {}).up)
    assert.matches(success, remote("-t", "1", "-v"))
    place.daemon.process:wait_for(function() return place.daemon:list()[1].state == "ready" end, 10, "the share")
    assert.matches("never deletes what it shares", remote("-t", "1", "-rad"))
    assert.equal("a film", helper.read(place.place.share .. "/film.txt"))
    assert.matches(success, remote("-t", "1", "-r"))
    assert.equal(0, #place.daemon:list())
    assert.equal("a film", helper.read(place.place.share .. "/film.txt"))
  end)

  it("shows and sets the session", function()
    assert.matches("RPC version: 16", remote("-si"))
    assert.matches("Download directory: " .. place.downloads:gsub("%p", "%%%0"), remote("-si"))
    remote("-u", "300")
    assert.matches("Upload speed limit: 300%.?0* kB/s", remote("-si"))
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
    assert.matches(success, remote("-a", share.magnet))
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
    assert.matches(success, remote("-t", tostring(got.id), "-v"))
    helper.wait_for(done, 20, "all of it again")
    assert.matches(success, remote("-t", tostring(got.id), "-rad"))
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
    assert.matches("can be set here", rpc("torrent-set", { ids = 1, seedRatioLimit = 2 }).json.result)
    assert.matches("can be set here", rpc("torrent-set", { ids = 1, honorsSessionLimits = false }).json.result)
    assert.equal("success", rpc("torrent-set", { ids = 1, seedRatioLimit = 0, honorsSessionLimits = 1 }).json.result)
    for _, odd in ipairs { { method = 7 }, { method = "torrent-set", arguments = 5 } } do
      assert.is_true(rpc(odd.method, odd.arguments).status < 500)
    end
    assert.equal(0, place:ask("GET", "/api/v1/plugins",
      { Authorization = "Bearer " .. place:token("r", "--scope", "read") }).json.plugins[3].strikes)
  end)

  it("may be Perl's", function()
    assert.equal("fine\n", process.run { "/usr/bin/perl", "-e", perl, tostring(place.port), token })
  end)
end)
