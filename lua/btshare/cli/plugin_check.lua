-- `btshare plugin check FILE`: what is wrong with a plugin, and what it would do, without a running BTshare.
local exit = require "btshare.exit"
local panels = require "btshare.plugin.panel"
local paths = require "btshare.paths"
local plugin_file = require "btshare.cli.plugin_file"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local units = require "btshare.units"
local uv = require "luv"

-- `after="2h" mode="a"` as config.lua has it between the braces.
local function read_options(words)
  local parts = {}
  for index, word in ipairs(words or {}) do parts[index] = word:gsub(",$", "") end
  local chunk, message = load("return { " .. table.concat(parts, ", ") .. " }", "=--options", "t", {})
  if not chunk then return nil, message end
  local fine, options = pcall(chunk)
  if not fine then return nil, tostring(options) end
  return options
end

local function by_line(left, right)
  if (left.line or 0) ~= (right.line or 0) then return (left.line or 0) < (right.line or 0) end
  return left.message < right.message
end

local function say_remarks(context, file, remarks, key)
  table.sort(remarks, by_line)
  for _, remark in ipairs(remarks) do
    local place = remark.is_option and "--options" or remark.line and ("%s:%d"):format(file, remark.line) or file
    local message = speaker:message(remark.message)
    context:say(text.escape(place .. ": " .. (key and speaker:text(key, { message = message }) or message)))
  end
end

local function all(list, line_of)
  local lines = {}
  for index, one in ipairs(list) do lines[index] = line_of(one) end
  return lines
end

local function route_line(route)
  if route.on ~= "console" then return speaker:text("cli.plugin.check.public", { route = route.pattern }) end
  return speaker:text("cli.plugin.check.console", { route = route.pattern, scope = route.scope or "admin" })
end

local function same(name) return name end

local function print_report(context, report)
  local sections = {
    { "cli.plugin.check.questions", all(report.questions, same) },
    { "cli.plugin.check.facts", all(report.facts, same) },
    { "cli.plugin.check.routes", all(report.routes, route_line) },
    { "cli.plugin.check.panels", all(report.panels, function(panel)
      return ("%s (%s, %s)"):format(panels.say(panel.title), panel.kind, panel.slot)
    end) },
    { "cli.plugin.check.commands", all(report.commands, function(command)
      return ("btshare %s: %s"):format(command.name, command.summary)
    end) },
    { "cli.plugin.check.timers", all(report.periods, function(seconds)
      return speaker:text("cli.plugin.check.every", { period = units.duration(seconds) })
    end) },
  }
  for _, section in ipairs(sections) do
    if section[2][1] then
      local label = text.pad(speaker:text(section[1]), 12)
      for index, line in ipairs(section[2]) do
        context:print(text.escape("  " .. (index == 1 and label or (" "):rep(12)) .. line))
      end
    end
  end
end

return function(options, context)
  local file = plugin_file(options)
  local path = uv.fs_realpath(paths.absolute(file))
  local name = path and path:match("([^/]+)%.lua$")
  if not path then
    return context:fail(speaker:text("cli.plugin.no.file", { file = text.escape(file) }), exit.missing)
  elseif not name or not name:find("^%w[%w_-]*$") then
    return context:fail(speaker:text("cli.plugin.no.name", { file = text.escape(file) }), exit.usage)
  end
  local given, message = read_options(options.options)
  if not given then return context:fail(message, exit.usage) end
  local report = require("btshare.harness.check").run(path, given)
  say_remarks(context, file, report.mistakes)
  say_remarks(context, file, report.warnings, "cli.plugin.check.warning")
  if report.mistakes[1] then return exit.failed end
  context:print(text.escape(("%s: %s"):format(file, speaker:text("cli.plugin.check.ok"))))
  print_report(context, report)
  return exit.ok
end
