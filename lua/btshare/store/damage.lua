-- That the state database was damaged, as its owner is told until they have seen to it: kept in the database that took
-- its place.
local json = require "core.json"

---@class btshare.Damage
---@field found integer seconds since 1970
---@field reason string what is wrong with it
---@field aside string? where it is now
---@field copy integer? of when the copy is that took its place, seconds since 1970; nil: there was none

local damage = {}

---Why a share is held back, in words.
damage.held_reason = "held back since the state database was damaged; share it again with btshare add FILE, or all " ..
  "with btshare confirm"

local name = "damage" -- of the setting

---@param database core.sqlite.Database
---@return btshare.Damage?
function damage.read(database)
  local row = (database:query("SELECT value FROM settings WHERE name = ?", name) or {})[1]
  local known = row and json.decode(row.value)
  return type(known) == "table" and known or nil
end

---@param database core.sqlite.Database
---@param known btshare.Damage
---@return table? rows
---@return string? message
---@return string? code
function damage.write(database, known)
  return database:query("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, json.encode(known))
end

---@return table statement that ends it
function damage.forget()
  return { "DELETE FROM settings WHERE name = ?", name }
end

local function age(seconds)
  local minutes = math.max(0, seconds) // 60
  return minutes < 120 and ("%d min"):format(minutes) or ("%d h"):format(minutes // 60)
end

---@param known btshare.Damage
---@return string words one sentence for its owner
function damage.words(known)
  local parts = { ("the state database was damaged (%s)"):format(known.reason) }
  if known.aside then parts[2] = "it was set aside as " .. known.aside end
  if known.copy then
    parts[#parts + 1] = ("its copy of %s UTC (%s before) took its place, so passwords, exposure, what was stopped, " ..
      "revoked links and tokens are as they were then"):format(os.date("!%Y-%m-%d %H:%M", known.copy),
      age(known.found - known.copy))
    parts[#parts + 1] = "what the copy does not know is held back"
    parts[#parts + 1] = "please look at your shares, then say btshare confirm"
  else
    parts[#parts + 1] = "there was no good copy of it, so a new one was begun"
    parts[#parts + 1] = "passwords, exposure, what was stopped and when shares end are forgotten, named links and " ..
      "drop links are gone, and revoked links would work again"
    parts[#parts + 1] = "all that is found is held back until you share it again, one with btshare add FILE, all " ..
      "with btshare confirm"
  end
  return table.concat(parts, "; ")
end

return damage
