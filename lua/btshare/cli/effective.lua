-- What holds of all that can be set: of the running instance, or of what a start would take.
local client = require "btshare.http.client"
local json = require "core.json"
local uv = require "luv"

local effective = {}

---Of the running instance, which knows also what was said on its command line.
---@param places btshare.paths
---@return {file: string?, settings: btshare.config.row[]}? answer nil where none runs
function effective.ask_running(places)
  local response = client.fetch(places.socket, "GET", "/api/v1/settings/effective", { Accept = "application/json" })
  return response and response.status == 200 and json.decode(response.body) or nil
end

-- Reads what was set in the console, as far as there is a database that can be read.
local function stored(places)
  local path = places.state .. "/btshare.db"
  local database = uv.fs_stat(path) and require("core.sqlite").open(path)
  local none = { rows = function() return function() end end, setting = function() end, close = function() end }
  if not database then return none end
  if not database:query("SELECT 1 FROM settings LIMIT 1") then
    database:close()
    return none
  end
  return {
    rows = function(_, ...) return database:rows(...) end,
    setting = function() end,
    close = function() database:close() end,
  }
end

---What a start would take.
---@param places btshare.paths
---@param secrets_of fun(settings: btshare.config.settings, places: btshare.paths): function for `Settings:effective`
---@return {file: string?, settings: btshare.config.row[]}? answer
---@return table? mistakes in config.lua
function effective.look_up(places, secrets_of)
  local file = uv.fs_stat(places.config_file) and places.config_file or nil
  local settings, mistakes = require("btshare.config").load(file, { home = uv.os_homedir() })
  if not settings then return nil, mistakes end
  local store = stored(places)
  local rows = require("btshare.settings").new(store, settings):effective(places, secrets_of(settings, places))
  store:close()
  return { file = file, settings = json.array(rows) }
end

return effective
