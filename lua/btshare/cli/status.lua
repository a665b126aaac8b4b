-- `btshare status`: what the running instance is doing.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local json = require "core.json"
local text = require "btshare.terminal.text"
local units = require "btshare.units"

local status = { summary = "show what the running btshare is doing" }

function status.describe(parser)
  parser:flag("--json", "Print an object.")
end

local format_of = {
  uptime = units.duration, up_rate = units.rate, down_rate = units.rate, uploaded = units.size,
  downloaded = units.size, memory = units.size,
}
local first_keys = {
  "name", "version", "console", "public", "port", "on_your_network", "from_the_internet", "uptime", "shares",
}

local show

-- { ready = 3, failed = 1 } → "failed 1, ready 3"; a list → "a, b".
local function show_table(value)
  local pieces, keys = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    local shown = show(key, value[key])
    pieces[#pieces + 1] = math.type(key) and shown or ("%s %s"):format(key, shown)
  end
  return table.concat(pieces, ", ")
end

function show(key, value)
  if type(value) == "table" then return show_table(value) end
  if value == json.null then return "none" end
  if type(value) == "boolean" then return value and "yes" or "no" end
  if type(value) == "number" and format_of[key] then return format_of[key](value) end
  return text.escape(tostring(value))
end

-- Two sentences say more than all addresses with their scopes.
local function without_details(answer)
  local reachability = answer.reachability
  if not reachability then return answer end
  local short = {}
  for key, value in pairs(answer) do short[key] = value end
  short.reachability = nil
  short.on_your_network = reachability.lan.sentence
  short.from_the_internet = reachability.internet.sentence
  return short
end

---@param answer table
---@return string[] lines aligned; the best known first, what later versions add after them
function status.format(answer)
  answer = without_details(answer)
  local keys, listed = {}, {}
  for _, key in ipairs(first_keys) do
    if answer[key] ~= nil then keys[#keys + 1], listed[key] = key, true end
  end
  local others = {}
  for key in pairs(answer) do
    if not listed[key] then others[#others + 1] = key end
  end
  table.sort(others)
  table.move(others, 1, #others, #keys + 1, keys)
  local longest = 0
  for _, key in ipairs(keys) do longest = math.max(longest, text.width(text.escape(key))) end
  local lines = {}
  for index, key in ipairs(keys) do
    local label = text.escape(key):gsub("_", " ")
    lines[index] = ("%s  %s"):format(text.pad(label, longest), show(key, answer[key]))
  end
  return lines
end

function status.run(options, context)
  local answer, code = control.ask(context, options, "GET", "/api/v1/status")
  if not answer then return code end
  if options.json then
    context:print(json.encode(answer, { indent = 2 }))
  else
    context:print(table.concat(status.format(answer), "\n"))
  end
  return exit.ok
end

return status
