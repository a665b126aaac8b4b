-- Reads bencoded answers (BEP 3), strictly: what is not exactly bencoding raises.
local bencode_reader = {}

local read

local function read_string(text, at)
  local length, from = text:match("^(%d+):()", at)
  local last = from + tonumber(length) - 1
  assert(last <= #text, "a string is cut short")
  return text:sub(from, last), last + 1
end

local function read_list(text, at)
  local list = {}
  while text:sub(at, at) ~= "e" do
    list[#list + 1], at = read(text, at)
  end
  return list, at + 1
end

local function read_dictionary(text, at)
  local dictionary, before = {}, nil
  while text:sub(at, at) ~= "e" do
    local key
    key, at = read_string(text, at)
    assert(not before or before < key, "keys are not in order")
    before = key
    dictionary[key], at = read(text, at)
  end
  return dictionary, at + 1
end

function read(text, at)
  local first = text:sub(at, at)
  if first == "i" then
    local number, after = text:match("^i(%-?%d+)e()", at)
    return assert(math.tointeger(tonumber(number))), after
  elseif first == "l" then
    return read_list(text, at + 1)
  elseif first == "d" then
    return read_dictionary(text, at + 1)
  end
  return read_string(text, at)
end

---@param text string
---@return any value
function bencode_reader.decode(text)
  local value, at = read(text, 1)
  assert(at == #text + 1, "something follows")
  return value
end

return bencode_reader
