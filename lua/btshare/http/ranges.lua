-- Byte ranges (RFC 9110 §14): what a `Range` header asks for, of a body of known length.
local ranges = {}

ranges.limit = 8 -- more, and the whole is sent: nobody but an attacker asks for that

---@class btshare.http.Range
---@field first integer from 0
---@field last integer within the body

-- Digits beyond what an integer holds still mean "far behind the end".
local function number(digits)
  return #digits > 18 and math.maxinteger or math.tointeger(tonumber(digits))
end

---@return btshare.http.Range|false|nil range false: valid, but not of this body; nil: no range at all
local function parse_one(text, length)
  local first, last = text:match("^%s*(%d*)%-(%d*)%s*$")
  if not first or first == "" and last == "" then return nil end
  if first == "" then
    local suffix = number(last)
    return suffix > 0 and length > 0 and { first = math.max(length - suffix, 0), last = length - 1 }
  end
  first, last = number(first), last ~= "" and number(last) or math.maxinteger
  if last < first then return nil end
  return first < length and { first = first, last = math.min(last, length - 1) }
end

-- In order of place; those that overlap or touch become one.
local function merge(list)
  table.sort(list, function(a, b) return a.first < b.first end)
  local merged = {}
  for _, range in ipairs(list) do
    local before = merged[#merged]
    if before and range.first <= before.last + 1 then
      before.last = math.max(before.last, range.last)
    else
      merged[#merged + 1] = range
    end
  end
  return merged
end

---What is asked for. An empty list: nothing of it exists, 416. nil: send the whole.
---@param header string? value of `Range`
---@param length integer of the body
---@return btshare.http.Range[]? ranges in order, apart from one another
function ranges.parse(header, length)
  local set = header and header:match("^%s*[Bb][Yy][Tt][Ee][Ss]%s*=(.*)$")
  if not set or length == 0 then return nil end
  local list, count = {}, 0
  for text in (set .. ","):gmatch("([^,]*),") do
    if text:find("%S") then
      local range = parse_one(text, length)
      count = count + 1
      if range == nil or count > ranges.limit then return nil end
      if range then list[#list + 1] = range end
    end
  end
  return count > 0 and merge(list) or nil
end

---@param range btshare.http.Range
---@param length integer
---@return string value of `Content-Range`
function ranges.content_range(range, length)
  return ("bytes %d-%d/%d"):format(range.first, range.last, length)
end

return ranges
