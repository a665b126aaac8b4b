-- What the console asks of plugins: what one logged, which panels there are, what one shows, and what is done by its
-- actions and its form. These are methods of the plugin manager.
local panel_data = require "btshare.plugin.panel_data"

---@class btshare.plugin.Notice
---@field plugin string
---@field text table<string, string> by language
---@field share string? id
---@field news string? of each such word it is said in passing, once
---@field action {panel: string, name: string, row: string?, title: table<string, string>}?

---@class btshare.plugin.manager
local methods = {}

---@param name string
---@return btshare.plugin.line[]? lines newest first
---@return string? message
---@return string? code
function methods:lines(name)
  local entry = self.entries[name]
  if not entry then return nil, ("plugin '%s': it is not loaded"):format(name), "missing" end
  return entry.lines:list()
end

---@return {plugin: string, panel: btshare.plugin.Panel}[] panels for the console, by name of their plugins
function methods:panels()
  local panels = {}
  for _, item in ipairs(self:list()) do
    for _, declared in ipairs(self.entries[item.name].instance.panels) do
      panels[#panels + 1] = { plugin = item.name, panel = declared }
    end
  end
  return panels
end

-- What is offered beside a notice; nothing where its panel has no such action, or one that is asked about first.
local function offer_of(instance, wanted)
  for _, declared in ipairs(wanted and instance.panels or {}) do
    for _, one in ipairs(declared.id == wanted.panel and declared.actions or {}) do
      if one.name == wanted.name and not one.confirm then
        local title = type(one.title) == "table" and one.title or { en = one.title }
        return { panel = wanted.panel, name = wanted.name, row = wanted.row, title = title }
      end
    end
  end
end

---@return btshare.plugin.Notice[] what waits for a person
function methods:notices()
  local notices = {}
  for _, item in ipairs(self:list()) do
    local instance = self.entries[item.name].instance
    for _, notice in ipairs(instance.notices) do
      notices[#notices + 1] = {
        plugin = item.name, text = notice.text, share = notice.share, news = notice.news,
        action = offer_of(instance, notice.action),
      }
    end
  end
  return notices
end

local function find(self, name, id)
  local entry = self.entries[name]
  if not entry then return nil, ("plugin '%s': it is not loaded"):format(tostring(name)), "missing" end
  for _, declared in ipairs(entry.instance.panels) do
    if declared.id == id then return declared, entry.instance end
  end
  return nil, ("plugin '%s': has no panel %s"):format(name, id), "missing"
end

-- A mistake of the plugin that is none of Lua's.
local function blame(instance, id, message)
  message = ("panel %s: %s"):format(id, message)
  instance.guard:strike(message, message)
  return nil, ("plugin '%s': %s"):format(instance.name, message), "failed"
end

local function show(instance, declared, context)
  local called, data, message, code = instance.guard:call(declared.data, context)
  if not called then return nil, instance.owner .. " failed", "failed" end
  if data == false then return { hidden = true } end
  if data == nil then
    return nil, message or ("plugin '%s': has no data now"):format(instance.name), code or "busy"
  end
  local shown
  shown, message = panel_data.shape(declared.kind, data)
  if not shown then return blame(instance, declared.id, message) end
  return shown
end

---What a panel shows now: its plugin is asked. Call in a task.
---@param name string of the plugin
---@param id string of the panel
---@param context table what the plugin is told of where it is shown
---@return table? data
---@return string? message
---@return string? code
---@return btshare.plugin.Panel? panel
function methods:panel_data(name, id, context)
  local declared, instance, code = find(self, name, id)
  if not declared then return nil, instance, code end
  local shown, message
  shown, message, code = show(instance, declared, context)
  if not shown then return nil, message, code end
  return shown, nil, nil, declared
end

-- What an action or a form gives back: a message, nothing, or nil, message, code.
local function finish(instance, id, called, result, message, code)
  if not called then return nil, instance.owner .. " failed", "failed" end
  if result == nil or result == false then
    if type(message) == "string" then return nil, message, type(code) == "string" and code or "failed" end
    return {}
  elseif result == true then
    return {}
  elseif type(result) == "string" then
    return { message = result }
  end
  return blame(instance, id, ("answered with a %s, not with a message"):format(type(result)))
end

---Does what an action of a panel does. Call in a task.
---@param name string of the plugin
---@param id string of the panel
---@param action string
---@param context table
---@return {message: string?}? done
---@return string? message
---@return string? code
function methods:panel_act(name, id, action, context)
  local declared, instance, code = find(self, name, id)
  if not declared then return nil, instance, code end
  for _, one in ipairs(declared.actions) do
    if one.name == action then return finish(instance, id, instance.guard:call(one.fn, context)) end
  end
  return nil, ("plugin '%s': panel %s has no action %s"):format(name, id, action), "missing"
end

---Gives a form what was written into it. Its fields are asked for again, so that nothing else gets to the plugin. Call
---in a task.
---@param name string of the plugin
---@param id string of the panel
---@param values table<string, any>
---@param context table
---@return {message: string?}? done
---@return string? message
---@return string? code
---@return string? field that is wrong
function methods:panel_submit(name, id, values, context)
  local declared, instance, code = find(self, name, id)
  if not declared then return nil, instance, code end
  if not declared.submit then return nil, ("plugin '%s': panel %s is no form"):format(name, id), "invalid" end
  local shown, message
  shown, message, code = show(instance, declared, context)
  if not shown then return nil, message, code end
  if shown.hidden then return nil, ("plugin '%s': panel %s is not shown now"):format(name, id), "missing" end
  local checked, why, field = panel_data.check_values(shown.fields, values)
  if not checked then return nil, ("%s: %s"):format(field, why), "invalid", field end
  return finish(instance, id, instance.guard:call(declared.submit, checked, context))
end

return methods
