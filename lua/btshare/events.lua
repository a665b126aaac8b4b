-- Events: questions that any handler can answer with no, and facts that handlers are told. Each handler has an event of
-- its own: what one changes in it another does not see, and it stays true afterwards.
local copy = require "core.copy"
local log = require "btshare.log"
local suggest = require "btshare.suggest"
local task = require "btshare.task"

---@class btshare.events.handler
---@field fn function
---@field priority number
---@field owner string? for messages
---@field options btshare.task.options of the tasks in which it is told facts
---@field is_gone boolean?

---@class btshare.events
---@field package catalog table<string, btshare.catalog.entry>
---@field package lists table<string, btshare.events.handler[]> never changed, always replaced: a walk may wait
---@field package untold table[] facts whose turn has not come
---@field package is_telling boolean
local events = {}
events.__index = events

---@param catalog table<string, btshare.catalog.entry>
---@return btshare.events
function events.new(catalog)
  return setmetatable({ catalog = catalog, lists = {}, untold = {}, is_telling = false }, events)
end

-- A misspelt event would never happen, and nobody would know: so its name is an error.
local function check_name(self, name, kind, level)
  local entry = self.catalog[name]
  if not entry then
    local phrase = suggest.phrase(tostring(name), self.catalog)
    error(("event '%s' is unknown%s"):format(tostring(name), phrase), level + 1)
  elseif kind and entry.kind ~= kind then
    error(("event '%s' is a %s, not a %s"):format(name, entry.kind, kind), level + 1)
  end
end

---Has `fn(event)` called at each `name`; inside a task, so it may wait.
---@param name string
---@param fn fun(event: table): any
---@param priority number? higher comes first; 0 if absent
---@param owner string? who asks, for messages
---@param options btshare.task.options? of the tasks in which it is told facts
---@return fun() undo
function events:on(name, fn, priority, owner, options)
  check_name(self, name, nil, 2)
  if type(fn) ~= "function" then error(("event '%s': a function is wanted"):format(name), 2) end
  options = options or { on_error = function(traceback) log.error("%s: %s", owner or name, traceback) end }
  local handler = { fn = fn, priority = priority or 0, owner = owner, options = options }
  local list, placed = {}, false
  for _, other in ipairs(self.lists[name] or {}) do
    if not placed and other.priority < handler.priority then
      list[#list + 1] = handler
      placed = true
    end
    list[#list + 1] = other
  end
  if not placed then list[#list + 1] = handler end
  self.lists[name] = list
  return function() self:remove(name, handler) end
end

---@package
function events:remove(name, handler)
  if handler.is_gone then return end
  handler.is_gone = true
  local list = {}
  for _, other in ipairs(self.lists[name]) do
    if other ~= handler then list[#list + 1] = other end
  end
  self.lists[name] = list[1] and list or nil
end

---Whether anybody handles `name`: for events that are dear to make.
---@param name string
---@return boolean
function events:has(name)
  return self.lists[name] ~= nil
end

-- Goes through the handlers of an event. What was replaced while another one waited counts: a plugin that is reloaded
-- in the meantime is asked in its new form, and nobody is asked twice.
local function each_once(self, name)
  local asked, list, index = {}, self.lists[name], 0
  return function()
    if self.lists[name] ~= list then list, index = self.lists[name], 0 end
    local handler
    repeat
      index = index + 1
      handler = list and list[index]
    until not handler or not asked[handler]
    if handler then asked[handler] = true end
    return handler
  end
end

-- What a handler has put into its event: checked, and put into the asker's.
local function take_over(settable, event, own)
  for _, field in ipairs(settable) do
    local name = field.name
    local value, former = own[name], event[name]
    if value ~= nil and value ~= former then
      local checked, message = field.check(value, former)
      if checked == nil then return nil, name .. " " .. message end
      event[name] = checked
    end
  end
  return true
end

local function failed(handler, name, problem)
  log.error("%s: %s", handler.owner or name, problem)
  return false, ("%s failed while it was asked"):format(handler.owner or name), "failed"
end

---Asks all handlers of a question in turn, until one says no. Runs in the caller's task.
---@param name string
---@param event table the caller's; what handlers may set of it is what they have set, afterwards
---@return boolean allowed
---@return string? reason in words, where not
---@return string? code
function events:ask(name, event)
  check_name(self, name, "question", 2)
  local entry = self.catalog[name]
  local settable, has_yes = entry.settable, not entry.needs_yes
  for handler in each_once(self, name) do
    local own = copy(event)
    local fine, answer, reason, code = xpcall(handler.fn, debug.traceback, own)
    if not fine then
      return failed(handler, name, answer)
    elseif answer == false then
      return false, reason or "refused", code or "denied"
    elseif settable then
      local taken, message = take_over(settable, event, own)
      if not taken then return failed(handler, name, ("%s: %s"):format(name, message)) end
    end
    has_yes = has_yes or answer == true
  end
  if has_yes then return true end
  return false, "nobody said yes", "denied"
end

---Tells all handlers of a fact, each in a task of its own. They all see facts in the same order: what a
---handler tells comes after what it was told. Where nobody handles it, this costs two look-ups; an event that is dear
---to make is made only where `has` says so.
---@param name string
---@param event table the handlers' from then on
function events:tell(name, event)
  check_name(self, name, "fact", 2)
  if not self.lists[name] then return end
  table.insert(self.untold, { name = name, event = event })
  if self.is_telling then return end
  self.is_telling = true
  local _ <close> = task.on_close(function() self.untold, self.is_telling = {}, false end)
  local index = 1
  while self.untold[index] do
    local fact = self.untold[index]
    self.untold[index] = false
    index = index + 1
    local list = self.lists[fact.name] or {}
    for place, handler in ipairs(list) do
      if not handler.is_gone then
        local own = place < #list and copy(fact.event) or fact.event
        task.spawn_with(handler.options, handler.fn, own)
      end
    end
  end
end

return events
