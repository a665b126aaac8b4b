-- However a file gets into the folder: one share, ready once, when it is complete and not before.
local json = require "dkjson"
local process = require "support.process"
local stage = require "support.stage"
local uv = require "luv"

local giga = 1 << 30

-- Each is a shell script, run with the folder as $1 and a folder on the same disk as $2; `name` is
-- the share that comes of it and `size` what it holds at the end.
local writers = {
  { name = "cp of 1 GB", file = "copied.bin", size = giga,
    script = [[truncate -s 1G "$2/copied.bin"; cp --sparse=never --reflink=never "$2/copied.bin" "$1"]] },
  { name = "rsync", file = "synced.bin", size = 60000000,
    script = [[head -c 60000000 /dev/urandom > "$2/synced.bin"; rsync --bwlimit=20m "$2/synced.bin" "$1/"]] },
  { name = "rsync --inplace", file = "in-place.bin", size = 60000000,
    script = [[head -c 60000000 /dev/urandom > "$2/in-place.bin"
      rsync --inplace --bwlimit=20m "$2/in-place.bin" "$1/"]] },
  { name = "a writer that pauses for 0.3 s", file = "slow.bin", size = 2000000,
    script = [[exec 3> "$1/slow.bin"
      for i in $(seq 20); do head -c 100000 /dev/urandom >&3; sleep 0.3; done]] },
  { name = "a writer that stalls for 3 s with the file open", file = "stalled.bin", size = 200000,
    script = [[exec 3> "$1/stalled.bin"
      head -c 100000 /dev/urandom >&3; sleep 3; head -c 100000 /dev/urandom >&3]] },
  { name = "an editor that saves by renaming", file = "letter.txt", size = 12,
    script = [[printf 'Dear ' > "$1/.goutputstream-A1B2C3"; sleep 3
      printf 'reader\n' >> "$1/.goutputstream-A1B2C3"; mv "$1/.goutputstream-A1B2C3" "$1/letter.txt"]] },
  { name = "mv from another file system", file = "moved.bin", size = 200000000,
    script = [[source=$(mktemp -d -p /dev/shm); trap 'rm -rf "$source"' EXIT
      head -c 200000000 /dev/zero > "$source/moved.bin"; mv "$source/moved.bin" "$1/"]] },
}

local function named(name)
  return function(event) return event.share and event.share.name == name end
end

stage.describe("a file that is brought by", function()
  local scene, root, daemon

  -- All at once, as their waits would add up otherwise.
  setup(function()
    scene = stage.open()
    root = scene:root()
    daemon = scene:share(root)
    local other, children = scene:root "other", {}
    for _, writer in ipairs(writers) do
      children[writer.file] = process.start({ "sh", "-ec", writer.script, "sh", root, other })
    end
    for file, child in pairs(children) do
      assert(child:wait(60) == 0, file .. ": " .. child.output)
    end
    for file in pairs(children) do daemon:ready(file, { seconds = 60 }) end
    -- What would come too often has come when a later file has been through everything.
    process.run { "sh", "-c", [[echo last > "$1/last.txt"]], "sh", root }
    daemon:ready("last.txt", { seconds = 30 })
  end)
  teardown(function() scene:close() end)

  for _, writer in ipairs(writers) do
    it(writer.name .. " is one share, ready once and complete", function()
      assert.equal(1, daemon:count("share-created", named(writer.file)), "share-created events")
      assert.equal(1, daemon:count("share-ready", named(writer.file)), "share-ready events")
      local share, event = daemon:ready(writer.file)
      assert.equal(writer.size, share.size)
      assert.equal(writer.size, event.bytes)
      assert.equal(writer.size, uv.fs_stat(root .. "/" .. writer.file).size)
    end)
  end

  it("any of these leaves no share of a temporary name", function()
    local expected = { ["last.txt"] = true }
    for _, writer in ipairs(writers) do expected[writer.file] = true end
    for _, event in ipairs(daemon.events) do
      assert.is_true(not event.share or expected[event.share.name], json.encode(event))
    end
    local listed = {}
    for _, share in ipairs(daemon:list()) do listed[share.name] = true end
    assert.same(expected, listed)
  end)
end)
