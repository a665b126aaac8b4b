-- The command line against a btshare that runs.
local helper = require "helper"
local json = require "dkjson"
local place_module = require "place"
local process = require "support.process"
local btshare = require "support.btshare"
local uv = require "luv"

local function lines(text)
  return select(2, text:gsub("\n", ""))
end

describe("the command line", function()
  local place, daemon

  setup(function()
    place = place_module.open()
    for _, name in ipairs { "one.txt", "two.txt", "twofold.txt" } do place:put(name, name) end
    uv.fs_mkdir(place.share .. "/album", 493)
    place:put("album/song", "la la")
    daemon = place:start()
    for _, name in ipairs { "one.txt", "two.txt", "twofold.txt", "album" } do daemon:ready(name) end
  end)

  teardown(function()
    if not daemon.process.code then daemon:stop() end
    place:close()
  end)

  local function assert_failure(code, words, ...)
    local ended = daemon:try(words)
    assert.equal(code, ended.code, ended.output)
    assert.equal(ended.errors, ended.output)
    assert.is_truthy(ended.errors:find("^btshare: "), ended.errors)
    for _, word in ipairs { ... } do
      assert.is_truthy(ended.errors:find(word, 1, true), ended.errors)
    end
    return ended
  end

  it("lists every share with all its fields", function()
    local shares = json.decode(daemon:command { "list", "--json" })
    assert.equal(4, #shares)
    local album = shares[1]
    assert.equal("album", album.name)
    assert.equal("folder", album.kind)
    assert.equal(5, album.size)
    assert.equal(1, album.files)
    assert.equal("ready", album.state)
    assert.equal("link", album.exposure)
    assert.is_truthy(album.id:find("^%x+$"))
    assert.is_truthy(album.info_hash:find("^%x+$"))
    assert.is_truthy(album.magnet:find("^magnet:%?xt=urn:btih:" .. album.info_hash .. "&dn=album&tr=http%%3A"))
    assert.is_truthy(album.link:find("^http://127%.0%.0%.1:%d+/s/[%w_-]+$"))
    assert.equal(album.link .. "/torrent", album.torrent)
    assert.is_true(math.abs(album.created - os.time()) < 60)
    assert.is_true(album.changed >= album.created)
    assert.is_nil(album.expires)
    assert.is_nil(album.reason)
    local text = daemon:command { "list" }
    for _, share in ipairs(shares) do
      assert.is_truthy(text:find(share.name, 1, true))
      assert.is_truthy(text:find(share.link, 1, true))
    end
    assert.is_nil(text:find("\27", 1, true))
  end)

  it("prints links", function()
    local share = daemon:list()[2]
    assert.equal(share.link .. "\n", daemon:command { "link", "one.txt" })
    assert.equal(share.link .. "\n", daemon:command { "link", share.id })
    assert.equal(share.link .. "\n", daemon:command { "link", place.share .. "/one.txt" })
    assert.equal(share.link .. "\n", daemon:command { "link", "on" })
    assert.equal(share.magnet .. "\n", daemon:command { "link", "one.txt", "--magnet" })
    assert.equal(share.torrent .. "\n", daemon:command { "link", "--torrent", "one.txt" })
    local drawn = daemon:try { "link", "one.txt", "--qr" }
    assert.equal(0, drawn.code)
    assert.is_true(lines(drawn.errors) > 10)
    assert.is_truthy(daemon:command({ "link", "two.txt" }):find("^http"))
    assert_failure(2, { "link", "tw" }, "2 shares", "two.txt", "twofold.txt")
    assert_failure(3, { "link", "three.txt" }, "three.txt")
    assert_failure(3, { "stop", "three.txt" }, "three.txt")
    assert.equal(share.link .. "\n", daemon:command { "link", share.id:sub(1, 6) })
    assert_failure(3, { "link", share.id:sub(1, 5) }, "no such share")
  end)

  it("takes no empty name, and ends no share that was named by half", function()
    for _, command in ipairs { "link", "stop", "who" } do
      assert_failure(2, { command, "" }, "the name of a share must not be empty")
    end
    assert_failure(3, { "stop", "al" }, "no such share; did you mean album?")
    assert_failure(3, { "stop", place.share .. "/alb" }, "did you mean album?")
    assert_failure(3, { "stop", place.folder .. "/album" }, "did you mean album?")
    assert_failure(3, { "stop", "tw" }, "did you mean one of these?", "/two.txt", "/twofold.txt")
    assert.equal(4, #daemon:list())
  end)

  local function folders()
    local paths = {}
    for index, root in ipairs(json.decode(daemon:command { "status", "--json" }).roots) do
      paths[index] = root.path .. (root.only and "/" .. root.only or "")
    end
    return paths
  end

  it("adds what lies outside, for a time if wanted", function()
    local path = place.folder .. "/outside.txt"
    helper.write(path, "outside")
    assert_failure(1, { "add", path, "--tracker", "http://127.0.0.1/announce" }, "not on the internet")
    local link = daemon:command {
      "add", path, "--for", "1h", "--format", "v2", "--web-seed", "on", "--tracker", "udp://tracker.example:1337",
    }
    local share = daemon:ready "outside.txt"
    assert.equal(share.link .. "\n", link)
    assert.is_truthy(share.magnet:find("xt=urn:btmh:", 1, true)) -- from the first
    assert.is_truthy(share.magnet:find("&ws=", 1, true))
    assert.is_nil(share.magnet:find("tracker.example", 1, true)) -- it is not public
    assert.is_true(math.abs(json.decode(daemon:command { "list", "--json" })[3].expires - os.time() - 3600) < 30)
    assert.equal(link, daemon:command { "add", path })
    assert.is_truthy(json.decode(daemon:command { "list", "--json" })[3].expires)
    assert.equal(link, daemon:command { "add", path, "--for", "never" })
    assert.is_nil(json.decode(daemon:command { "list", "--json" })[3].expires)
    assert_failure(3, { "add", place.folder .. "/nowhere" }, "nowhere")
    assert_failure(2, { "add", path, "--for", "soon" }, "soon")
    assert_failure(1, { "add", "/" }, "whole system")
    uv.fs_symlink(path, place.folder .. "/leads there")
    assert_failure(5, { "add", place.folder .. "/leads there" },
      ("/leads there: is a symbolic link; add what it leads to: %s\n"):format(path))
    uv.fs_symlink(place.folder, place.folder .. "/way")
    assert.equal(link, daemon:command { "add", place.folder .. "/way/outside.txt" })
    assert_failure(5, { "add", place.folder .. "/way/" }, "add what it leads to: " .. place.folder .. "\n")
    for _, own in ipairs { "", "/key", "/btshare.db" } do
      assert_failure(1, { "add", place.state .. own }, "own state")
    end
    assert_failure(1, { "add", place.folder }, "own state")
    helper.write(place.folder .. "/.hidden", "hidden")
    assert_failure(1, { "add", place.folder .. "/.hidden" }, ".hidden")
    assert.is_true(os.execute(("mkfifo '%s/later a file'"):format(place.folder)))
    assert_failure(1, { "add", place.folder .. "/later a file" }, "named pipe")
    assert.same({ place.share, path }, folders()) -- what was refused is not shared either once it is a file
    local stopped = daemon:try { "stop", share.id:sub(1, 6) }
    assert.equal(0, stopped.code)
    assert.is_truthy(stopped.errors:find("stays", 1, true))
    assert_failure(3, { "stop", "outside.txt" })
    assert.same({ place.share }, folders())
    assert.equal("outside", helper.read(path))
  end)

  it("shows what btshare is doing", function()
    local status = json.decode(daemon:command { "status", "--json" })
    assert.equal(daemon.process.pid, status.pid)
    assert.equal("integer", math.type(status.pid))
    assert.equal(4, status.shares.ready)
    assert.equal(place.share, status.roots[1].path)
    assert.is_true(status.roots[1].watched)
    assert.is_true(status.memory > 1000000)
    assert.is_truthy(daemon:command({ "status" }):find("shares             4 ready\n", 1, true))
    assert.is_truthy(daemon:command({ "status" }):find("this machine only (--public)", 1, true))
  end)

  it("says nothing that is not of a share's file name as it is", function()
    local odd = "red \27[31m and\nnew line"
    place:put(odd, "odd")
    local skipped = daemon:wait("entry-skipped", function(event) return event.path == odd end)
    assert.is_truthy(skipped.reason:find("control", 1, true), skipped.reason)
    assert.equal(0, daemon:count "not-json")
    local refused = daemon:try { "add", place.share .. "/" .. odd }
    assert.are_not.equal(0, refused.code)
    assert.is_nil(refused.output:find("\27", 1, true))
    assert.equal(1, lines(refused.output), refused.output)
  end)

  it("uses colours on a terminal only, and not where NO_COLOR is set", function()
    local function on_terminal(environment)
      local command = ("'%s' list --state '%s'"):format(btshare.program, place.state)
      return process.run({ "script", "-qec", command, "/dev/null" }, { home = place.home, environment = environment })
    end
    assert.is_truthy(on_terminal({ TERM = "xterm" }):find("\27[", 1, true))
    assert.is_nil(on_terminal({ TERM = "xterm", NO_COLOR = "1" }):find("\27[", 1, true))
    assert.is_nil(on_terminal({ TERM = "dumb" }):find("\27[", 1, true))
  end)

  it("ends btshare", function()
    local ended = daemon:try { "quit" }
    assert.equal(0, ended.code, ended.output)
    assert.equal(0, daemon.process:wait(5))
    assert.equal("", daemon:complaints())
    assert.is_truthy(daemon:find "stopping")
    for _, words in ipairs {
      { "list" }, { "list", "--json" }, { "link", "x" }, { "stop", "x" }, { "status" }, { "reload" }, { "quit" },
      { "add", place.share .. "/one.txt" },
    } do
      assert_failure(4, words, "not running")
    end
  end)
end)
