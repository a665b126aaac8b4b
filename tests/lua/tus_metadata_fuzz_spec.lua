-- What is said of a file that comes by tus, broken at random (security §9, T15): it is read as a slow reader would, or
-- not at all. BTSHARE_SEED=NUMBER begins with the input that a failure names.
local metadata = require "btshare.routes.box.metadata"

local first_seed = tonumber(os.getenv "BTSHARE_SEED") or 1
local inputs = 10000
local most_bytes = 8192
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

-- The model, letter by letter.

local function model_value(coded)
  local bytes, held, bits = {}, 0, 0
  local padding = coded:match("=*$")
  if #padding > 2 then return nil end
  for index = 1, #coded - #padding do
    local digit = alphabet:find(coded:sub(index, index), 1, true)
    if not digit then return nil end
    held, bits = held << 6 | digit - 1, bits + 6
    if bits >= 8 then
      bits = bits - 8
      bytes[#bytes + 1] = string.char(held >> bits)
      held = held & (1 << bits) - 1
    end
  end
  if bits == 6 or held ~= 0 then return nil end -- a letter too many, or one that says more than is taken
  return table.concat(bytes)
end

-- The words of an item, and whether all their letters may be there.
local function words_of(item)
  local list, word, are_plain = {}, "", true
  for letter in (item .. " "):gmatch "." do
    local code = letter:byte()
    if code == 0x20 or code >= 0x09 and code <= 0x0D then
      if word ~= "" then list[#list + 1] = word end
      word = ""
    else
      are_plain = are_plain and code > 0x20 and code < 0x7F
      word = word .. letter
    end
  end
  return list, are_plain
end

local function model(header)
  if #header > most_bytes then return nil end
  local found, item = {}, ""
  for letter in (header .. ","):gmatch "." do
    if letter ~= "," then
      item = item .. letter
    else
      local words, are_plain = words_of(item)
      local value = model_value(words[2] or "")
      if #words > 2 or not are_plain or words[1] and (not value or found[words[1]]) then return nil end
      if words[1] then found[words[1]] = value end
      item = ""
    end
  end
  return found
end

-- What is broken.

local function text(most)
  local list = {}
  for index = 1, math.random(0, most) do list[index] = string.char(math.random(0, 255)) end
  return table.concat(list)
end

local function coded(bytes)
  local list, held, bits = {}, 0, 0
  for index = 1, #bytes do
    held, bits = held << 8 | bytes:byte(index), bits + 8
    while bits >= 6 do
      bits = bits - 6
      local digit = held >> bits & 63
      list[#list + 1], held = alphabet:sub(digit + 1, digit + 1), held & (1 << bits) - 1
    end
  end
  if bits > 0 then
    local digit = held << 6 - bits
    list[#list + 1] = alphabet:sub(digit + 1, digit + 1)
  end
  return table.concat(list) .. ("="):rep(-#list % 4)
end

local keys = { "name", "filename", "sender", "note", "type", "a" }
local pieces = { ",", ", ", " ", "  ", "\t", "=", "==", "===", "A", "-", "_", "+", "\0", "\127", "é", "name ",
  ",name QQ==" }

local function header_of()
  local list = {}
  for index = 1, math.random(0, 4) do
    local value = coded(text(math.random() < 0.005 and most_bytes or 20))
    list[index] = keys[math.random(#keys)] .. (value == "" and math.random() < 0.5 and "" or " " .. value)
  end
  return table.concat(list, ",")
end

local ways = {
  function(header, from, to) return header:sub(1, from - 1) .. header:sub(to + 1) end,
  function(header, from, to) return header:sub(1, to) .. header:sub(from) end,
  function(header, from) return header:sub(1, from) end,
  function(header, from) return header:sub(1, from) .. pieces[math.random(#pieces)] .. header:sub(from + 1) end,
  function(header, from) return header:sub(1, from - 1) .. string.char(math.random(0, 255)) .. header:sub(from + 1) end,
}

local function try(seed)
  math.randomseed(seed)
  local header = header_of()
  for _ = 1, math.random(0, 3) do
    local from = math.random(math.max(1, #header))
    header = ways[math.random(#ways)](header, from, math.min(#header, from + math.random(0, 9)))
  end
  local wanted, found = model(header), metadata.read(header)
  if not wanted or not found then
    assert(not wanted and not found, ("%q is %s"):format(header, found and "read" or "refused"))
    return "refused"
  end
  for key, value in pairs(wanted) do assert(found[key] == value, ("%q: %s differs"):format(header, key)) end
  for key in pairs(found) do assert(wanted[key], ("%q: %s is not there"):format(header, key)) end
  return next(found) and "read" or "empty"
end

describe("what is said of a file by tus", function()
  it("is read as it was written, or refused, whatever comes", function()
    local results = { read = 0, refused = 0, empty = 0 }
    for seed = first_seed, first_seed + inputs - 1 do
      local succeeded, result = xpcall(try, debug.traceback, seed)
      assert(succeeded, ("BTSHARE_SEED=%d: %s"):format(seed, result))
      results[result] = results[result] + 1
    end
    for result, count in pairs(results) do assert.is_true(count > inputs // 50, result .. ": " .. count) end
  end)

  it("is at most 8 KiB", function()
    local most = "name " .. ("QUFB"):rep(2046) .. "QQ="
    assert.equal(most_bytes, #most)
    assert.equal(6139, #metadata.read(most).name)
    assert.is_nil(metadata.read(most .. "="))
  end)
end)
