-- The file that is meant by the name of a plugin on the command line.
local host = require "core.host"
local paths = require "btshare.paths"
local uv = require "luv"

---A file as it is; or a plugin's name: in this folder, among your plugins, or among those that come with BTshare.
---@param options {name: string, state: string?}
---@return string file as it is to be called in messages; it need not be there
return function(options)
  local name = options.name
  if name:find "[/.]" then return name end
  for _, file in ipairs {
    name .. ".lua", ("%s/%s.lua"):format(paths.find(options).plugins, name),
    ("%s/plugins/%s.lua"):format(paths.absolute(host.data), name),
  } do
    if uv.fs_stat(file) then return file end
  end
  return name
end
