-- Expiry: a share ends by itself, after a time, at a date, or when it is not needed any more; its file stays.
--
-- `plugin "expiry" { after = "30d" }` in config.lua for every share; `btshare add --for 2h FILE` for one, to which then
-- nothing else applies. Whatever happens first of what is set ends a share.
local plugin = ...

local shares = require "btshare.shares"
local time = require "btshare.time"
local types = require "btshare.types"

local options = plugin:options {
  after = types.period,                      -- since it was shared
  at = types.moment,                         -- "2026-12-24 18:00": whatever was shared before
  copies = types.between(types.integer, 1),  -- so many people have all of it
  idle = types.between(types.period, 1),     -- nobody came in or got anything of it for so long
  elsewhere = false,                         -- a torrent client of somebody else has all of it
}

local has_left = {} -- ids of shares that somebody else has all of
local had_all = plugin:store "had all" -- by share: how many people had all of it when it was shared again

local function end_now(share, why)
  shares.expire(share.id, why)
  has_left[share.id] = nil
end

-- When anybody last cared. Dear, so it is asked only where it can matter.
local function last_use(share, traffic)
  local last = math.max(share.created, share.changed or 0, traffic.used or 0)
  if time.now() - last < options.idle then return last end
  for _, link in ipairs(shares.links(share.id)) do last = math.max(last, link.used or 0) end
  return last
end

-- The store is asked only where it can matter.
local function has_enough(share, complete)
  return complete >= options.copies and complete >= options.copies + (had_all.get(share.id) or 0)
end

local function why_over(share)
  if options.at and time.now() >= options.at and share.created < options.at then return "its date has come" end
  local traffic = shares.traffic(share.id)
  if not traffic then return nil end
  if options.copies and has_enough(share, traffic.complete) then return "enough people have it" end
  if options.elsewhere and (has_left[share.id] or traffic.copies > 0) then return "somebody else has all of it" end
  if options.idle and time.now() - last_use(share, traffic) >= options.idle then return "nobody has wanted it" end
end

local function review(share)
  if not share or share.expires or share.state == "expired" then return end
  local why = why_over(share)
  if why then end_now(share, why) end
end

plugin:every("1s", function()
  for _, share in ipairs(shares.overdue(options.after)) do end_now(share, "its time is over") end
end)

if options.at or options.copies or options.idle or options.elsewhere then
  plugin:every("3s", function()
    for _, share in ipairs(shares.list()) do review(share) end
  end)
end

plugin:on("recipient-finished", function(event)
  if event.way ~= "http" then has_left[event.share.id] = true end
  review(event.share)
end)

-- What was stopped or had ended and is shared again begins anew.
plugin:on("share-created", function(event)
  if event.from_restore then return end
  has_left[event.share.id] = nil
  local traffic = options.copies and shares.traffic(event.share.id)
  if traffic and traffic.complete > 0 then had_all.set(event.share.id, traffic.complete) end
end)

plugin:on("share-removed", function(event) had_all.set(event.share.id, nil) end)
