-- Who has got all of something, in however many parts it was fetched: resumed, or over many connections.
local delivery = {}

---@class btshare.Delivery
---@field private limit integer
---@field private order string[] keys, oldest first
---@field private covered table<string, btshare.http.Range[]|true> true: it was told
local Delivery = {}
Delivery.__index = Delivery

local most_ranges = 1000 -- of one fetch; who leaves more holes is not counted

---@param limit integer? fetches kept in mind
---@return btshare.Delivery
function delivery.new(limit)
  return setmetatable({ limit = limit or 1000, order = {}, covered = {} }, Delivery)
end

-- Adds a range to a list that is in order and without overlaps.
local function cover(list, first, last)
  local kept = {}
  for _, range in ipairs(list) do
    if range.last + 1 < first or range.first > last + 1 then
      kept[#kept + 1] = range
    else
      first, last = math.min(first, range.first), math.max(last, range.last)
    end
  end
  kept[#kept + 1] = { first = first, last = last }
  table.sort(kept, function(a, b) return a.first < b.first end)
  return kept
end

function Delivery:begin(key)
  self.order[#self.order + 1] = key
  self.covered[key] = {}
  if #self.order > self.limit then
    self.covered[table.remove(self.order, 1)] = nil
  end
end

---Takes note of what was sent.
---@param key string of what was fetched by whom
---@param length integer of it all
---@param sent btshare.http.Range[] what the reply held
---@param bytes integer of the reply that went out
---@param complete boolean whether all of them did
---@return boolean finished true once for each time that all of it was fetched: now, by the end of this reply
function Delivery:add(key, length, sent, bytes, complete)
  if not complete and (#sent > 1 or bytes == 0) then return false end
  if not self.covered[key] then self:begin(key) end
  local list = self.covered[key]
  if list == true then
    -- Who has it all and begins at its beginning fetches it again.
    if sent[1].first > 0 then return false end
    list = {}
  end
  for _, range in ipairs(sent) do
    -- Of a reply that was cut, the last byte does not count: nobody knows whether it arrived.
    local last = complete and range.last or math.min(range.first + bytes, range.last) - 1
    if last >= range.first then list = cover(list, range.first, last) end
  end
  local has_all = #list > 0 and list[1].first == 0 and list[1].last == length - 1
  self.covered[key] = has_all or #list <= most_ranges and list or {}
  return has_all
end

return delivery
