-- Lists of shares as the console asks for them: searched, filtered, counted and sorted, without holding the loop.
local describe = require "btshare.shares.describe"
local fold = require "btshare.shares.fold"
local search = require "btshare.shares.search"
local task = require "btshare.task"

---@class btshare.Listing
---@field private services btshare.Services
---@field search btshare.Search
local Listing = {}
Listing.__index = Listing

local listing = {}

---What can be asked for instead of all.
listing.filters = { "all", "sending", "never", "attention" }
listing.orders = { "activity", "name", "newest", "size", "sent" }

local breath = 10 -- milliseconds that a turn of the loop may last meanwhile

---@param services btshare.Services with its rows
---@return btshare.Listing
function listing.new(services)
  return setmetatable({ services = services, search = search.new(services) }, Listing)
end

-- Whether a share is being sent to, was never downloaded, or needs its owner.
local function sort_out(share, summary)
  local state = share.state
  return summary.recipients > 0, summary.downloads == 0 and summary.complete == 0 and not describe.is_over(share),
    state == "missing" or state == "failed" or share.is_unconfirmed
end

---@param rows btshare.Rows
---@param share btshare.Share
---@return table<string, true?> names of the filters that show it
function listing.filters_of(rows, share)
  local sending, never, attention = sort_out(share, rows:summary(share))
  return { all = true, sending = sending or nil, never = never or nil, attention = attention or nil }
end

-- By what a list is sorted, least first; those that are alike stay in order of name. Who is being sent to comes before
-- all that happened earlier.
local keys = {
  name = function(share) return fold.text(share.entry) end,
  newest = function(share) return -share.created end,
  size = function(share) return -share.size end,
  sent = function(_, summary) return -summary.sent end,
  activity = function(share, summary)
    if summary.recipients > 0 then return -1e15 - summary.up_rate end
    return -math.max(share.created, share.changed, summary.last or 0)
  end,
}

local function merge(left, right, key)
  local merged, i, j = {}, 1, 1
  for position = 1, #left + #right do
    local take_left = j > #right or i <= #left and key[left[i]] <= key[right[j]]
    merged[position] = take_left and left[i] or right[j]
    if take_left then i = i + 1 else j = j + 1 end
  end
  return merged
end

-- Sorts by key, keeping the order of those alike, in goes short enough for the loop.
local function sort(list, key, first, last)
  if last - first < 1 then return { list[first] } end
  local middle = (first + last) // 2
  local left, right = sort(list, key, first, middle), sort(list, key, middle + 1, last)
  task.breathe(breath)
  return merge(left, right, key)
end

---@class btshare.listing.Wish
---@field q string? words to search for
---@field name string? as Shares:find
---@field filter string?
---@field sort string?
---@field order "up"|"down"|nil down turns the list round

local function sorted(rows, list, wish)
  local key_of, key = keys[wish.sort or "name"], {}
  for index, share in ipairs(list) do
    key[share] = key_of(share, rows:summary(share))
    if index % 200 == 0 then task.breathe(breath) end
  end
  local result = sort(list, key, 1, #list)
  if wish.order ~= "down" then return result end
  local turned = {}
  for index = #result, 1, -1 do turned[#turned + 1] = result[index] end
  return turned
end

local function filtered(rows, list, wanted)
  local is_all, is_sending, is_never = wanted == "all", wanted == "sending", wanted == "never"
  local found, counts = is_all and list or {}, { all = #list, sending = 0, never = 0, attention = 0 }
  for index, share in ipairs(list) do
    local sending, never, attention = sort_out(share, rows:summary(share))
    if sending then counts.sending = counts.sending + 1 end
    if never then counts.never = counts.never + 1 end
    if attention then counts.attention = counts.attention + 1 end
    if not is_all and (is_sending and sending or is_never and never or wanted == "attention" and attention) then
      found[#found + 1] = share
    end
    if index % 100 == 0 then task.breathe(breath) end
  end
  return found, counts
end

---The shares that somebody wants to see. Call in a task.
---@param wish btshare.listing.Wish
---@return btshare.Share[] list not to be changed
---@return table<string, integer> counts of each filter, among what was searched for
function Listing:find(wish)
  local shares, rows = self.services.shares, self.services.rows
  local list = wish.name and shares:find(wish.name) or shares:list()
  if wish.q then list = self.search:among(list, wish.q) end
  local found, counts = filtered(rows, list, wish.filter or "all")
  if wish.sort or wish.order then found = sorted(rows, found, wish) end
  return found, counts
end

return listing
