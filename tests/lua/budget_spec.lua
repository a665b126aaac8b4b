-- How the upload budget is divided.
local budget = require "btshare.budget"

local total = 3000000

describe("the budget", function()
  -- Both sides take what they want as far as they may, the swarm as roughly as libtorrent does: `slack` more or less
  -- than its limit. Gives what each took in the last seconds.
  local function settle(swarm_wanted, http_wanted, slack)
    local division, seconds = budget.division(), 0.25
    local swarm, http = total, total / 6
    local swarm_taken, http_taken, looks = 0, 0, 0
    for look = 1, 80 do
      local swarm_sent = math.min(swarm * (1 + (slack or 0)), swarm_wanted) * seconds
      local http_sent = math.min(http, http_wanted) * seconds
      swarm, http = division:step(total, seconds, swarm_sent, http_sent, http_wanted > http)
      if look > 40 then
        swarm_taken, http_taken, looks = swarm_taken + swarm_sent, http_taken + http_sent, looks + 1
      end
    end
    return swarm_taken / looks / seconds, http_taken / looks / seconds
  end

  local function assert_about(wanted, is)
    assert.is_true(math.abs(is - wanted) <= total * 0.05, ("%.0f instead of %.0f"):format(is, wanted))
  end

  it("gives HTTP a third while both want more", function()
    local swarm, http = settle(1e9, 1e9)
    assert_about(2000000, swarm)
    assert_about(1000000, http)
  end)

  it("is used up and never exceeded, whatever each wants, and however roughly a limit is kept", function()
    for _, demand in ipairs {
      { 1e9, 1e9 }, { 300000, 1e9 }, { 1e9, 200000 }, { 0, 1e9 }, { 1e9, 0 }, { 5e5, 5e5 }, { 1e9, 900000 },
    } do
      for _, slack in ipairs { -0.2, 0, 0.2 } do
        local swarm, http = settle(demand[1], demand[2], slack)
        local possible = math.min(total, demand[1] + demand[2])
        -- Where the swarm alone wants more, its limit is kept as libtorrent keeps it.
        local wants_http = demand[2] > total / 3
        local tolerance = total * (wants_http and 0.05 or 0.05 + math.abs(slack))
        assert.is_true(math.abs(swarm + http - possible) <= tolerance,
          ("%d and %d wanted, %+.1f: %.0f of %.0f"):format(demand[1], demand[2], slack, swarm + http, possible))
      end
    end
  end)

  it("leaves all to the swarm while nothing is fetched by HTTP", function()
    local swarm, http = budget.division():step(total, 0.25, 750000, 0, nil)
    assert.equal(total, swarm)
    assert.is_true(http > 0 and http < total / 3) -- for whoever comes
  end)

  it("is shared out alike, but for who takes little", function()
    local function part(taken, is_held, most) return { taken = taken, is_held = is_held, most = most } end
    assert.same({ 500000, 500000 }, budget.share_out(1000000, { part(0, true), part(9e5, true) }))
    assert.same({ 41000, 479500, 479500 },
      budget.share_out(1000000, { part(10000, false), part(3e5, true), part(0, true) }))
    assert.same({ 1024, 1024 }, budget.share_out(100, { part(0, true), part(0, true) })) -- never nothing
    assert.same({}, budget.share_out(1000, {}))
  end)

  it("is there for whoever wants more next, where nobody does now", function()
    local limits = budget.share_out(1000000, {
      { taken = 10000, is_held = false }, { taken = 20000, is_held = false },
    })
    assert.is_true(limits[1] > 400000 and limits[2] > 400000 and limits[1] + limits[2] <= 1000000)
  end)

  it("gives nobody more than may be had alone", function()
    assert.same({ 100000, 900000 }, budget.share_out(1000000, {
      { taken = 0, is_held = true, most = 100000 }, { taken = 0, is_held = true },
    }))
  end)
end)
