-- Folders that a configuration names beside one another: nothing of ours is ever made in one that is shared (law 1).
local helper = require "helper"
local place_module = require "place"
local skip = require "support.skip"
local uv = require "luv"

describe("folders of a configuration", function()
  local place, file

  before_each(function()
    place = place_module.open()
    file = place.home .. "/config.lua"
  end)

  after_each(function() place:close() end)

  -- What is below a folder, dot-files too.
  local function content(folder)
    local names = {}
    for name in uv.fs_scandir_next, assert(uv.fs_scandir(folder)) do names[#names + 1] = name end
    table.sort(names)
    return names
  end

  local function lines_of(text)
    local list = {}
    for line in text:gmatch("[^\n]+") do list[#list + 1] = line end
    return list
  end

  -- What a start says that refuses these lines of config.lua, which begin at 2: `config check` says the same.
  local function mistakes(config, options)
    options = options or {}
    options.config = config
    local started = place:refused(options, options.folders or {})
    assert.equal(options.code or 78, started.code, started.output)
    if not options.folders then
      local checked = place:run { "config", "check", "--config", file, "--state", options.state or place.state }
      assert.equal(options.code or 78, checked.code, checked.output)
      assert.equal(started.errors, checked.errors)
    end
    return lines_of(started.errors)
  end

  local function assert_lines(wanted, list)
    assert.equal(#wanted, #list, table.concat(list, "\n"))
    for index, one in ipairs(wanted) do
      local at = ("%s:%d: %s"):format(file, one[1], one[2])
      assert.equal(at, list[index]:sub(1, #at))
    end
  end

  local function share(path) return ("share %q\n"):format(path or place.share) end
  local function set(name, path) return ("%s = %q\n"):format(name, path) end

  it("that BTshare would write into are not made in what is shared, nor around it", function()
    local inner, elsewhere = place.share .. "/inner", place.folder .. "/elsewhere"
    uv.fs_mkdir(inner, 493)
    uv.fs_symlink(place.share, place.folder .. "/detour")
    uv.fs_symlink(place.share .. "/later", place.folder .. "/dangling")
    for _, wrong in ipairs {
      place.share .. "/received", place.share, inner, inner .. "/x", place.folder, place.folder .. "/detour/received",
      place.folder .. "/dangling", place.share .. "/none/../received", elsewhere .. "/../share/received",
      place.folder .. "/./share//received/",
    } do
      assert_lines({ { 3, "downloads: " }, { 4, "inbox: " } },
        mistakes(share() .. set("downloads", wrong) .. set("inbox", wrong)))
    end
    for _, wrong in ipairs { inner, place.share .. "/new", place.folder, place.folder .. "/detour/inner" } do
      assert_lines({ { 2, "uploads: " } }, mistakes(set("uploads", wrong) .. share()))
    end
    assert.same({ "inner" }, content(place.share))
    assert.is_nil(uv.fs_stat(place.state))
  end)

  local bound = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'

  -- In a namespace of its own, which ends with it.
  local function with_bind(from, to)
    for _, path in ipairs { from, to } do uv.fs_mkdir(path, 493) end
    return { "unshare", "--mount", "sh", "-c", bound, "sh", from, to }
  end

  if uv.getuid() ~= 0 then
    skip.tests("folders that are mounted twice", "needs root to mount one")
  else
    it("that are, by another mount, a part of what is shared are known for that", function()
      local elsewhere = place.folder .. "/elsewhere"
      local function refuse(config, through)
        local child = place:refused { config = config, through = through }
        assert.equal(78, child.code, child.output)
        return child.errors
      end
      local through = with_bind(place.share .. "/inner", elsewhere)
      assert.matches("is, by another mount, part of " .. place.share,
        refuse(share() .. set("downloads", elsewhere .. "/new"), through), 1, true)
      assert.is_nil(uv.fs_stat(place.share .. "/inner/new"))
      place.share, through = elsewhere, with_bind(place.share .. "/inner", elsewhere)
      assert.matches("by another mount", refuse(share() .. set("inbox", place.share .. "/x") .. set("downloads",
        place.folder .. "/share/inner/x"), through), 1, true)
      assert.same({}, content(place.folder .. "/share/inner"))
    end)
  end

  it("may be beside what is shared, and files may be dropped into what is shared itself", function()
    local daemon = place:start({
      config = share() .. set("downloads", place.folder .. "/received") .. set("inbox", place.folder .. "/in")
        .. set("uploads", place.share),
    }, {})
    assert.is_truthy(uv.fs_stat(place.folder .. "/received"))
    daemon:stop()
    assert.same({}, content(place.share))
  end)

  it("are not made in what the command line shares, either", function()
    local list = mistakes(set("downloads", place.share .. "/received"), { folders = { place.share } })
    assert_lines({ { 2, "downloads: " .. place.share .. "/received: is part of " .. place.share } }, list)
    assert.same({}, content(place.share))
  end)

  it("hold neither the state nor the cache, not even where a share does not look or is not there yet", function()
    uv.fs_symlink(place.folder .. "/later", place.folder .. "/dangling")
    for _, case in ipairs {
      { place.share, place.share .. "/state" }, { place.share, place.share },
      { place.share, place.share .. "/.own/state" },
      { place.folder .. "/later", place.folder .. "/later/state" },
      { place.folder .. "/dangling", place.folder .. "/later/state" },
    } do
      local list = mistakes(share(case[1]), { state = case[2] })
      assert_lines({ { 2, "share: " } }, list)
      assert.is_truthy(list[1]:find("holds BTshare's own state", 1, true), list[1])
    end
    local list = mistakes(share(place.home .. "/cache"))
    assert_lines({ { 2, ("share: %s/cache: holds BTshare's own cache"):format(place.home) } }, list)
    assert.same({}, content(place.share))
    assert.is_nil(uv.fs_stat(place.folder .. "/later"))
    assert.is_nil(uv.fs_stat(place.home .. "/cache"))
  end)

  it("are not made in what was added, also after a restart", function()
    local added, other = place.folder .. "/added", place.folder .. "/other"
    uv.fs_mkdir(added, 493)
    helper.write(added .. "/a.txt", "a")
    uv.fs_mkdir(other, 493)
    local daemon = place:start()
    daemon:command { "add", added }
    daemon:stop()
    assert_lines({ { 3, "downloads: " } }, mistakes(share() .. set("downloads", added .. "/received")))
    local ended = place:run { "get", "magnet:?xt=urn:btih:" .. ("a"):rep(40), "-o", added .. "/got", "--config", file,
      "--state", place.state }
    assert.equal(5, ended.code, ended.output)
    local refused = place:refused { environment = { XDG_CACHE_HOME = added .. "/cache" } }
    assert.equal(2, refused.code, refused.output)
    assert.is_truthy(refused.errors:find(added .. ": holds BTshare's own cache", 1, true), refused.errors)
    assert.same({ "a.txt" }, content(added))
    daemon = place:start()
    daemon:command { "stop", "added" }
    daemon:stop()
    daemon = place:start { config = set("downloads", added .. "/received") }
    refused = daemon:try { "add", added } -- it holds what is written to now
    assert.equal(1, refused.code, refused.output)
    assert.is_truthy(refused.errors:find("where BTshare saves downloads", 1, true), refused.errors)
    daemon:stop()
  end)

  it("that came by default give way to what is shared", function()
    local downloads = place.home .. "/downloads"
    uv.fs_mkdir(downloads, 493)
    uv.fs_symlink(place.share, downloads .. "/Inbox")
    local daemon = place:start()
    local refused = daemon:try { "drop", "--title", "For you" }
    assert.are_not.equal(0, refused.code, refused.output)
    assert.is_truthy(refused.errors:find("BTshare never writes where it shares", 1, true), refused.errors)
    daemon:stop()
    assert.same({}, content(place.share))
    daemon = place:start({}, { downloads })
    assert.same({ "Inbox" }, content(downloads))
    daemon:stop()
  end)

  it("of btshare get are not made in what is shared", function()
    helper.write(file, share())
    local ended = place:run { "get", "magnet:?xt=urn:btih:" .. ("a"):rep(40), "-o", place.share .. "/got", "--config",
      file, "--state", place.state }
    assert.equal(5, ended.code, ended.output)
    assert.same({}, content(place.share))
  end)

  it("that are not shared well are told on a reload, and nothing changes", function()
    local inner, other = place.share .. "/inner", place.folder .. "/other"
    for _, folder in ipairs { inner, other } do uv.fs_mkdir(folder, 493) end
    place:put("a.txt", "a")
    local before = share() .. set("downloads", place.folder .. "/received")
    local daemon = place:start({ config = before }, {})
    daemon:ready "a.txt"
    daemon:wait("share-created", function(event) return event.share.name == "inner" end)
    for _, case in ipairs {
      { share(inner), "share: " .. inner .. ": is inside" }, { share "/", "share: /: would share" },
      { share(place.folder .. "/received"), "share: " }, { set("inbox", place.share .. "/in"), "inbox: " },
      { set("uploads", inner), "uploads: " }, { share(place.state), "share: " },
    } do
      helper.write(file, "map_ports = false\n" .. before .. case[1] .. share(other))
      local refused = daemon:try { "reload" }
      assert.equal(78, refused.code, refused.output)
      assert_lines({ { 4, case[2] } }, lines_of(refused.errors))
    end
    -- Downloads are still saved where they were until the next start.
    helper.write(file, "map_ports = false\n" .. share() .. share(place.folder .. "/received")
      .. set("downloads", place.folder .. "/new"))
    local refused = daemon:try { "reload" }
    assert.equal(78, refused.code, refused.output)
    assert_lines({ { 3, "share: " } }, lines_of(refused.errors))
    assert.equal(2, #daemon:list()) -- a.txt and inner
    -- What is right is taken over, and what does not count yet is said.
    helper.write(file, "map_ports = false\n" .. share() .. set("inbox", place.folder .. "/in")
      .. share(place.folder .. "/disk"))
    local taken = daemon:try { "reload" }
    assert.equal(0, taken.code, taken.output)
    local said = lines_of(taken.errors)
    assert.equal(4, #said, taken.errors)
    assert.equal(file .. ":3: inbox: counts from the next start on", said[2])
    assert.equal("btshare: downloads: counts from the next start on", said[3])
    assert.equal(("%s:4: share: %s/disk: no such folder; looking for it every 5 s"):format(file, place.folder), said[4])
    daemon:stop()
    assert.same({ "a.txt", "inner" }, content(place.share))
  end)

  it("that are not named are the usual ones, made where they are not there", function()
    assert.is_nil(uv.fs_stat(place.home .. "/downloads"))
    local daemon = place:start()
    assert.matches("^http://%S+/d/", daemon:command { "drop" })
    assert.equal("directory", uv.fs_stat(place.home .. "/downloads").type)
    daemon:stop()
  end)
end)
