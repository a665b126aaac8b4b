-- Bencoding (BEP 3), the writing half: what the tracker answers.
local bencode = {}

local encode

local function encode_table(value)
  local parts = {}
  if #value > 0 or next(value) == nil and getmetatable(value) == bencode.list_type then
    for index, item in ipairs(value) do
      parts[index] = encode(item)
    end
    return "l" .. table.concat(parts) .. "e"
  end
  local keys = {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for index, key in ipairs(keys) do
    parts[index] = encode(key) .. encode(value[key])
  end
  return "d" .. table.concat(parts) .. "e"
end

function encode(value)
  if type(value) == "string" then
    return #value .. ":" .. value
  elseif math.type(value) == "integer" then
    return "i" .. value .. "e"
  elseif type(value) == "table" then
    return encode_table(value)
  end
  error("bencode: cannot hold a " .. (math.type(value) or type(value)), 2)
end

bencode.list_type = {}

---Marks a table as a list, so that an empty one is written as one.
---@generic T
---@param items T[]
---@return T[]
function bencode.list(items)
  return setmetatable(items, bencode.list_type)
end

---Strings, integers, lists and dictionaries with string keys, which are sorted.
---@param value string|integer|table
---@return string bytes
function bencode.encode(value)
  return encode(value)
end

return bencode
