-- Limits beside the owner's own, and what they make of the engine's settings.
local ceilings = require "btshare.ceilings"
local engine = require "btshare.engine"

describe("ceilings", function()
  it("make the lowest of all limits count, and forget what is taken back", function()
    local told = {}
    local all = ceilings.new(function(lowest) told[#told + 1] = lowest end)
    local first = all:add { up = 500 }
    local second = all:add { up = 200, down = 300 }
    local third = all:add { up = 900 }
    second()
    second()
    first()
    third()
    assert.same({
      { up = 500, down = 0 }, { up = 200, down = 300 }, { up = 500, down = 0 }, { up = 900, down = 0 },
      { up = 0, down = 0 },
    }, told)
  end)

  it("take 0 and nothing for no limit", function()
    assert.equal(5, ceilings.lowest(5, 0))
    assert.equal(5, ceilings.lowest(nil, 5))
    assert.equal(0, ceilings.lowest(0, nil))
    assert.equal(4, ceilings.lowest(5, 4))
  end)

  -- An engine that only notes what libtorrent would be told.
  local function limits_of(config, most, rate)
    local applied = {}
    local own = setmetatable({
      config = config, core = { apply = function(_, settings)
        for name, value in pairs(settings) do applied[name] = value end
        return true
      end },
    }, { __index = engine.methods })
    own:set_ceilings(most)
    if rate then own:limit_upload(rate) end
    return applied.upload_rate_limit, applied.download_rate_limit
  end

  it("never make looser what the owner has set, by our words or by libtorrent's", function()
    assert.same({ 100, 50 }, { limits_of({ limits = { up = 100, down = 0 } }, { up = 500, down = 50 }) })
    assert.same({ 100, 0 }, { limits_of({ torrent = { upload_rate_limit = 100 } }, { up = 500, down = 0 }) })
    assert.same({ 100, 0 }, { limits_of({ torrent = { upload_rate_limit = 100 } }, { up = 500, down = 0 }, 400) })
    assert.same({ 80, 0 }, { limits_of({ limits = { up = 100 } }, { up = 90, down = 0 }, 80) })
  end)
end)
