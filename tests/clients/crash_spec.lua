-- What survives `kill -9` at any moment: every id and link that was told, and the work of hashing.
local helper = require "helper"
local process = require "support.process"
local stage = require "support.stage"
local tree = require "support.tree"

local kills = 50
local seed = tonumber(os.getenv("BTSHARE_SEED")) or 20240229
local megabyte = 1000000

-- Compares what the events of one run say of each share with what was said of it before.
local function check_told(told, events)
  for _, event in ipairs(events) do
    local share = event.share
    if share then
      local known = told[share.name]
      if known then
        assert(known.id == share.id, ("%s had id %s, now %s"):format(share.name, known.id, share.id))
        assert(not (known.link and share.link) or known.link == share.link,
          ("%s had link %s, now %s"):format(share.name, known.link, share.link))
      else
        told[share.name] = { id = share.id }
      end
      told[share.name].link = told[share.name].link or share.link
    end
  end
end

-- Bytes that the process has read by read(2) and its like, from /proc.
local function bytes_read(child)
  return tonumber(helper.read(("/proc/%d/io"):format(child.pid)):match("rchar: (%d+)"))
end

stage.describe("a btshare killed " .. kills .. " times at random moments", function()
  local scene, root

  setup(function()
    scene = stage.open()
    root = scene:root()
    local files = {}
    for index = 1, 300 do files[("album/%d/%d.jpg"):format(index % 7, index)] = tree.bytes(50000 + index, index) end
    tree.write(root, files)
    helper.write(root .. "/film.bin", tree.bytes(64 * megabyte, 1000))
  end)
  teardown(function() scene:close() end)

  it("keeps every id and link, and reads nothing again", function()
    print(("# BTSHARE_SEED=%d"):format(seed))
    math.randomseed(seed)
    local told = {}
    for _ = 1, kills do
      local daemon = scene:spawn(root)
      local moment = math.random() * 1.2
      local killed = false
      local timer = require("luv").new_timer()
      timer:start(math.floor(moment * 1000), 0, function()
        killed = true
        daemon.process:kill()
        timer:close()
      end)
      daemon.process:wait(5)
      assert.is_true(killed, "btshare ended by itself: " .. daemon.process.output)
      check_told(told, daemon.events)
    end

    local last = scene:share(root)
    last:ready("album", { seconds = 20 })
    last:ready("film.bin", { seconds = 20 })
    check_told(told, last.events)
    for _, share in ipairs(last:list()) do check_told(told, { { share = share } }) end
    assert.equal(2, #last:list())
    last:crash()

    local after = scene:share(root)
    for _, name in ipairs { "album", "film.bin" } do
      local share, event = after:ready(name)
      assert.equal("ready", share.state)
      assert.equal(0, event.bytes)
    end
    check_told(told, after.events)
    local read = bytes_read(after.process)
    print(("# the restart read %.1f MB of files of any kind"):format(read / megabyte))
    assert.is_true(read < 8 * megabyte, ("the restart read %d bytes"):format(read))
    after:stop()
    process.run { "test", "-d", root } -- the folder is as it was
  end)
end)
