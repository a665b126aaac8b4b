-- Quota: a share or a link closes after so many downloads or bytes; so does everything, for the rest of the day.
--
-- `plugin "quota" { share = { downloads = 100 }, day = { bytes = "50GiB" } }`. A download counts when its last byte has
-- gone out, and bytes count as they go out, by BitTorrent and HTTP: previews and ranges burn no download, and no more
-- bytes than they get.
local plugin = ...

local shares = require "btshare.shares"
local text = require "btshare.text"
local time = require "btshare.time"
local types = require "btshare.types"

local limit = types.group { downloads = types.between(types.integer, 1), bytes = types.between(types.size, 1) }

local options = plugin:options {
  share = limit, -- for each share, in all
  link = limit,  -- for each link, in all
  day = limit,   -- for all shares together, from midnight to midnight
}

local words = {
  share = {
    en = "It has been fetched as much as its sender allows.",
    fr = "Il a été téléchargé autant que l’expéditeur le permet.",
  },
  link = {
    en = "This link has been used as much as its sender allows.",
    fr = "Ce lien a servi autant que l’expéditeur le permet.",
  },
  day = {
    en = "The sender shares no more today. Try again tomorrow.",
    fr = "L’expéditeur n’envoie plus rien aujourd’hui. Réessayez demain.",
  },
}

local function is_reached(wanted, downloads, bytes)
  return wanted.downloads and downloads >= wanted.downloads or wanted.bytes and bytes >= wanted.bytes
end

-- The day's use, kept as "DAY DOWNLOADS BYTES".
local kept = plugin:store "day"
local today = { day = "", downloads = 0, bytes = 0 }
local last -- what all shares had sent at the latest look
local stored

local function day_now() return os.date("%Y-%m-%d", time.now()) end

local function recall()
  local day, downloads, bytes = (kept.get "use" or ""):match("^(%S+) (%d+) (%d+)$")
  if day == day_now() then
    today = { day = day, downloads = math.tointeger(downloads), bytes = math.tointeger(bytes) }
  else
    today = { day = day_now(), downloads = 0, bytes = 0 }
  end
end

-- What went out since the last look. A share that was removed takes its part of the sum with it.
local function look()
  local total = shares.total()
  if today.day ~= day_now() then
    if last then today = { day = day_now(), downloads = 0, bytes = 0 } else recall() end
  end
  if last then
    today.downloads = today.downloads + math.max(0, total.downloads - last.downloads)
    today.bytes = today.bytes + math.max(0, total.sent - last.sent)
  end
  last = total
end

local function store()
  local use = ("%s %d %d"):format(today.day, today.downloads, today.bytes)
  if use ~= stored then
    stored = use
    kept.set("use", use)
  end
end

if options.day then
  plugin:every("1s", look)
  plugin:every("10s", store)
  plugin:on("recipient-finished", function()
    look()
    store()
  end)
end

local function reached(event)
  if options.day and is_reached(options.day, today.downloads, today.bytes) then return "day" end
  local traffic = options.share and shares.traffic(event.share.id)
  if traffic and is_reached(options.share, traffic.downloads, traffic.sent) then return "share" end
  for _, link in ipairs(options.link and shares.links(event.share.id) or {}) do
    if link.id == event.link.id and is_reached(options.link, link.downloads, link.sent) then return "link" end
  end
end

plugin:on("share-open", function(event)
  if options.day and not last then look() end
  local which = reached(event)
  if which then return false, words[which], which == "day" and "full" or "gone" end
end)

local function amount(downloads, bytes)
  return ("%d %s, %s"):format(downloads, downloads == 1 and "download" or "downloads", text.size(bytes))
end

plugin:command("quota", { summary = "show how much has been fetched of each share, and today", scope = "read" },
  function()
    local lines = {}
    if options.day then
      look()
      lines[1] = "today: " .. amount(today.downloads, today.bytes)
    end
    for _, share in ipairs(shares.list()) do
      local traffic = shares.traffic(share.id)
      local is_closed = options.share and is_reached(options.share, traffic.downloads, traffic.sent)
      lines[#lines + 1] = share.name .. ": " .. amount(traffic.downloads, traffic.sent) ..
        (is_closed and " (closed)" or "")
    end
    return table.concat(lines, "\n")
  end)
