-- `btshare config show`: what holds, and where each of it came from.
local effective = require "btshare.cli.effective"
local exit = require "btshare.exit"
local json = require "core.json"
local say_mistakes = require "btshare.cli.mistakes"
local script = require "btshare.settings.script"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local show = {}

local widest = 60 -- of a value that what follows is aligned behind

-- The plugins say which of their options are secret, so they are looked at.
local function secrets_of(settings, places)
  local manager = require("btshare.rehearsal").manager(settings, places)
  return function(name, options) return manager:secret_options(name, options) end
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
  local answer, mistakes = not options.config and effective.ask_running(places) or nil, nil
  if not answer then answer, mistakes = effective.look_up(places, secrets_of) end
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
