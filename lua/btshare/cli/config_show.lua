-- `btshare config show`: what holds, and where each of it came from.
local client = require "btshare.http.client"
local exit = require "btshare.exit"
local json = require "core.json"
local say_mistakes = require "btshare.cli.mistakes"
local script = require "btshare.settings.script"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local uv = require "luv"

local show = {}

local widest = 60 -- of a value that what follows is aligned behind

-- Of the running instance, which knows also what was said on its command line.
local function ask_running(places)
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

-- What a start would take.
local function look_up(places)
  local file = uv.fs_stat(places.config_file) and places.config_file or nil
  local settings, mistakes = require("btshare.config").load(file, { home = uv.os_homedir() })
  if not settings then return nil, mistakes end
  local store = stored(places)
  local manager = require("btshare.rehearsal").manager(settings, places)
  local rows = require("btshare.settings").new(store, settings):effective(places, function(name, options)
    return manager:secret_options(name, options)
  end)
  store:close()
  return { file = file, settings = json.array(rows) }
end

local function came_from(row, file)
  if row.source == "config" then
    return speaker:text("config.from.file", { file = file and file:match("[^/]+$") or "config.lua", line = row.line })
  end
  return speaker:text("config.from." .. row.source)
end

local function left_of(row)
  if row.value == nil then return row.key end
  if row.source == "default" and type(row.value) == "table" and next(row.value) == nil then
    return row.key .. " {}"
  end
  local is_called = type(row.value) == "table"
  return row.key .. (is_called and " " or " = ") .. script.value(row.value)
end

local function print_rows(answer, context)
  local lefts, width = {}, 0
  for index, row in ipairs(answer.settings) do
    lefts[index] = text.escape(left_of(row))
    local own = text.width(lefts[index])
    if own <= widest then width = math.max(width, own) end
  end
  for index, row in ipairs(answer.settings) do
    context:print(text.pad(lefts[index], width) .. "  -- " .. text.escape(came_from(row, answer.file)))
  end
end

---@param options table
---@param context btshare.cli.context
---@param places table directories
---@return integer exit_code
function show.run(options, context, places)
  local answer, mistakes = not options.config and ask_running(places) or nil, nil
  if not answer then answer, mistakes = look_up(places) end
  if not answer then
    say_mistakes(context, mistakes)
    return exit.configuration
  end
  if options.json then
    context:print(json.encode(answer))
  else
    print_rows(answer, context)
  end
  return exit.ok
end

return show
