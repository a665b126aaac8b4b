-- The API's routes for plugins: which run, what they logged, reading one again, and the data of their panels.
local common = require "btshare.routes.api.common"
local i18n = require "btshare.i18n"
local json = require "core.json"
local markup = require "btshare.plugin.markup"
local panel = require "btshare.plugin.panel"
local reply = require "btshare.http.reply"
local t = require "btshare.api.schema"

local function actions_of(declared, language)
  local actions = json.array {}
  for index, action in ipairs(declared.actions) do
    actions[index] = {
      name = action.name, title = panel.say(action.title, language), confirm = panel.say(action.confirm, language),
      each = action.each,
    }
  end
  return actions
end

local function list(call)
  local plugins, by_name, language = {}, {}, call.query.language
  local speaker = i18n.speaker(i18n.languages[language] and language or i18n.default)
  for index, item in ipairs(call.services.plugins:list()) do
    plugins[index] = {
      name = item.name, description = item.description and speaker:message(item.description), path = item.path,
      is_running = item.state == "running",
      reason = item.reason, strikes = item.strikes, memory = item.memory, held = item.held, panels = json.array {},
    }
    by_name[item.name] = plugins[index]
  end
  for _, item in ipairs(call.services.plugins:panels()) do
    local one, panels = item.panel, by_name[item.plugin].panels
    panels[#panels + 1] = {
      id = one.id, slot = one.slot, title = panel.say(one.title, language), kind = one.kind,
      actions = actions_of(one, language),
    }
  end
  return reply.json(200, { plugins = json.array(plugins) })
end

local function log_of(call)
  local lines, message, code = call.services.plugins:lines(call.parameters.name)
  if not lines then return reply.problem(code, message) end
  return reply.json(200, { log = json.array(lines) })
end

local function is_loaded(plugins, name)
  for _, item in ipairs(plugins:list()) do
    if item.name == name then return true end
  end
end

local function reload(call)
  local plugins, name = call.services.plugins, call.parameters.name
  if not is_loaded(plugins, name) then
    return reply.problem("missing", ("plugin '%s': it is not loaded"):format(name))
  end
  local done, message = plugins:reload(name)
  if not done then return reply.problem(422, message, { code = "invalid" }) end
  return reply.json(200, {})
end

-- What a plugin is told of where its panel stands.
local function context(call)
  return { share = call.query.share, row = call.query.row, language = call.query.language or i18n.default }
end

local function panel_data(call)
  local parameters = call.parameters
  local data, message, code, declared = call.services.plugins:panel_data(parameters.name, parameters.panel,
    context(call))
  if not data then return reply.problem(code or "failed", message) end
  local language = call.query.language
  data.kind, data.title = declared.kind, panel.say(declared.title, language)
  data.actions = actions_of(declared, language)
  return reply.json(200, data)
end

local function submit(call)
  local parameters = call.parameters
  local done, message, code, field = call.services.plugins:panel_submit(parameters.name, parameters.panel,
    call.body.values, context(call))
  if field then return reply.problem(422, message, { code = "invalid", member = "body.values." .. field }) end
  if not done then return reply.problem(code, message) end
  return reply.json(200, done)
end

local function act(call)
  local parameters = call.parameters
  local done, message, code = call.services.plugins:panel_act(parameters.name, parameters.panel, parameters.action,
    context(call))
  if not done then return reply.problem(code, message) end
  return reply.json(200, done)
end

local shown_markup = t.define("Markup", t.array(t.any_of { t.string(), t.object {
  tag = t.string { choices = markup.tags }, href = t.optional(t.string { description = "http, https or mailto." }),
  children = t.optional(t.ref "Markup"),
} }, { description = "What an html panel shows: texts, and the elements that are drawn." }))

---@return btshare.api.Route[]
return function()
  local name = t.string { min = 1, max = 64 }
  local cell = t.any_of { t.string(), t.number(), t.boolean() }
  local kind = t.string { choices = panel.kinds }
  local language = t.optional(t.string { max = 16, description = 'Of the texts: "en" or "fr".' })
  local place = {
    share = t.optional(t.string { max = 64, description = "Beside which share it is shown." }), language = language,
  }
  local actions = t.array(t.object {
    name = t.string(), title = t.string(),
    confirm = t.optional(t.string { description = "A question to be asked before." }),
    each = t.optional(t.boolean { description = "Whether it stands in each row of a table." }),
  })
  local lines = t.array(t.object {
    time = common.time "When.", level = t.string { choices = { "error", "warning", "info", "debug" } },
    text = t.string(),
  })
  local done = t.object { message = t.optional(t.string { description = "For the one who asked." }) }
  local field = t.object {
    name = t.string(), label = t.string(),
    kind = t.string { choices = { "text", "number", "switch", "choice", "secret" } },
    value = t.optional(cell), choices = t.optional(t.array(t.string())),
    is_set = t.optional(t.boolean { description = "Of a secret: whether there is one. It is never told itself." }),
  }
  return {
    { "GET /api/v1/plugins", scope = "read", summary = "Lists the plugins, how they are, and their panels.",
      query = { language = language },
      answers = { [200] = t.object { plugins = t.array(t.object {
        name = t.string(), description = t.optional(t.string()), path = t.string(), is_running = t.boolean(),
        reason = t.optional(t.string { description = "Why it is set aside." }),
        strikes = t.integer { min = 0, description = "Errors in the last hour; the tenth sets it aside." },
        memory = t.integer { min = 0, description = "Bytes allocated while its code ran and not freed since." },
        held = t.optional(t.object {
          count = t.integer { min = 1, description = "How often it held everything up for more than 0.1 s." },
          longest = t.number { description = "Seconds." },
          place = t.optional(t.string { description = "FILE:LINE of the longest." }),
        }),
        panels = t.array(t.object {
          id = t.string(), slot = t.string { choices = panel.slots }, title = t.string(), kind = kind,
          actions = actions,
        }),
      }) } },
      handler = list },
    { "GET /api/v1/plugins/:name/log", scope = "read", parameters = { name = name },
      summary = "Tells the last lines that a plugin logged, newest first; 200 at the most, of this start.",
      answers = { [200] = t.object { log = lines }, [404] = true }, handler = log_of },
    { "POST /api/v1/plugins/:name/reload", scope = "admin", parameters = { name = name },
      summary = "Reads a plugin again; where it is broken, it runs on as it was.",
      answers = { [200] = t.object {}, [404] = true, [422] = true }, handler = reload },
    { "GET /api/v1/plugins/:name/panels/:panel", scope = "read", parameters = { name = name, panel = name },
      summary = "Gives what a panel shows now.",
      query = place,
      answers = {
        [200] = t.object {
          kind = kind, title = t.string(), actions = actions,
          hidden = t.optional(t.boolean { description = "Whether there is nothing to show now." }),
          stats = t.optional(t.array(t.object { label = t.string(), value = cell, unit = t.optional(t.string()) })),
          columns = t.optional(t.array(t.string())), rows = t.optional(t.array(t.array(cell))),
          keys = t.optional(t.array(t.string { description = "What a row is known by, for its actions." })),
          log = t.optional(lines),
          times = t.optional(t.array(t.integer { description = "Seconds since 1970." })),
          series = t.optional(t.array(t.object { label = t.string(), values = t.array(t.nullable(t.number())) })),
          markup = t.optional(shown_markup), unit = t.optional(t.string()), fields = t.optional(t.array(field)),
          button = t.optional(t.string { description = "What a form calls its button." }),
          summary = t.optional(t.string { description = "Of a form in share.limits: what holds now, a sentence." }),
        },
        [404] = true, [503] = true,
      },
      handler = panel_data },
    { "POST /api/v1/plugins/:name/panels/:panel", scope = "admin", parameters = { name = name, panel = name },
      summary = "Sends what was written into a panel that is a form.", query = place,
      body = t.object { values = t.map(t.nullable(cell)) },
      answers = { [200] = done, [400] = true, [404] = true, [422] = true }, handler = submit },
    { "POST /api/v1/plugins/:name/panels/:panel/actions/:action", scope = "admin",
      parameters = { name = name, panel = name, action = name }, summary = "Does what an action of a panel does.",
      query = {
        share = place.share, language = language,
        row = t.optional(t.string { max = 64, description = "The key of the row in which it stands." }),
      },
      answers = { [200] = done, [404] = true }, handler = act },
  }
end
