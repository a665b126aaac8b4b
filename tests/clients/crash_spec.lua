-- What survives `kill -9` at any moment, while files come, change and go: every id and link that was told, and the work
-- of hashing.
local btshare = require "support.btshare"
local helper = require "helper"
local stage = require "support.stage"
local tree = require "support.tree"
local uv = require "luv"

local kills = 50
local seed = tonumber(os.getenv("BTSHARE_SEED")) or 20240229
local megabyte = 1000000
local own_files = 8 * megabyte -- a start reads no more than that of scripts, libraries and its own state

-- What is in the folder, by the name of the share: `unread` are the bytes that have to be read before it can be told
-- ready with its present content, 0 once it was; `told` is what was said of it; `is_gone` after it was removed.
local entries

local function entry_of(name)
  entries[name] = entries[name] or { name = name, unread = 0, told = {} }
  return entries[name]
end

-- Holds what the events of one run say of each share against what was said of it before.
local function check_told(events)
  for _, event in ipairs(events) do
    local share = event.share
    if share then
      local told = entry_of(share.name).told
      assert(not told.id or told.id == share.id, ("%s had id %s, now %s"):format(share.name, told.id, share.id))
      assert(not (told.link and share.link) or told.link == share.link,
        ("%s had link %s, now %s"):format(share.name, told.link, share.link))
      told.id, told.link = share.id, told.link or share.link
    end
  end
end

-- Takes note of what became ready since event number `from`: with the hash that is known nothing was read for it, with
-- another one, which only what was changed may have, no more than that.
local function take_ready(daemon, from)
  for index = from + 1, #daemon.events do
    local event = daemon.events[index]
    if event.event == "share-ready" then
      local entry, hash = entry_of(event.share.name), event.share.info_hash
      if hash == entry.hash then
        assert(event.bytes == 0, ("%s was known, and %d bytes were read again"):format(entry.name, event.bytes))
      else
        assert(entry.unread > 0, entry.name .. " has another hash, and had not changed")
        assert(event.bytes <= entry.unread,
          ("%s: %d bytes were read, %d were new"):format(entry.name, event.bytes, entry.unread))
        entry.hash, entry.unread = hash, 0
      end
    end
  end
  return #daemon.events
end

-- Bytes that the process has read by read(2) and its like, from /proc.
local function bytes_read(child)
  return tonumber(helper.read(("/proc/%d/io"):format(child.pid)):match("rchar: (%d+)"))
end

stage.describe("a btshare killed " .. kills .. " times at random moments", function()
  local scene, root
  local made = 0 -- contents, no two of which are equal

  local long_ago = os.time() - 3600

  -- Makes it one that was complete long ago; its mtime tells no two contents apart.
  local function age(path)
    uv.fs_utime(path, long_ago, long_ago)
  end

  -- Puts new content of that size in place at once.
  local function put(path, size)
    made = made + 1
    local other = scene.folder .. "/other"
    helper.write(other, tree.bytes(size, 1000 + made))
    age(other)
    assert(uv.fs_rename(other, root .. "/" .. path))
  end

  -- Names of shares of single files that are there and were told, in order.
  local function settled_files()
    local names = {}
    for name, entry in pairs(entries) do
      if name:find "^new" and entry.unread == 0 and not entry.is_gone then names[#names + 1] = name end
    end
    table.sort(names)
    return names
  end

  local function add()
    local name, size = ("new %d.bin"):format(made), 200000 + 10 * made
    put(name, size)
    entry_of(name).unread = size
    return size
  end

  local function replace()
    local names = settled_files()
    if #names == 0 then return add() end
    local name, size = names[math.random(#names)], 200005 + 10 * made
    put(name, size)
    entries[name].unread = size
    return size
  end

  local function remove()
    local names = settled_files()
    if #names < 3 then return add() end
    local name = names[math.random(#names)]
    assert(uv.fs_unlink(root .. "/" .. name))
    entries[name].is_gone = true
    return 0
  end

  -- One of many files: the others are not read again, but for the pieces that it shares with its neighbours.
  local function replace_in_album()
    if entries.album.unread > 0 then return add() end
    local index = math.random(300)
    put(("album/%d/%d.jpg"):format(index % 7, index), 50000 + index)
    entries.album.unread = 50000 + index + 2 * 65536
    return entries.album.unread
  end

  local function edit_film()
    local film = entries["film.bin"]
    if film.unread > 0 then return add() end
    made = made + 1
    local path = root .. "/film.bin"
    local file = assert(io.open(path, "r+b"))
    file:seek("set", math.random(0, 60) * megabyte)
    file:write(tree.bytes(megabyte, 1000 + made))
    file:close()
    age(path)
    film.unread = 64 * megabyte
    return film.unread
  end

  local changes = { add, add, replace, replace, remove, replace_in_album, replace_in_album, edit_film }

  -- Changes something; returns the bytes that may be read because of it.
  local function change()
    return changes[math.random(#changes)]()
  end

  local function unread()
    local sum = 0
    for _, entry in pairs(entries) do sum = sum + (entry.is_gone and 0 or entry.unread) end
    return sum
  end

  -- Whether all that was ready before has been told ready in this run, too; with `is_all` also what was not.
  local function is_told(daemon, is_all)
    for name, entry in pairs(entries) do
      local is_wanted = not entry.is_gone and (is_all or entry.unread == 0)
      if is_wanted and not daemon:find("share-ready", function(event)
        return event.share.name == name and (entry.unread == 0 or event.share.info_hash ~= entry.hash)
      end) then
        return false
      end
    end
    return true
  end

  setup(function()
    scene = stage.open()
    root = scene:root()
    entries = {}
    local files, size = {}, 0
    for index = 1, 300 do
      files[("album/%d/%d.jpg"):format(index % 7, index)] = tree.bytes(50000 + index, index)
      size = size + 50000 + index
    end
    tree.write(root, files)
    entry_of("album").unread = size
    helper.write(root .. "/film.bin", tree.bytes(64 * megabyte, 1000))
    entry_of("film.bin").unread = 64 * megabyte
  end)
  teardown(function() scene:close() end)

  -- One life, which changes within and an end without a word; `moment` seconds, or a little after all is known again.
  local function live(moment, is_complete)
    local may_read = own_files + unread()
    local daemon = scene:spawn(root)
    local seen = 0
    local function pass(seconds)
      helper.within(function() return daemon.process.code end, seconds)
      assert.is_nil(daemon.process.code, "btshare ended by itself: " .. daemon.process.output)
      seen = take_ready(daemon, seen)
    end
    if is_complete then
      daemon.process:wait_for(function() return is_told(daemon) end, 15, "all that was known")
      moment = moment / 4
    end
    local middle = moment * math.random()
    pass(middle)
    if math.random() < 0.6 then may_read = may_read + change() end
    pass(moment - middle)
    local read = bytes_read(daemon.process)
    daemon:crash()
    take_ready(daemon, seen)
    check_told(daemon.events)
    assert.is_true(read <= may_read, ("%d bytes were read, %d may have been"):format(read, may_read))
  end

  it("keeps every id and link, and reads nothing again but what it had not finished", function()
    print(("# BTSHARE_SEED=%d"):format(seed))
    math.randomseed(seed)
    for round = 1, kills do
      if math.random() < 0.6 then change() end
      live(2.5 * math.random() ^ 4, round % 10 == 0) -- mostly while it starts, at times long after
    end

    local last = scene:share(root)
    last.process:wait_for(function() return is_told(last, true) end, 20, "all shares")
    take_ready(last, 0)
    check_told(last.events)
    local states = {}
    for _, share in ipairs(last:list()) do
      check_told { { share = share } }
      states[share.name] = share.state
    end
    last:crash()

    local after = scene:share(root)
    after.process:wait_for(function() return is_told(after, true) end, 20, "all shares")
    take_ready(after, 0)
    check_told(after.events)
    local read = bytes_read(after.process)
    print(("# after %d contents the restart read %.1f MB of files of any kind"):format(made, read / megabyte))
    assert.is_true(read < own_files, ("the restart read %d bytes"):format(read))
    after:stop()

    -- One that knows of nothing says the same of all that is there.
    local options = scene:options()
    options.state = scene.folder .. "/another state"
    local another = btshare.start({ root }, options)
    for name, entry in pairs(entries) do
      if entry.is_gone then
        assert.are_not.equal("ready", states[name], name)
      else
        assert.equal("ready", states[name], name)
        assert.equal(entry.hash, another:ready(name, { seconds = 20 }).info_hash, name)
      end
    end
    another:stop()
  end)
end)
