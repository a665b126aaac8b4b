-- Throughput in rings, and totals: what they show as time goes by, and after a restart.
local activity_module = require "btshare.activity"
local place_module = require "live_place"

describe("the activity", function()
  local place, services, activity, now

  local function open()
    services.recipients = { http_sent = 0 }
    activity = activity_module.new(services, function() return now end)
  end

  before_each(function()
    now = 1800000000
    place = place_module.open()
    services = place.services
    open()
  end)

  after_each(function()
    activity:close()
    place:close()
  end)

  local function send(torrent, http, received)
    services.engine.traffic = {
      uploaded = services.engine.traffic.uploaded + torrent, downloaded = services.engine.traffic.downloaded + received,
    }
    services.recipients.http_sent = services.recipients.http_sent + http
    activity:look()
  end

  local function last(period)
    local rates = activity:rates(period)
    return rates.up[#rates.up], rates.down[#rates.down], rates
  end

  it("shows slots that are over, as bytes a second, by BitTorrent and HTTP together", function()
    send(600, 400, 50)
    local _, _, rates = last "hour"
    assert.same({ 0, 10, 359, 359 }, { rates.up[359], rates.step, #rates.up, #rates.down })
    now = now + 10
    local up, down
    up, down, rates = last "hour"
    assert.same({ 100, 5 }, { up, down })
    assert.equal(now, rates.start + 359 * 10)
    now = now + 300
    assert.equal(3, (last "day"))
    now = now + 1800
    assert.equal(1000 // 1800, (last "week"))
  end)

  it("holds nothing where nothing was, and forgets what is older than its period", function()
    send(1000, 0, 0)
    now = now + 100
    local _, _, rates = last "hour"
    assert.equal(100, rates.up[350])
    for index = 351, 359 do assert.equal(0, rates.up[index]) end
    now = now + 3600
    _, _, rates = last "hour"
    for index = 1, 359 do assert.equal(0, rates.up[index]) end
    assert.equal(1000, activity.totals.sent)
  end)

  it("goes on where it was when the clock is set back", function()
    send(1000, 0, 0)
    now = now - 1000
    send(1000, 0, 0)
    now = now + 1010
    assert.equal(200, (last "hour"))
  end)

  it("is kept over a restart, with its totals", function()
    send(1000, 500, 3000)
    services.recipients.on_finished(true)
    services.recipients.on_finished(false)
    now = now + 10
    activity:close()
    services = place:reopen()
    open()
    now = now + 20
    local _, _, rates = last "hour"
    assert.same({ 150, 0, 0 }, { rates.up[357], rates.up[358], rates.up[359] })
    assert.same({ sent = 1500, received = 3000, people = 1, downloads = 2 }, activity.totals)
    now = now + 7 * 86400
    activity:close()
    services = place:reopen()
    open()
    _, _, rates = last "week"
    for index = 1, #rates.up do assert.equal(0, rates.up[index]) end
  end)
end)
