-- Finds the file of a plugin by its name.
local suggest = require "btshare.suggest"
local uv = require "luv"

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
return function(folders, name)
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
