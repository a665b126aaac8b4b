-- plugin:command: subcommands of the command line.
local built_in = require "btshare.command_names"
local instances = require "btshare.plugin.handle.instances"
local types = require "btshare.types"

---@class btshare.plugin.handle
local methods = {}

local longest = 100

local function line(value)
  if type(value) == "string" and value ~= "" and #value <= longest and not value:find("%c") then return value end
  return nil, ("must be a text of one line, at most %d bytes"):format(longest)
end

local rules = {
  summary = types.required(line), usage = line,
  scope = types.default(types.choice { "read", "share", "admin" }, "admin"),
}

local function check_name(name)
  if type(name) ~= "string" or #name > 32 or not name:find("^%l[%l%d-]*$") then
    return nil, ("'%s': a command's name has small letters, digits and '-'"):format(tostring(name))
  end
  for _, other in ipairs(built_in) do
    if other == name then return nil, ("'%s' is a command of btshare itself"):format(name) end
  end
  return true
end

---Adds a command: `btshare NAME …` asks the running BTshare, which calls `fn(call)` with what was written behind it,
---`call.arguments`. It returns the text to print, or nil, message, code.
---@param name string small letters, digits, '-'
---@param description {summary: string, usage: string?, scope: "read"|"share"|"admin"|nil}
---@param fn fun(call: {arguments: string[]}): string?, string?, string?
---@return fun() release
function methods:command(name, description, fn)
  local instance = instances.of(self, "command")
  local possible, message = check_name(name)
  if not possible then error("plugin:command: " .. message, 2) end
  if type(description) ~= "table" then error("plugin:command: a table with a summary is wanted", 2) end
  local checked, messages = types.fields(rules, description, "its")
  if not checked then error("plugin:command: " .. table.concat(messages, "; "), 2) end
  if type(fn) ~= "function" then error("plugin:command: a function is wanted", 2) end
  return instance:bind(function()
    return instance.commands:open {
      name = name, summary = checked.summary, usage = checked.usage, scope = checked.scope,
      instance = instance, fn = fn,
    }
  end)
end

return methods
