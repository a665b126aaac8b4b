-- What the live stream tells: shares, events, and what changes of the status, each from where it is known.
local counts = require "btshare.live.counts"
local describe = require "btshare.boxes.describe"
local json = require "core.json"
local notices = require "btshare.live.notices"

local sources = {}

local function offer_shares(live, services, count)
  live:offer {
    member = "shares", removed = "removed",
    begin = function() services.rows:begin() end,
    text = function(id)
      local share = services.shares.by_id[id]
      return share and not share.is_stopped and services.rows:text(share) or nil
    end,
  }
  local function touch(share)
    services.rows:touch(share)
    count:touch(share, live:is_watched())
    live:touch("shares", share.id)
  end
  services.shares:follow(function(_, share) touch(share) end)
  services.recipients.on_change = touch
end

-- Downloads are few, and move all the time.
local function offer_downloads(live, services)
  local function find(id) return services.downloads and services.downloads.by_id[id] end
  live:offer {
    member = "downloads", removed = "downloads_removed",
    text = function(id)
      local download = find(id)
      return download and json.encode(services.downloads:describe(download)) or nil
    end,
    ids = function()
      local ids = {}
      for id in pairs(services.downloads and services.downloads.by_id or {}) do ids[#ids + 1] = id end
      return ids
    end,
  }
end

-- Boxes are few; what changes of their uploads changes them.
local function offer_boxes(live, services)
  live:offer {
    member = "boxes", removed = "boxes_removed",
    text = function(id)
      local box = services.boxes.by_id[id]
      return box and json.encode(describe.box(services, box)) or nil
    end,
    ids = function()
      local ids = {}
      for index, box in ipairs(services.boxes:list()) do ids[index] = box.id end
      return ids
    end,
  }
end

local function offer_status(live, services, count)
  live:offer_status("traffic", function() return services.engine.traffic end)
  live:offer_status("counts", function() return count:filters() end)
  live:offer_status("shares", function() return count:states() end)
  live:offer_status("preparing", function() return count:preparing() end)
  live:offer_status("addresses", function() return json.array(services.reach:addresses()) end)
  live:offer_status("notices", function()
    return json.array(notices(services))
  end)
  live:offer_status("skipped", function()
    local sum = 0
    for _, root in ipairs(services.library and services.library.roots or {}) do sum = sum + root.skipped_count end
    return sum
  end)
  live:offer_status("reachability", function()
    local described = services.reachability:describe()
    described.addresses = json.array(described.addresses)
    return described
  end)
end

---@param live btshare.Live
---@param services btshare.Services
function sources.connect(live, services)
  local count = counts.new(services)
  offer_shares(live, services, count)
  offer_downloads(live, services)
  offer_boxes(live, services)
  offer_status(live, services, count)
  services.history.on_event = function(event) live:event(event) end
end

return sources
