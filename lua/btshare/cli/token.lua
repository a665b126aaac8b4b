-- `btshare token`: API tokens for programs, made, listed and revoked.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local text = require "btshare.terminal.text"
local units = require "btshare.units"

local token = { summary = "make an API token for a program" }

local known_scopes = { read = true, share = true, admin = true }

local function scopes(word)
  local list = {}
  for scope in word:gmatch("[^,]+") do
    if not known_scopes[scope] then return nil, ("%s: not one of read, share, admin"):format(scope) end
    list[#list + 1] = scope
  end
  if #list == 0 then return nil, "no right named" end
  return list
end

function token.describe(parser)
  parser:argument("name", "What it is for."):argname("NAME"):args("?")
  parser:option("--scope", "Its rights: read, share, admin; by default read."):argname("LIST"):convert(scopes)
  parser:option("--for", "How long it is good for, such as 30d."):argname("TIME"):target("duration")
  parser:mutex(
    parser:flag("--list", "Show all tokens."),
    parser:option("--revoke", "Make a token worthless."):argname("NAME")
  )
end

local function fetch(options, context)
  local answer, code = control.ask(context, options, "GET", "/api/v1/tokens")
  return answer and answer.tokens or nil, code
end

local function moment(seconds)
  return os.date("%Y-%m-%d %H:%M", seconds)
end

local function list(options, context)
  local tokens, code = fetch(options, context)
  if not tokens then return code end
  for _, one in ipairs(tokens) do
    context:print(table.concat({
      text.escape(one.name), table.concat(one.scopes, ","), "made " .. moment(one.created),
      one.used and "used " .. moment(one.used) or "never used", one.expires and "ends " .. moment(one.expires) or nil,
    }, "  "))
  end
  return exit.ok
end

local function revoke(options, context)
  local tokens, code = fetch(options, context)
  if not tokens then return code end
  for _, one in ipairs(tokens) do
    if one.name == options.revoke or one.id == options.revoke then
      local done
      done, code = control.ask(context, options, "DELETE", "/api/v1/tokens/" .. control.encode(one.id))
      if done then context:say(("The token %s is worthless now."):format(text.escape(one.name))) end
      return code
    end
  end
  return context:fail(("%s: no such token (btshare token --list shows all)"):format(text.escape(options.revoke)),
    exit.missing)
end

local function make(options, context)
  local seconds, message
  if options.duration then
    seconds, message = units.parse_duration(options.duration)
    if not seconds then return context:fail("token: " .. message, exit.usage) end
  end
  local made, code = control.ask(context, options, "POST", "/api/v1/tokens", {
    name = options.name, scopes = options.scope or { "read" }, for_seconds = seconds,
  })
  if not made then return code end
  context:print(text.escape(made.secret))
  if context.err.is_terminal then
    context:say("This is shown once. Programs send it in a header: Authorization: Bearer TOKEN")
  end
  return exit.ok
end

function token.run(options, context)
  if options.list then return list(options, context) end
  if options.revoke then return revoke(options, context) end
  if not options.name then return context:fail("token: name what it is for", exit.usage) end
  return make(options, context)
end

return token
