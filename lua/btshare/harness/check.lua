-- Looks a plugin's file over: names that nothing defines, then a load by the real loader, which opens nothing real.
local bytecode = require "btshare.harness.bytecode"
local environment = require "btshare.environment"
local places = require "btshare.harness.places"
local small_file = require "btshare.small_file"
local suggest = require "btshare.suggest"
local world = require "btshare.harness.world"

---@class btshare.harness.Remark
---@field line integer? in the file; absent where no line is at fault
---@field message string
---@field is_option boolean? whether what was given to it is at fault, and not the file

---@class btshare.harness.Report
---@field mistakes btshare.harness.Remark[]
---@field warnings btshare.harness.Remark[]
---@field description string? what the file says of itself
---@field questions string[] that it answers
---@field facts string[] that it is told
---@field routes {pattern: string, on: string, scope: string?}[]
---@field panels {title: string, slot: string, kind: string}[]
---@field commands {name: string, summary: string}[]
---@field periods number[] of its timers, in seconds

local check = {}

-- What people try, and what there is in its place.
local instead = {
  plugin = "begin the file with: local plugin = ...",
  io = "plugins read files by btshare.fs and keep values by plugin:store",
  debug = "it is not for plugins", package = "it is not for plugins",
  load = "plugins run no text", loadstring = "plugins run no text", dofile = "plugins run no text",
  loadfile = "plugins run no text",
  coroutine = "tasks wait by themselves, see btshare.task",
  collectgarbage = "it is not for plugins",
  ["os.execute"] = "programs are run by btshare.process", ["io.popen"] = "programs are run by btshare.process",
  ["os.remove"] = "plugins change no files", ["os.rename"] = "plugins change no files",
  ["os.exit"] = "a plugin cannot end BTshare",
  unpack = "it is table.unpack", ["table.getn"] = "it is #list", ["math.pow"] = "it is x ^ y",
  ["string.trim"] = 'it is text:match("^%s*(.-)%s*$")',
}

local function known_names()
  local known = environment.library()
  known.require, known.print, known._G = true, true, true
  return known
end

local function unknown(name, known)
  if instead[name] then return ("'%s' is not there: %s"):format(name, instead[name]) end
  return ("'%s' is nowhere defined%s"):format(name, suggest.phrase(name, known))
end

-- A member of a library: "string.trim".
local function unknown_member(name, known, found)
  local library, member = name:match("^(.-)%.(.+)$")
  local members = type(known[library]) == "table" and library ~= "_G" and known[library]
  if not members or members[member] ~= nil then return end
  local names = {}
  for other in pairs(members) do names[#names + 1] = other end
  if instead[name] then return found(unknown(name)) end
  found(("'%s' is nowhere defined%s"):format(name, suggest.phrase(member, names)))
end

---@param chunk function
---@return btshare.harness.Remark[] mistakes
---@return btshare.harness.Remark[] warnings
function check.names(chunk)
  local known, set, mistakes, warnings = known_names(), {}, {}, {}
  local uses = bytecode.globals(chunk)
  for _, use in ipairs(uses) do
    if use.is_set and not set[use.name] then
      set[use.name] = true
      local message = ("'%s' is global: local %s = …"):format(use.name, use.name)
      warnings[#warnings + 1] = { line = use.line, message = message }
    end
  end
  local told = {}
  for _, use in ipairs(uses) do
    local function found(message)
      if told[use.name] then return end
      told[use.name] = true
      mistakes[#mistakes + 1] = { line = use.line, message = message }
    end
    if use.name and use.name:find(".", 1, true) then
      unknown_member(use.name, known, found)
    elseif use.name and not use.is_set and known[use.name] == nil and not set[use.name] then
      found(unknown(use.name, known))
    end
  end
  return mistakes, warnings
end

-- "plugin 'x': /a/x.lua:4: boom" → 4, "boom".
local function place(path, message)
  local start, stop = message:find(places.in_messages(path) .. ":", 1, true)
  local line = start and message:match("^(%d+): ", stop + 1)
  if not line then return nil, (message:gsub("^plugin '[^']*': ", "")) end
  return math.tointeger(tonumber(line)), message:sub(stop + #line + 3)
end

-- Of mistakes in the options each for itself.
local function load_mistakes(path, message, mistakes)
  local list = {}
  for _, one in ipairs(mistakes or {}) do list[#list + 1] = { message = one.message, is_option = true } end
  if #list == 0 then
    local line, text = place(path, message)
    list[1] = { line = line, message = text }
  end
  return list
end

local function names_of_kind(own, kind)
  local names = {}
  for name in pairs(own.handled) do
    if own.catalog[name].kind == kind then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function list_all(own, report)
  report.questions, report.facts = names_of_kind(own, "question"), names_of_kind(own, "fact")
  report.routes, report.periods = { table.unpack(own.requests.list) }, own.clock:periods()
  for _, item in ipairs(own.manager:panels()) do
    table.insert(report.panels, { title = item.panel.title, slot = item.panel.slot, kind = item.panel.kind })
  end
  for _, command in ipairs(own.manager.commands:list()) do
    table.insert(report.commands, { name = command.name, summary = command.summary })
  end
  local names = table.move(report.facts, 1, #report.facts, #report.questions + 1, { table.unpack(report.questions) })
  for _, name in ipairs(names) do
    if own.catalog[name].stability == "experimental" then
      table.insert(report.warnings, { message = ("event '%s' is experimental: it may change"):format(name) })
    end
  end
end

---@param path string of the plugin's file, absolute
---@param options table as config.lua would give them
---@return btshare.harness.Report
function check.run(path, options)
  ---@type btshare.harness.Report
  local report = {
    mistakes = {}, warnings = {}, questions = {}, facts = {}, routes = {}, panels = {}, commands = {}, periods = {},
  }
  local text, message = small_file.read(path)
  if not text then
    report.mistakes[1] = { message = message }
    return report
  end
  report.description = text:match("^%-%-+%s*([^\n]*%S)")
  if not report.description then
    table.insert(report.warnings, { line = 1, message = "begin with a comment that says what it is for" })
  end
  local chunk
  chunk, message = load(text, "@" .. path, "t")
  if not chunk then
    local line, said = place(path, message)
    report.mistakes[1] = { line = line, message = said }
    return report
  end
  local mistakes, warnings = check.names(chunk)
  report.mistakes = mistakes
  table.move(warnings, 1, #warnings, #report.warnings + 1, report.warnings)
  local own = world.open(path, { is_rehearsal = true })
  local loaded, problem, _, option_mistakes = own:load(options)
  if loaded then
    list_all(own, report)
  else
    local more = load_mistakes(path, problem, option_mistakes)
    for _, one in ipairs(more) do
      -- What stopped it was told by its name already.
      local is_told = one.line and mistakes[1] and one.line == mistakes[1].line
      if not is_told then table.insert(report.mistakes, one) end
    end
  end
  own:close()
  return report
end

return check
