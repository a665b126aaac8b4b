-- btshare.passwords in a plugin's tests: the same answers at once, by a hash that costs nothing and guards nothing.
local crypto = require "core.crypto"

local prefix = "$argon2-of-a-test$"
local passwords = {}

local function hash(password) return prefix .. crypto.hex(crypto.sha256(password)) end

---@return table<string, function>
function passwords.service()
  local count = 0
  return {
    hash = hash,
    check = function(given, known) return hash(given) == (known:find(prefix, 1, true) and known or hash(known)) end,
    mark = function(known) return crypto.hex(crypto.sha256("mark " .. known)):sub(1, 16) end,
    holds = function(grant, mark) return ("." .. (grant or "") .. "."):find("." .. mark .. ".", 1, true) ~= nil end,
    make = function()
      count = count + 1
      return ("aaaaa-bbbbb-ccccc-%05d"):format(count)
    end,
  }
end

return passwords
