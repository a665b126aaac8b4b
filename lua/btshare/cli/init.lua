-- The command line: finds the command, reads its words, runs it, and gives back its exit code.
local argparse = require "argparse"
local exit = require "btshare.exit"
local host = require "core.host"
local output = require "btshare.terminal.output"
local plugin_commands = require "btshare.cli.plugin_commands"
local speaker = require "btshare.terminal.speaker"
local suggest = require "btshare.suggest"
local usage = require "btshare.cli.usage"
local uv = require "luv"

local cli = {}

---In the order of help.
cli.names = require "btshare.command_names"

---@class btshare.cli.command
---@field describe fun(parser: table, t: fun(key: string): string) adds arguments and options to an argparse parser
---Returns the exit code, or nothing and calls context:leave later.
---@field run fun(options: table, context: btshare.cli.context): integer?

---What a command may use of the world.
---@class btshare.cli.context
---@field out btshare.terminal.output data
---@field err btshare.terminal.output talk
local Context = {}
Context.__index = Context

---@param line string
function Context:print(line)
  self.out:write(line .. "\n")
end

---@param line string
function Context:say(line)
  self.err:write(line .. "\n")
end

---Says what went wrong and returns the exit code, for `return context:fail(…)`.
---@param message string
---@param code integer?
---@return integer code
function Context:fail(message, code)
  self:say("btshare: " .. message)
  return code or exit.failed
end

---Ends the command. What is still to be written is written; the loop ends by itself.
---@param code integer
function Context:done(code)
  host.exit_code(code)
  self.out:finish(function()
    if not self.out.broken or code ~= exit.ok then return end
    host.exit_code(exit.failed)
    -- A reader that had enough (EPIPE) needs no message.
    if self.out.broken == "EPIPE" then return end
    self:fail(speaker:text("cli.output.broken", { reason = speaker:message(self.out:why_broken()) }))
  end)
  if self.err ~= self.out then self.err:finish() end
end

-- How long a command that was told to end waits for whoever reads its output, in seconds.
local patience = 2

---Ends a command whose output is a commentary: a reader that sleeps or has gone changes nothing.
---@param code integer
function Context:leave(code)
  host.exit_code(code)
  self.out:finish(nil, patience)
  if self.err ~= self.out then self.err:finish(nil, patience) end
end

---@param name string
---@return btshare.cli.command
function cli.command(name)
  return require("btshare.cli." .. name)
end

---@param name string
---@return string half a sentence for the overview: the text "cli.NAME"
function cli.summary(name)
  return speaker:text("cli." .. name)
end

local function is_command(word)
  for _, name in ipairs(cli.names) do
    if name == word then return true end
  end
  return false
end

local function t(key)
  return speaker:text(key)
end

---@param name string
---@return table parser of argparse
function cli.parser(name)
  local summary = cli.summary(name):gsub("^%l", string.upper)
  local parser = argparse("btshare " .. name):add_help(false):description(summary .. ".")
  parser:usage_margin(usage.margin):usage_max_width(100)
  parser:flag("-h --help", t("cli.help.option"))
  parser:option("--state", t("cli.state.option")):argname(t("cli.word.dir")):target("state")
  cli.command(name).describe(parser, t)
  return parser
end

-- `--state DIR` may also stand before the command.
local function take_leading_state(words)
  local taken = {}
  while words[1] and words[1]:find("^%-%-state") do
    local count = words[1] == "--state" and 2 or 1
    if count == 1 and not words[1]:find("^%-%-state=") then break end
    table.move(words, 1, count, #taken + 1, taken)
    words = table.move(words, count + 1, #words, 1, {})
  end
  return taken, words
end

local function asks_for_help(words)
  for _, word in ipairs(words) do
    if word == "--" then return false end
    if word == "-h" or word == "--help" then return true end
  end
  return false
end

-- Before a command there is nothing but --state.
local function options_of(leading)
  return { state = leading[2] or leading[1] and leading[1]:match("=(.*)$") }
end

-- Those of plugins too.
local function all_names(options)
  local names = table.move(cli.names, 1, #cli.names, 1, {})
  for _, command in ipairs(plugin_commands.list(options)) do names[#names + 1] = command.name end
  return names
end

-- Which command the words mean and what is left for it, or what to say.
local function choose(words, options)
  local first = words[1]
  if not first then return nil, nil end
  if first == "-h" or first == "--help" then return "help", table.move(words, 2, #words, 1, {}) end
  if is_command(first) then return first, table.move(words, 2, #words, 1, {}) end
  if first == "" then return nil, speaker:text("cli.unknown.empty") end
  if first:lower():find("^magnet:%?") then return "get", words end
  if first:sub(1, 1) == "-" or first:find("/", 1, true) or uv.fs_stat(first) then return "share", words end
  local meant = suggest.nearest(first, all_names(options))
  return nil, meant and speaker:text("cli.unknown.meant", { word = first, meant = meant })
    or speaker:text("cli.unknown", { word = first })
end

-- `message` is argparse's, or as it would say it. It stands alone: among the lines of the usage nobody would see it.
local function fail_misused(name, message, context)
  return context:fail(speaker:text("cli.misused", { command = name, message = speaker:message(message) }), exit.usage)
end

-- A command that a plugin of the running instance has added; nothing where there is none of that name.
local function run_added(words, options, context)
  local name = words[1]
  if not name or is_command(name) then return nil end
  local arguments, wants_help, mistake = plugin_commands.split(table.move(words, 2, #words, 1, {}), options)
  local added = plugin_commands.find(options, name)
  if not added then return nil end
  if mistake and not wants_help then return fail_misused(name, mistake, context) end
  if not wants_help then return plugin_commands.run(added, arguments, options, context) end
  context:print(plugin_commands.help(added))
  return exit.ok
end

local function run(words, context)
  local leading, rest = take_leading_state(words)
  if rest[1] == "--version" then
    context:print("btshare " .. host.version)
    return exit.ok
  end
  local options = options_of(leading)
  if leading[1] == "--state" and not leading[2] then
    return context:fail(speaker:text("cli.state.nameless"), exit.usage)
  end
  local code = run_added(rest, options, context)
  if code then return code end
  local name, left = choose(rest, options)
  if not name then
    if left then return context:fail(left, exit.usage) end
    context:say(cli.command("help").overview(cli, options))
    return exit.usage
  end
  local parser = cli.parser(name)
  if asks_for_help(left) then
    context:print(usage.help(parser))
    return exit.ok
  end
  table.move(left, 1, #left, #leading + 1, leading)
  local parsed
  parsed, options = parser:pparse(leading)
  if not parsed then
    return fail_misused(name, (options:gsub("\nDid you", "; did you"):gsub("\n", "; ")), context)
  end
  return cli.command(name).run(options, context)
end

---Runs the program that the words ask for. Returns at once; the loop does the rest.
---@param words string[]
function cli.main(words)
  local out, err = output.standard()
  local context = setmetatable({ out = out, err = err }, Context)
  local code = exit.failed
  local finished = host.call(function() code = run(words, context) end)
  if not finished or code then context:done(code or exit.failed) end
end

return cli
