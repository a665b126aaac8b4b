-- Commands that plugins of the running instance have added: found, explained and run over the control socket.
local client = require "btshare.http.client"
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local json = require "core.json"
local paths = require "btshare.paths"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local plugin_commands = {}

local patience = 2 -- seconds, for the list
local longest_run = 3600 -- seconds
local exit_of_code = {
  missing = exit.missing, gone = exit.missing, denied = exit.refused, busy = exit.timed_out, invalid = exit.usage,
}

---Takes what is btshare's own out of what was written behind a command's name: --state, and --help. What stands behind
---"--" is the command's in any case.
---@param words string[]
---@param options {state: string?} filled in
---@return string[] arguments
---@return boolean asks_for_help
---@return string? mistake in words
function plugin_commands.split(words, options)
  local arguments, asks_for_help, mistake, index = {}, false, nil, 1
  while words[index] and words[index] ~= "--" do
    local word = words[index]
    if word == "--state" then
      index = index + 1
      options.state = words[index] or options.state
      mistake = not words[index] and "option '--state' requires an argument" or mistake
    elseif word:find("^%-%-state=") then
      options.state = word:match("=(.*)$")
    elseif word == "-h" or word == "--help" then
      asks_for_help = true
    else
      arguments[#arguments + 1] = word
    end
    index = index + 1
  end
  return table.move(words, index + 1, #words, #arguments + 1, arguments), asks_for_help, mistake
end

---Those of the running instance; none, without a word, where there is none.
---@param options {state: string?}
---@return {name: string, summary: string, usage: string?, plugin: string}[]
function plugin_commands.list(options)
  local response = client.fetch(paths.find(options).socket, "GET", "/api/v1/commands", { Accept = "application/json" },
    nil, { timeout = patience })
  local answer = response and response.status == 200 and json.decode(response.body)
  return type(answer) == "table" and answer.commands or {}
end

---@param options {state: string?}
---@param word string
---@return {name: string, summary: string, usage: string?, plugin: string}? command
function plugin_commands.find(options, word)
  if not word:find("^%l[%l%d-]*$") then return nil end
  for _, command in ipairs(plugin_commands.list(options)) do
    if command.name == word then return command end
  end
end

---@param command {name: string, summary: string, usage: string?, plugin: string}
---@return string help
function plugin_commands.help(command)
  local words = "btshare " .. command.name .. (command.usage and " " .. command.usage or "")
  local owner = speaker:text("cli.plugin.of", { plugin = command.plugin })
  return ("%s %s\n\n%s (%s)"):format(speaker:text("cli.usage"), text.escape(words), text.escape(command.summary), owner)
end

-- Its lines are its own; what else a terminal would obey is not.
local function harmless(output)
  return (output:gsub("\n$", ""):gsub("[^\n\t]+", text.escape))
end

---@param command {name: string}
---@param words string[] what was written behind it
---@param options {state: string?}
---@param context btshare.cli.context
---@return integer exit_code
function plugin_commands.run(command, words, options, context)
  local answer, code, problem = control.ask(context, options, "POST",
    "/api/v1/commands/" .. control.encode(command.name), { arguments = json.array(words) }, longest_run)
  if not answer then return problem and exit_of_code[problem.code] or code end
  if answer.output ~= "" then context:print(harmless(answer.output)) end
  return exit.ok
end

return plugin_commands
