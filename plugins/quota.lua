-- Quota: a share or a link closes after so many downloads or bytes; so does everything, for the rest of the day.
--
-- `plugin "quota" { share = { downloads = 100 }, day = { bytes = "50GiB" } }`. A download counts when its last byte has
-- gone out, and bytes count as they go out, by BitTorrent and HTTP: previews and ranges burn no download, and no more
-- bytes than they get.
local plugin = ...

local day = require ".day"
local shares = require "btshare.shares"
local text = require "btshare.text"
local types = require "btshare.types"

local counts = types.group { downloads = types.between(types.integer, 1), bytes = types.between(types.size, 1) }

local function limit(value)
  local checked, message = counts(value)
  if checked and not next(checked) then
    return nil, "limits nothing: it wants downloads or bytes, such as { downloads = 100 }"
  end
  return checked, message
end

local options = plugin:options {
  share = limit, -- for each share, in all
  link = limit,  -- for each link, in all
  day = limit,   -- for all shares together, from midnight to midnight
}

local said = {
  en = { label = "Downloads", left = "%d of %d downloads left." },
  fr = { label = "Téléchargements", left = "Téléchargements restants : %d sur %d." },
}

local no_more_today = {
  en = "The sender shares no more today. Try again tomorrow.",
  fr = "L’expéditeur n’envoie plus rien aujourd’hui. Réessayez demain.",
}

local function is_reached(wanted, downloads, bytes)
  return wanted.downloads and downloads >= wanted.downloads or wanted.bytes and bytes >= wanted.bytes
end

local own = plugin:store "downloads" -- by share: the limit of one, in place of that of config.lua

local function limit_of(share)
  local downloads = own.get(share.id)
  return downloads and { downloads = downloads, bytes = options.share and options.share.bytes } or options.share
end

local today = day.new(plugin:store "day")

if options.day then
  plugin:every("1s", function() today:look() end)
  plugin:every("10s", function() today:store() end)
  plugin:on("recipient-finished", function()
    today:look()
    today:store()
  end)
end

local function reached(event)
  if options.day and is_reached(options.day, today.downloads, today.bytes) then return "day" end
  local most = limit_of(event.share)
  local traffic = most and shares.traffic(event.share.id)
  if traffic and is_reached(most, traffic.downloads, traffic.sent) then return "share" end
  for _, link in ipairs(options.link and shares.links(event.share.id) or {}) do
    if link.id == event.link.id and is_reached(options.link, link.downloads, link.sent) then return "link" end
  end
end

plugin:on("share-open", function(event)
  if options.day and not today:is_known() then today:look() end
  local which = reached(event)
  if which == "day" then return false, no_more_today, "full" end
  if which then return false, "used up", "missing" end -- nobody learns that it ever was
end)

plugin:on("share-removed", function(event) own.set(event.share.id, nil) end)

plugin:panel {
  slot = "share.limits", title = { en = "Downloads", fr = "Téléchargements" }, kind = "form",
  data = function(context)
    local share, words_here = shares.get(context.share), said[context.language] or said.en
    if not share then return nil, context.share .. ": no such share", "missing" end
    local most = (limit_of(share) or {}).downloads
    local left = most and math.max(0, most - shares.traffic(share.id).downloads)
    return {
      fields = { { name = "downloads", label = words_here.label, kind = "number", value = own.get(share.id) } },
      summary = most and words_here.left:format(left, most) or nil,
    }
  end,
  submit = function(values, context)
    local number = values.downloads or nil
    if number and (math.type(number) ~= "integer" or number < 1) then
      return nil, "a whole number from 1 on is wanted", "invalid"
    end
    return own.set(context.share, number)
  end,
}

local function amount(downloads, bytes)
  return ("%d %s, %s"):format(downloads, downloads == 1 and "download" or "downloads", text.size(bytes))
end

plugin:command("quota", { summary = "show how much has been fetched of each share, and today", scope = "read" },
  function()
    local lines = {}
    if options.day then
      today:look()
      lines[1] = "today: " .. amount(today.downloads, today.bytes)
    end
    for _, share in ipairs(shares.list()) do
      local traffic = shares.traffic(share.id)
      local most = limit_of(share)
      local is_closed = most and is_reached(most, traffic.downloads, traffic.sent)
      lines[#lines + 1] = share.name .. ": " .. amount(traffic.downloads, traffic.sent) ..
        (is_closed and " (closed)" or "")
    end
    return table.concat(lines, "\n")
  end)

plugin:command("downloads", {
  summary = "let a share be downloaded so often, or without end", usage = "NAME NUMBER|none", scope = "share",
}, function(call)
  local name, number = call.arguments[1], math.tointeger(tonumber(call.arguments[2]))
  if not name or call.arguments[3] or not (number and number > 0) and call.arguments[2] ~= "none" then
    return nil, "a share is wanted, then a number from 1 on, or none", "invalid"
  end
  local share, message, code = shares.find_one(name)
  if not share then return nil, message, code end
  local done
  done, message, code = own.set(share.id, number)
  if not done then return nil, message, code end
  local most = (limit_of(share) or {}).downloads
  return most and ("%s: %d downloads in all"):format(share.name, most) or share.name .. ": without a limit now"
end)
