-- The API's routes for settings: what holds, what is changed in the console, and the same as a config.lua.
local definitions = require "btshare.settings.definitions"
local json = require "core.json"
local reply = require "btshare.http.reply"
local script = require "btshare.settings.script"
local settings = require "btshare.settings"
local t = require "btshare.api.schema"

local function describe(services)
  local usual = { downloads = services.downloads_folder, inbox = services.inbox }
  return { settings = json.array(services.settings:list(usual)), revision = services.settings.revision,
    locked = settings.is_locked() }
end

local function current(call)
  return describe(call.services)
end

local statuses = { exists = 409, denied = 403, refused = 422 }

local function patch(call)
  if settings.is_locked() then
    return reply.problem("denied", "the settings are locked (BTSHARE_CONFIG_LOCK=1)")
  end
  local services = call.services
  local done, message, code, key = services.instance:change_settings(call.body)
  if done then return reply.json(200, describe(services)) end
  local place = key and services.settings.base.places[key] or {}
  local status = statuses[code]
  return reply.problem(status or code or "failed", message, {
    member = key and "body." .. key, line = place.line, file = place.line and services.settings.base.file or nil,
    code = status and (code == "refused" and "invalid" or code) or nil,
  })
end

local function as_lua(call)
  return { status = 200, body = script.write(call.services.config, call.who.scopes.admin == true),
    headers = { ["Content-Type"] = "text/x-lua; charset=utf-8", ["Cache-Control"] = "no-store" } }
end

local function effective(call)
  local services = call.services
  local rows = services.settings:effective(services.paths, function(name, options)
    return services.plugins:secret_options(name, options)
  end)
  return reply.json(200, { file = services.settings.base.file, settings = json.array(rows) })
end

local function members()
  local fields = {}
  for _, definition in ipairs(definitions.list) do
    fields[definition.key] = t.optional(t.nullable(definition.schema))
  end
  return fields
end

local types = { "text", "boolean", "integer", "choice", "size", "address", "list", "path" }
local shape = t.define("Settings", t.object {
  settings = t.array(t.object {
    key = t.string(), section = t.string(), type = t.string { choices = types },
    value = t.optional(t.any()), default = t.optional(t.any()), choices = t.optional(t.array(t.any())),
    unit = t.optional(t.string()), source = t.string { choices = { "default", "config", "console" } },
    line = t.optional(t.integer { description = "Of config.lua." }), file = t.optional(t.string()),
    restart = t.boolean { description = "Whether it counts from the next start on." },
    editable = t.boolean(),
  }),
  revision = t.integer { min = 0 },
  locked = t.boolean(),
})

---@return btshare.api.Route[]
return function()
  return {
    { "GET /api/v1/settings", scope = "read", summary = "Lists all settings: what holds, and where it was set.",
      answers = { [200] = shape }, handler = function(call) return reply.json(200, describe(call.services)) end },
    { "PATCH /api/v1/settings", scope = "admin",
      summary = "Changes settings; null takes back what was set in the console.",
      body = t.object(members(), { min = 1 }), current = current,
      answers = { [200] = shape, [403] = true, [409] = true, [412] = true, [422] = true }, handler = patch },
    { "GET /api/v1/settings/lua", scope = "read", summary = "Writes what holds now as a config.lua.",
      media = "text/x-lua", answers = { [200] = t.string() }, handler = as_lua },
    { "GET /api/v1/settings/effective", scope = "admin",
      summary = "Lists every value that holds, and where it came from; secrets are not shown.",
      answers = { [200] = t.object {
        file = t.optional(t.string { description = "config.lua, where there is one." }),
        settings = t.array(t.object {
          key = t.string(), value = t.optional(t.any()), line = t.optional(t.integer()),
          source = t.string { choices = { "default", "config", "command-line", "console" } },
        }),
      } }, handler = effective },
  }
end
