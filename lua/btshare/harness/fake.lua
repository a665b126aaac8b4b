-- The `fake` that each test of a plugin is given: a BTshare to act upon, and to look at afterwards.
local files = require "btshare.harness.files"
local panels = require "btshare.plugin.panel"
local suggest = require "btshare.suggest"
local types = require "btshare.types"
local world = require "btshare.harness.world"

---What a file of tests is handed: `local test = ... ---@type btshare.test`.
---@alias btshare.test fun(name: string, fn: fun(fake: btshare.test.Fake))

---@class btshare.test.Fake
---@field fetches table[] what the plugin asked of other servers by `http.fetch`, and sent by `mail.send`, oldest first
---@field runs table[] programs that it ran by `process.run`, oldest first
---@field restrictions {up: integer?, down: integer?, pause: boolean?}[] by `limits.restrict` that hold now
---@field folder string an empty folder of the test's own, for `fs`
local methods = {}

-- What a fake stands for, out of the test's reach.
local worlds = setmetatable({}, { __mode = "k" }) ---@type table<table, btshare.harness.World>

local function world_of(fake, method)
  return worlds[fake] or error(("fake:%s must be called with a colon"):format(method), 3)
end

-- The first thing that a test does with the plugin loads it, without options, if the test has not.
local function loaded(fake, method)
  local own = world_of(fake, method)
  if not own.is_loaded then
    if own.was_tried then error(own.refusal or "the plugin is unloaded", 3) end
    local done, message = own:load()
    if not done then error(message, 3) end
  end
  return own
end

-- Gives what came of something once the plugin has come to rest.
local function settled(own, ...)
  own:settle()
  return ...
end

local function check_event(own, name, kind, other)
  local entry = own.catalog[name]
  if not entry then error(("event '%s' is unknown%s"):format(name, suggest.phrase(name, own.catalog)), 3) end
  if entry.kind ~= kind then error(("event '%s' is %s"):format(name, other), 3) end
end

---Loads the plugin with options, as `plugin "NAME" { … }` in config.lua does.
---@param options table?
---@return true|nil loaded
---@return string? message
function methods:load(options)
  return world_of(self, "load"):load(options)
end

---Loads the plugin's file again, as `btshare reload` does. What it keeps in its store stays.
---@param options table? new ones
---@return true|nil reloaded
---@return string? message
function methods:reload(options)
  return loaded(self, "reload"):reload(options)
end

---Unloads the plugin.
function methods:unload()
  loaded(self, "unload"):unload()
end

---Puts a share there that is ready, without an event. What is not said of it is made up.
---@param fields {name: string?, size: integer?, kind: string?, exposure: string?, created: integer?}?
---@return table share as events carry it, alive: what the plugin does to the share shows in it
function methods:share(fields)
  return world_of(self, "share").shares:put(fields)
end

---Puts a file or folder into a shared folder: asks `share-create`, then tells `share-created` and `share-ready`.
---@param fields table? as of `share`
---@return table|nil share
---@return string? reason why not
---@return string? code
function methods:add(fields)
  local own = loaded(self, "add")
  local share = own.shares:put(fields)
  local question = own:event("share-create", {
    root = share.root, name = share.name, kind = share.kind, size = share.size, path = share.path,
    exposure = share.exposure,
  })
  local allowed, reason, code = own.bus:ask("share-create", question)
  if not allowed then
    own.shares:take_away(share)
    return nil, reason, code
  end
  if question.name ~= share.name then share.title = question.name end
  share.exposure = question.exposure or share.exposure
  share.expires, share.description = question.expires, question.description
  self:tell("share-created", { share = share, from_restore = false })
  self:tell("share-ready", { share = share, from_restore = false })
  return share
end

---Tells a fact, with the fields that matter; the others are made up. Comes back when the plugin has handled it.
---@param name string
---@param fields table?
function methods:tell(name, fields)
  local own = loaded(self, "tell")
  check_event(own, name, "fact", "a question: fake:ask")
  own.bus:tell(name, own:event(name, fields))
  own:settle()
end

---Asks a question, with the fields that matter; the others are made up.
---@param name string
---@param fields table?
---@return boolean allowed
---@return string? reason where not
---@return string? code
---@return table event with what the plugin has filled in
function methods:ask(name, fields)
  local own = loaded(self, "ask")
  check_event(own, name, "question", "a fact: fake:tell")
  local event = own:event(name, fields)
  local allowed, reason, code = own.bus:ask(name, event)
  own:settle()
  return allowed, reason, code, event
end

---Asks a route of the plugin: `fake:request("GET /x?y=1")`. As the owner, where it is the console's.
---@param line string
---@param options {on: "public"|"console"|nil, scope: "read"|"share"|"admin"|false|nil, headers: table?, body: string?,
---  json: any, address: string?}? `scope` false: nobody who is logged in
---@return {status: integer, headers: table<string, string>, body: string, json: any} reply
function methods:request(line, options)
  local own = loaded(self, "request")
  return settled(own, own.requests:ask(line, options))
end

---Runs a command of the plugin, as `btshare NAME ARGUMENT…` does.
---@param name string
---@param ... string its arguments
---@return string|nil output
---@return string? message
---@return string? code
function methods:command(name, ...)
  local own = loaded(self, "command")
  local command = own.manager.commands:find(name)
  if not command then error(("the plugin has no command '%s'"):format(tostring(name)), 2) end
  return settled(own, own.manager.commands.run(command, { ... }))
end

local function panel_of(own, name, level)
  for _, item in ipairs(own.manager:panels()) do
    if item.panel.id == name or panels.say(item.panel.title) == name then return item.panel end
  end
  error(("the plugin has no panel '%s'"):format(tostring(name)), level + 1)
end

---What a panel shows: `stats`, `columns` and `rows`, …, by its kind.
---@param name string its title or its id
---@param context {share: string?}?
---@return table|nil data
---@return string? message
function methods:panel(name, context)
  local own = loaded(self, "panel")
  return own.manager:panel_data(own.name, panel_of(own, name, 2).id, context or {})
end

---Presses a button of a panel.
---@param name string the panel's title or id
---@param action string
---@param context {share: string?}?
---@return table|nil answer
---@return string? message
function methods:press(name, action, context)
  local own = loaded(self, "press")
  return settled(own, own.manager:panel_act(own.name, panel_of(own, name, 2).id, action, context or {}))
end

---Sends a form of the plugin.
---@param name string the panel's title or id
---@param values table<string, any>
---@param context {share: string?}?
---@return table|nil answer
---@return string? message
function methods:submit(name, values, context)
  local own = loaded(self, "submit")
  return settled(own, own.manager:panel_submit(own.name, panel_of(own, name, 2).id, values, context or {}))
end

---Lets time pass: timers run, and tasks that sleep go on. `fake:advance("2h")`.
---@param period number|string
function methods:advance(period)
  local own = loaded(self, "advance")
  local seconds, message = types.period(period)
  if not seconds then error("fake:advance: the period " .. message, 2) end
  own.clock:advance(seconds, function() own:settle() end)
end

---Lets time pass until the clocks here show `moment`: "23:30", or "2026-03-01 23:30". A test begins on Monday,
---2026-01-05, at noon.
---@param moment string
function methods:at(moment)
  local own = loaded(self, "at")
  local when, message = own.clock:moment(moment)
  if not when then error("fake:at: " .. message, 2) end
  own.clock:advance(when - own.clock.now, function() own:settle() end)
end

---@return integer now seconds since 1970, as the plugin sees it
function methods:now()
  return math.floor(world_of(self, "now").clock.now)
end

---What the plugin keeps by `plugin:store(name)`, to look at and to put there beforehand.
---@param name string
---@return table<string, any>
function methods:store(name)
  return world_of(self, "store"):values(name)
end

---Has `fn(request)` answer what the plugin fetches; without it every reply is an empty 200. A mail is a request whose
---`url` is that of its server, with `from`, `to` and `body`.
---@param fn fun(request: table): table?, string?, string?
function methods:on_fetch(fn)
  world_of(self, "on_fetch").outside:on_fetch(fn)
end

---Has `fn(arguments)` answer for the programs that it runs; without it each ends well and says nothing.
---@param fn fun(arguments: table): table?, string?, string?
function methods:on_run(fn)
  world_of(self, "on_run").outside:on_run(fn)
end

---Has `fn` do what a function of `require "btshare.…"` does: `fake:play("shares.overdue", function() return {} end)`.
---@param name string module and function
---@param fn fun(...): ...
function methods:play(name, fn)
  local own = world_of(self, "play")
  if type(name) ~= "string" or not name:find("^[%w_]+%.[%w_]+$") or type(fn) ~= "function" then
    error('fake:play: "MODULE.NAME" and a function are wanted', 2)
  end
  own.plays[name] = fn
end

---Writes a file into `fake.folder`.
---@param path string relative to the folder
---@param content string
---@return string path absolute
function methods:file(path, content)
  return files.write(world_of(self, "file").outside, path, content)
end

---Whether the plugin has logged a line in which this text stands.
---@param text string as it is, no pattern
---@param level "error"|"warning"|"info"|"debug"|nil default: any
---@return boolean
function methods:logged(text, level)
  return world_of(self, "logged"):has_logged(text, level)
end

---The facts of a name that were told since the test began, oldest first.
---@param name string
---@return table[] events
function methods:facts(name)
  local events = {}
  for _, fact in ipairs(world_of(self, "facts").told) do
    if fact.name == name then events[#events + 1] = fact.event end
  end
  return events
end

---The plugin's errors so far. A test in which there are some fails, unless it has taken them.
---@return string[] messages with tracebacks
function methods:errors()
  local own = world_of(self, "errors")
  local taken = own.errors
  own.errors = {}
  return taken
end

local fake = {}

---@param path string of the plugin's file, absolute
---@return btshare.test.Fake fake
---@return btshare.harness.World world for the runner, which must close it
function fake.open(path)
  local own = world.open(path)
  local outside = own.outside
  local made = setmetatable({
    fetches = outside.fetches, runs = outside.runs, restrictions = outside.restrictions,
  }, { __index = function(_, name)
    if methods[name] then return methods[name] end
    if name == "folder" then return files.folder(own.outside) end
    error(("fake:%s is unknown%s"):format(tostring(name), suggest.phrase(tostring(name), methods)), 2)
  end })
  worlds[made] = own
  return made, own
end

return fake
