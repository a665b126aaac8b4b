-- The commands that plugins add to the command line. While a plugin is swapped for its new form both have theirs open;
-- the newest is run.

---@class btshare.plugin.Command
---@field name string
---@field summary string
---@field usage string?
---@field scope "read"|"share"|"admin"
---@field instance btshare.plugin.instance
---@field fn fun(call: {arguments: string[]}): string?, string?, string?

---@class btshare.plugin.Commands
---@field private by_name table<string, btshare.plugin.Command[]> newest last
local Commands = {}
Commands.__index = Commands

local commands = {}

---@return btshare.plugin.Commands
function commands.new()
  return setmetatable({ by_name = {} }, Commands)
end

local function remove(self, command)
  local open = self.by_name[command.name] or {}
  for index, candidate in ipairs(open) do
    if candidate == command then table.remove(open, index) end
  end
  if #open == 0 then self.by_name[command.name] = nil end
end

---@param command btshare.plugin.Command
---@return (fun())? undo
---@return string? message
function Commands:open(command)
  local open = self.by_name[command.name]
  local other = open and open[#open].instance
  if other and other.name ~= command.instance.name then
    return nil, ("command '%s': %s has it already"):format(command.name, other.owner)
  elseif other == command.instance then
    return nil, ("command '%s' is there already"):format(command.name)
  end
  self.by_name[command.name] = open or {}
  table.insert(self.by_name[command.name], command)
  return function() remove(self, command) end
end

---@param name string
---@return btshare.plugin.Command?
function Commands:find(name)
  local open = self.by_name[name]
  return open and open[#open]
end

---@return btshare.plugin.Command[] commands by name
function Commands:list()
  local list = {}
  for _, open in pairs(self.by_name) do list[#list + 1] = open[#open] end
  table.sort(list, function(one, other) return one.name < other.name end)
  return list
end

---Runs a command. Call in a task.
---@param command btshare.plugin.Command
---@param arguments string[]
---@return string? output
---@return string? message
---@return string? code
function Commands.run(command, arguments)
  local instance = command.instance
  local called, output, message, code = instance.guard:call(command.fn, { arguments = arguments })
  if not called then
    return nil, instance.owner .. " failed; the log says how", "failed"
  elseif output == nil or output == false then
    if type(message) == "string" then return nil, message, type(code) == "string" and code or "failed" end
    return ""
  elseif type(output) == "string" then
    return output
  end
  local mistake = ("command %s: answered with a %s, not with a text"):format(command.name, type(output))
  instance.guard:strike(mistake, mistake)
  return nil, instance.owner .. " failed; the log says how", "failed"
end

return commands
