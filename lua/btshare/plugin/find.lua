-- Finds the file of a plugin by its name, and asks whether it may be loaded.
local suggest = require "btshare.suggest"
local uv = require "luv"

local find = {}

local function names_in(folders)
  local names = {}
  for _, folder in ipairs(folders) do
    local listing = uv.fs_scandir(folder)
    while listing do
      local name = uv.fs_scandir_next(listing)
      if not name then break end
      names[#names + 1] = name:match("^(.+)%.lua$")
    end
  end
  return names
end

---@param folders string[] the first in which it is counts
---@param name any
---@return string? path
---@return string? message
---@return string? code
function find.file(folders, name)
  if type(name) ~= "string" or not name:find("^%w[%w_-]*$") then
    return nil, ("plugin '%s': a name has letters, digits, '-' and '_'"):format(tostring(name)), "invalid"
  end
  for _, folder in ipairs(folders) do
    local path = folder .. "/" .. name .. ".lua"
    if uv.fs_stat(path) then return path end
  end
  local phrase = suggest.phrase(name, names_in(folders))
  local places = table.concat(folders, " or ")
  return nil, ("plugin '%s': there is no %s.lua in %s%s"):format(name, name, places, phrase), "missing"
end

---As `file`, and asks the plugins that run already.
---@param folders string[]
---@param name any
---@param events btshare.events
---@return string? path
---@return string? message
---@return string? code
function find.allowed(folders, name, events)
  local path, message, code = find.file(folders, name)
  if not path or not events:has("plugin-load") then return path, message, code end
  local allowed
  allowed, message, code = events:ask("plugin-load", { name = name, path = path })
  if allowed then return path end
  return nil, ("plugin '%s': %s"):format(name, message), code
end

return find
