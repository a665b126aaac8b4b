-- What the engine tells of a connection that ended: what its peer was given, and what of it arrived.
local bench = require "engine_helper"
local helper = require "helper"
local process = require "support.process"
local uv = require "luv"

local plain_peer = debug.getinfo(1, "S").source:match("^@(.*)/lua/") .. "/support/plain_peer.py"
local block, piece_length = 16384, 65536

describe("the end of a connection", function()
  local folder, seeder, peers

  before_each(function()
    folder, peers = helper.folder(), {}
    seeder = bench.open()
  end)
  after_each(function()
    for _, peer in ipairs(peers) do peer:stop() end
    seeder:close()
    helper.remove(folder)
  end)

  local function share_file(size, format)
    helper.write(folder .. "/file", assert(uv.random(size, 0)))
    local share = bench.share {
      root = folder, base = "", paths = { "file" }, piece_length = piece_length, format = format,
    }
    share.size = size
    seeder:add(share)
    return share
  end

  -- The peer's connection, as the engine tells of it when it has ended.
  local function fetch(share, first, last, told, how)
    local words = { share.info_hash, "fetch", share.size, piece_length, first, last, told, how }
    for index, word in ipairs(words) do words[index] = tostring(word) end
    peers[#peers + 1] = process.start({
      "python3", plain_peer, "127.0.0.1", tostring(seeder:port()), table.unpack(words),
    }, {})
    return seeder:wait("peer-disconnected", nil, 20)
  end

  local function sorted(blocks)
    table.sort(blocks)
    return table.concat(blocks, " ")
  end

  for _, format in ipairs { "v1", "hybrid", "v2" } do
    it("tells that its peer was given all, of which it said nothing, as " .. format, function()
      local share = share_file(10 * block - 100, format)
      local left = fetch(share, 0, 10, 0, "done")
      assert.same({ true, false, 0, share.size }, { left.hung_up, left.became_seed, left.peer.progress,
        left.peer.uploaded })
      assert.equal("0 1 2 3 4 5 6 7 8 9", sorted(left.given))
      assert.same({}, left.lacking)
    end)
  end

  it("tells what is lacking of the pieces that it did not say it has", function()
    local left = fetch(share_file(10 * block, "v1"), 3, 9, 1, "done")
    assert.equal("4 5 6 7 8", sorted(left.given))
    assert.equal("9", sorted(left.lacking))
  end)

  it("does not name what very much is lacking", function()
    local left = fetch(share_file(1100 * block, "v1"), 0, 1, 0, "done")
    assert.equal("0", sorted(left.given))
    assert.is_nil(left.lacking)
  end)

  it("knows what was under way and did not arrive", function()
    local left = fetch(share_file(40 * block, "v1"), 0, 40, 0, "early")
    assert.is_true(left.hung_up)
    assert.is_true(#left.lacking > 0)
    assert.equal(40, #left.given + #left.lacking)
  end)

  it("does not guess after a reset", function()
    local left = fetch(share_file(40 * block, "v1"), 0, 40, 0, "torn")
    assert.is_nil(left.given)
  end)

  it("tells nothing of who was given nothing", function()
    local left = fetch(share_file(4 * block, "v1"), 0, 0, 2, "done")
    assert.same({ 0 }, { left.peer.uploaded })
    assert.is_nil(left.given)
  end)
end)
