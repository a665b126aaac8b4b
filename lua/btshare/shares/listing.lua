-- Lists of shares as the console asks for them: searched, filtered, counted and sorted, without holding the loop.
local fold = require "btshare.shares.fold"
local search = require "btshare.shares.search"
local task = require "btshare.task"

---@class btshare.Listing
---@field private services btshare.Services
---@field private search btshare.Search
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

---Whether a share is in a filter, by its row's entry.
listing.in_filter = {
  all = function() return true end,
  sending = function(entry) return entry.recipients > 0 end,
  never = function(entry) return entry.downloads == 0 and entry.complete == 0 and not entry.is_over end,
  attention = function(entry) return entry.state == "missing" or entry.state == "failed" end,
}

-- By what a list is sorted; those that are alike stay in order of name.
local keys = {
  name = function(share) return fold.text(share.entry) end,
  newest = function(share) return -share.created end,
  size = function(share) return -share.size end,
  sent = function(_, entry) return -entry.sent end,
  activity = function(share, entry)
    local last = entry.recipients > 0 and math.maxinteger // 2 + entry.up_rate or math.max(share.created, share.changed)
    return -last
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

---@param entries table<btshare.Share, table> as of btshare.Rows
local function sorted(list, entries, wish)
  local key_of, key = keys[wish.sort or "name"], {}
  for _, share in ipairs(list) do key[share] = key_of(share, entries[share]) end
  local result = sort(list, key, 1, #list)
  if wish.order ~= "down" then return result end
  local turned = {}
  for index = #result, 1, -1 do turned[#turned + 1] = result[index] end
  return turned
end

---The shares that somebody wants to see. Call in a task.
---@param wish btshare.listing.Wish
---@return btshare.Share[] list
---@return table<string, integer> counts of each filter, among what was searched for
function Listing:find(wish)
  local shares, rows = self.services.shares, self.services.rows
  local list = wish.name and shares:find(wish.name) or shares:list()
  if wish.q then list = self.search:among(list, wish.q) end
  rows:begin()
  local found, entries, counts = {}, {}, {}
  for name in pairs(listing.in_filter) do counts[name] = 0 end
  local wanted = wish.filter or "all"
  for index, share in ipairs(list) do
    local entry = rows:entry(share)
    entries[share] = entry
    for name, is_in in pairs(listing.in_filter) do
      if is_in(entry) then
        counts[name] = counts[name] + 1
        if name == wanted then found[#found + 1] = share end
      end
    end
    if index % 100 == 0 then task.breathe(breath) end
  end
  if wish.sort or wish.order then found = sorted(found, entries, wish) end
  return found, counts
end

return listing
