local bench = require "engine_helper"
local engine = require "core.engine"
local helper = require "helper"
local uv = require "luv"

local function seconds(fn)
  local started = uv.hrtime()
  fn()
  return (uv.hrtime() - started) / 1e9
end

describe("a share of a hundred thousand files", function()
  it("is added without holding the loop while its torrent is read", function()
    local folder, files = helper.folder(), {}
    for i = 1, 100000 do
      -- A seed reads nothing before somebody asks: neither files nor hashes need be real.
      files[i] = string.pack("<I8i8i8I8s8", 10, 1, 1, i, ("part %03d/photo %06d.jpg"):format(i // 1000, i))
    end
    local share = { root = folder, base = "many", manifest = table.concat(files) }
    local making = seconds(function()
      local made = assert(engine.make_torrent {
        name = "many", kind = "folder", manifest = share.manifest, piece_length = 16384, format = "v1",
        pieces = ("h"):rep(20 * 62), roots = "", layers = "",
      })
      share.torrent, share.info_hash = made.torrent, made.info_hash
    end)
    local seeder = bench.open()
    local adding = seconds(function() assert(seeder.engine:add_share(share)) end)
    assert.equal(share.info_hash, seeder:wait("added").info_hash)
    print(("# 100,000 files: %.0f ms on the loop to add, %.0f ms to make"):format(adding * 1000, making * 1000))
    assert.is_true(adding < making / 8)
    seeder:close()
    helper.remove(folder)
  end)
end)
