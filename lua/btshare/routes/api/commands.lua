-- The API's routes for the commands that plugins add to the command line.
local json = require "core.json"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local function list(call)
  local commands = {}
  for index, command in ipairs(call.services.plugins.commands:list()) do
    commands[index] = {
      name = command.name, summary = command.summary, usage = command.usage, scope = command.scope,
      plugin = command.instance.name,
    }
  end
  return reply.json(200, { commands = json.array(commands) })
end

local function run(call)
  local commands, name = call.services.plugins.commands, call.parameters.name
  local command = commands:find(name)
  if not command then return reply.problem("missing", ("command '%s': no plugin has it"):format(name)) end
  if not call.who.scopes[command.scope] then
    return reply.problem("denied", ("this needs the right \"%s\""):format(command.scope))
  end
  local output, message, code = commands.run(command, call.body.arguments)
  if not output then return reply.problem(code, message) end
  return reply.json(200, { output = output })
end

---@return btshare.api.Route[]
return function()
  local name = t.string { min = 1, max = 32 }
  return {
    { "GET /api/v1/commands", scope = "read", summary = "Lists the commands that plugins have added.",
      answers = { [200] = t.object { commands = t.array(t.object {
        name = t.string(), summary = t.string(), usage = t.optional(t.string()), plugin = t.string(),
        scope = t.string { choices = { "read", "share", "admin" }, description = "The right that it needs." },
      }) } },
      handler = list },
    { "POST /api/v1/commands/:name", scope = "read", parameters = { name = name },
      summary = "Runs a command of a plugin; some need more rights.",
      body = t.object { arguments = t.array(t.string { max = 4096 }, { max = 1000 }) },
      answers = { [200] = t.object { output = t.string() }, [403] = true, [404] = true },
      handler = run },
  }
end
