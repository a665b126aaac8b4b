-- `btshare token`: API tokens for programs, made, listed and revoked.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local units = require "btshare.units"

local token = {}

local known_scopes = { read = true, share = true, admin = true }

local function scopes(word)
  local list = {}
  for scope in word:gmatch("[^,]+") do
    if not known_scopes[scope] then return nil, speaker:text("cli.token.no.scope", { word = scope }) end
    list[#list + 1] = scope
  end
  if #list == 0 then return nil, speaker:text("cli.token.no.right") end
  return list
end

function token.describe(parser, t)
  parser:argument(t("cli.word.name"), t("cli.token.name")):argname(t("cli.word.name")):target("name"):args("?")
  parser:option("--scope", t("cli.token.scope")):argname(t("cli.word.list")):convert(scopes)
  parser:option("--for", t("cli.token.for")):argname(t("cli.word.time")):target("duration")
  parser:mutex(
    parser:flag("--list", t("cli.token.list")),
    parser:option("--revoke", t("cli.token.revoke")):argname(t("cli.word.name"))
  )
end

local function fetch(options, context)
  local answer, code = control.ask(context, options, "GET", "/api/v1/tokens")
  return answer and answer.tokens or nil, code
end

-- A text that tells a moment.
local function at(key, seconds)
  return speaker:text(key, { moment = speaker:short_moment(seconds) })
end

local function list(options, context)
  local tokens, code = fetch(options, context)
  if not tokens then return code end
  for _, one in ipairs(tokens) do
    context:print(table.concat({
      text.escape(one.name), table.concat(one.scopes, ","), at("cli.token.made", one.created),
      one.used and at("cli.link.used", one.used) or speaker:text("cli.link.unused"),
      one.expires and at("cli.link.ends", one.expires) or nil,
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
      if done then context:say(speaker:text("cli.token.revoked", { name = text.escape(one.name) })) end
      return code
    end
  end
  return context:fail(speaker:text("cli.token.missing", { name = text.escape(options.revoke) }), exit.missing)
end

local function make(options, context)
  local seconds, message
  if options.duration then
    seconds, message = units.parse_duration(options.duration)
    if not seconds then return context:fail(speaker:message("token: " .. message), exit.usage) end
  end
  local made, code = control.ask(context, options, "POST", "/api/v1/tokens", {
    name = options.name, scopes = options.scope or { "read" }, for_seconds = seconds,
  })
  if not made then return code end
  context:print(text.escape(made.secret))
  if context.err.is_terminal then
    context:say(speaker:text("cli.token.once"))
  end
  return exit.ok
end

function token.run(options, context)
  if options.list then return list(options, context) end
  if options.revoke then return revoke(options, context) end
  if not options.name then return context:fail(speaker:text("cli.token.nameless"), exit.usage) end
  return make(options, context)
end

return token
