local bench = require "engine_helper"
local engine = require "core.engine"
local helper = require "helper"
local host = require "core.host"
local uv = require "luv"

describe("ten thousand shares", function()
  it("are added in seconds, do not lose an answer, and fit in memory", function()
    local folder = helper.folder()
    local seeder = bench.open()
    local before, count = host.memory(), 10000
    local started = uv.hrtime()
    local content = ("x"):rep(20000)
    for i = 1, count do
      local name = ("film-%05d.mkv"):format(i)
      -- A seed reads nothing before somebody asks: neither file nor hashes need be real.
      local manifest = string.pack("<I8i8i8I8s8", #content, 1, 1, i, name)
      local made = assert(engine.make_torrent {
        name = name, kind = "file", manifest = manifest, piece_length = 16384, format = "v1",
        pieces = ("h"):rep(40), roots = "", layers = "",
      })
      assert(seeder.engine:add_share {
        info_hash = made.info_hash, torrent = made.torrent, root = folder, base = "", manifest = manifest,
      })
    end
    local queued = uv.hrtime()
    local function added()
      local answers = 0
      for _, event in ipairs(seeder.events) do
        if event.type == "added" then answers = answers + 1 end
      end
      return answers == count
    end
    helper.wait_for(added, 60, "all answers")
    print(("# %d torrents: %.2f s on the loop, %.2f s in all, %.0f MiB more, %.0f MiB in all"):format(count,
      (queued - started) / 1e9, (uv.hrtime() - started) / 1e9, (host.memory() - before) / 2 ^ 20,
      host.memory() / 2 ^ 20))
    assert.is_nil(seeder:find("overflow"))
    seeder:close()
    helper.remove(folder)
  end)
end)
