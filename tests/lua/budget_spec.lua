-- How the upload budget is divided.
local budget = require "btshare.budget"

describe("the budget", function()
  local function divide(more)
    local state = {
      total = 3000000, swarm_taken = 0, swarm_limit = 0, has_peers = true, http_taken = 0, http_limit = 0,
      has_transfers = true,
    }
    for name, value in pairs(more) do state[name] = value end
    return budget.divide(state)
  end

  it("gives HTTP a third while both want more", function()
    assert.same({ 2000000, 1000000 }, { divide {
      swarm_taken = 1900000, swarm_limit = 2000000, http_taken = 990000, http_limit = 1000000,
    } })
  end)

  it("gives all to who is alone", function()
    assert.same({ 3000000 - 1024, 1024 }, { divide { has_transfers = false } })
    assert.same({ 1024, 3000000 - 1024 }, { divide { has_peers = false } })
  end)

  it("gives what the one leaves to the other", function()
    local swarm, http = divide { swarm_taken = 100000, swarm_limit = 2000000 }
    assert.same({ 160000, 2840000 }, { swarm, http })
    swarm, http = divide { swarm_taken = 2500000, swarm_limit = 2500000, http_taken = 200000, http_limit = 1000000 }
    assert.same({ 2680000, 320000 }, { swarm, http })
  end)

  -- Each takes what it wants, as far as it may; the sum of the limits is never more than the total.
  it("settles for any demands", function()
    for _, demand in ipairs { { 1e9, 1e9 }, { 300000, 1e9 }, { 1e9, 200000 }, { 0, 1e9 }, { 1e9, 0 }, { 5e5, 5e5 } } do
      local swarm, http, taken, sum = 2000000, 1000000, 0, 0
      for second = 1, 40 do
        local swarm_taken, http_taken = math.min(swarm, demand[1]), math.min(http, demand[2])
        swarm, http = divide {
          swarm_taken = swarm_taken, swarm_limit = swarm, http_taken = http_taken, http_limit = http,
        }
        assert.is_true(swarm + http <= 3000000)
        if second > 20 then taken, sum = taken + swarm_taken + http_taken, sum + 1 end
      end
      local possible = math.min(3000000, demand[1] + demand[2])
      assert.is_true(taken / sum > possible * 0.85, ("%d of %d"):format(taken / sum, possible))
    end
  end)

  it("is shared out alike, but for who takes little", function()
    local function part(taken, limit) return { taken = taken, limit = limit } end
    assert.same({ 500000, 500000 }, budget.share_out(1000000, { part(0, 0), part(9e5, 9e5) }))
    local limits = budget.share_out(1000000, { part(10000, 300000), part(3e5, 3e5), part(0, 0) })
    assert.same({ 16000, 492000, 492000 }, limits)
    assert.same({ 1024, 1024 }, budget.share_out(100, { part(0, 0), part(0, 5000) })) -- never nothing
    assert.same({}, budget.share_out(1000, {}))
  end)
end)
