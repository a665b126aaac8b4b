-- The parts of a plugin that is too long for one file: `require ".part"` runs NAME/part.lua beside NAME.lua, once, in
-- the plugin's own environment, and gives what it returns.
local small_file = require "btshare.small_file"

local parts = {}

local none = {}

---@param path string of the plugin's file
---@param require_other fun(module: string): any for all other names
---@param known table the plugin's globals
---@return fun(module: string): any
function parts.requirer(path, require_other, known)
  local folder, loaded = path:gsub("%.lua$", ""), {}
  return function(module)
    local name = type(module) == "string" and module:match("^%.([%w][%w_-]*)$")
    if not name then return require_other(module) end
    if loaded[name] == none then error(("part '%s' requires itself"):format(module), 2) end
    if loaded[name] == nil then
      local file = ("%s/%s.lua"):format(folder, name)
      local text, message = small_file.read(file)
      if not text then error(message, 2) end
      local chunk, mistake = load(text, "@" .. file, "t", known)
      if not chunk then error(mistake, 0) end
      loaded[name] = none
      local value = chunk()
      loaded[name] = value == nil and true or value
    end
    return loaded[name]
  end
end

return parts
