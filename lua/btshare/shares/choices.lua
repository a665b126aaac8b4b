-- What holds of a share's torrent: as was chosen for it alone, or else as config.lua says of its folder. What is chosen
-- is written by `shares.changes`.
local json = require "core.json"
local reach = require "btshare.reach"
local schema = require "btshare.config.schema"

local choices = {}

choices.formats = { "v1", "hybrid", "v2" }
choices.web_seeds = { "on", "auto", "off" }

choices.most_trackers, choices.longest_tracker = 20, 500

local in_config = { on = true, auto = "auto", off = false }
local in_words = { [true] = "on", auto = "auto", [false] = "off" }

local select_choices = [[
SELECT id, format, web_seed, trackers FROM shares
WHERE root = ? AND (format IS NOT NULL OR web_seed IS NOT NULL OR trackers IS NOT NULL)]]

---Takes out of the store what was chosen for the shares of a root.
---@param shares btshare.Shares
---@param root btshare.Root
function choices.load(shares, root)
  for id, format, web_seed, trackers in shares.services.store:rows(select_choices, root.id) do
    local share = shares.by_id[id]
    share.format, share.web_seed = format, web_seed
    share.trackers = trackers and json.decode(trackers)
  end
end

---@param trackers string[]?
---@return string? text as it is stored
function choices.write_trackers(trackers)
  return trackers and trackers[1] and json.encode(trackers) or nil
end

---@param share btshare.Share
---@return "v1"|"hybrid"|"v2"
function choices.format(share)
  return share.format or share.root.options.format
end

---What the owner wants: true, its addresses for web seeds are in .torrent files and magnets; "auto", in .torrent files;
---false, there are none.
---@param share btshare.Share
---@param config table
---@return "auto"|boolean
function choices.web_seed(share, config)
  if share.web_seed then return in_config[share.web_seed] end
  local own = share.root.options.web_seed
  if own ~= nil then return own end
  return config.web_seed
end

---@param share btshare.Share
---@param config table
---@return "on"|"auto"|"off" as the API says it
function choices.web_seed_word(share, config)
  return in_words[choices.web_seed(share, config)]
end

-- Whether a host is a name, or an address of the internet; forms that only some programs read as one are neither.
local function is_of_internet(host)
  local ipv6 = host:match("^%[(.*)%]$")
  if ipv6 then return ipv6:find("^[23]%x%x%x:[%x:]+$") ~= nil end
  host = host:lower():gsub("%.$", "")
  if host == "localhost" or host:find("%.localhost$") then return false end
  local last = host:match("[^.]*$")
  if not last:find("^%d+$") and not last:find("^0x%x*$") then return host:find("^[%w._-]+$") ~= nil end
  local first = host:match("^(%d+)%.%d+%.%d+%.%d+$")
  return first ~= nil and not host:find("%f[%d]0%d") and tonumber(first) < 224 and reach.scope(host) == "global"
end

local function check_tracker(url)
  local _, message = schema.trackers_item(url)
  if message then return nil, "trackers: " .. message end
  if url:find("[^!-~]") then return nil, "trackers: an address holds a character that no address has" end
  local host = url:match("^%l+://([^/?#]*)"):gsub(":%d+$", "")
  if not is_of_internet(host) then
    return nil, ("trackers: %s: not on the internet; trackers of your own network are named in config.lua"):format(host)
  end
  return url
end

---Further announce addresses, checked: each once, in their order.
---@param wanted string[]
---@return string[]|nil trackers
---@return string? message
---@return string? code
function choices.check_trackers(wanted)
  local list, known = {}, {}
  for _, url in ipairs(wanted) do
    local checked, message = check_tracker(url)
    if not checked then return nil, message, "invalid" end
    if not known[url] then
      known[url], list[#list + 1] = true, url
    end
  end
  return list
end

return choices
