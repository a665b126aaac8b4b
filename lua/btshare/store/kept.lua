-- What was added to be shared, as a database says that nobody has open: nothing of it is made, mended or migrated.
local sqlite = require "core.sqlite"
local uv = require "luv"

-- What the owner stopped, and what has expired, is not shared.
local query = [[
  SELECT roots.path, roots.only FROM roots JOIN shares ON shares.root = roots.id
  WHERE roots.only IS NOT NULL AND shares.entry = roots.only AND NOT shares.stopped AND NOT shares.expired
]]

---@param path string of the database
---@return {path: string, only: string}[] roots none where it cannot be read
return function(path)
  local database = uv.fs_stat(path) and sqlite.open(path)
  if not database then return {} end
  local roots = database:query(query)
  database:close()
  return roots or {}
end
