-- What boxes and their uploads are known by.
local crypto = require "core.crypto"

local ids = {}

local letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" -- Crockford's: none is taken for another

local function letter(value)
  return letters:sub(value + 1, value + 1)
end

---@return string id of a box: 16 hex digits
function ids.box()
  return crypto.hex(crypto.random(8))
end

---A ULID: those of later milliseconds sort behind.
---@param milliseconds integer since 1970
---@return string id of an upload: 26 letters and digits
function ids.upload(milliseconds)
  local characters = {}
  for index = 10, 1, -1 do
    characters[index] = letter(milliseconds & 31)
    milliseconds = milliseconds >> 5
  end
  for index, byte in ipairs { crypto.random(16):byte(1, 16) } do characters[10 + index] = letter(byte & 31) end
  return table.concat(characters)
end

---A code that sender and owner can read to one another.
---@param secret string that nobody else knows
---@return string receipt "7QK2-M4XD"
function ids.receipt(secret)
  local characters = {}
  for index, byte in ipairs { crypto.sha256(secret):byte(1, 8) } do characters[index] = letter(byte & 31) end
  table.insert(characters, 5, "-")
  return table.concat(characters)
end

return ids
