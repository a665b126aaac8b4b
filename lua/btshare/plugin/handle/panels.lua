-- plugin:panel and plugin:notice: what a plugin shows in the console.
local instances = require "btshare.plugin.handle.instances"
local panel = require "btshare.plugin.panel"
local types = require "btshare.types"

---@class btshare.plugin.handle
local methods = {}

---Shows a panel in the console: { slot, title, kind, data = fn, actions = { name = fn } }. `data(context)` is asked
---whenever the panel is shown, and may wait. See btshare.plugin.Panel.
---@param description table
---@return fun() release
function methods:panel(description)
  local instance = instances.of(self, "panel")
  if type(description) ~= "table" then error("plugin:panel: a table is wanted", 2) end
  local checked, message = panel.check(description)
  if not checked then error("plugin:panel: " .. message, 2) end
  return instance:bind(function()
    for _, other in ipairs(instance.panels) do
      if other.id == checked.id then return nil, ("plugin:panel: there is a panel %s already"):format(checked.id) end
    end
    table.insert(instance.panels, checked)
    return function()
      for index, candidate in ipairs(instance.panels) do
        if candidate == checked then return table.remove(instance.panels, index) end
      end
    end
  end)
end

local most_notices = 100 -- of a plugin

local action_rules = {
  panel = types.required(panel.check_id), name = types.required(panel.check_id), row = types.string,
}

local function check_action(value)
  if type(value) ~= "table" then return nil, "must be a table" end
  local checked, messages = types.fields(action_rules, value, "is wrong: its")
  if not checked then return nil, table.concat(messages, "; ") end
  return checked
end

local notice_rules = {
  text = types.required(panel.check_words), share = types.string, news = types.string, action = check_action,
}

---Says in the console that a person is needed, until it is released: { text = …, share = id }, the share where they
---find what it is about. With `news` it is also said in passing, once of each such word; `action` is offered there.
---@param notice {text: btshare.plugin.Words, share: string?, news: string?, action: btshare.plugin.NoticeAction?}
---@return fun() release
function methods:notice(notice)
  local instance = instances.of(self, "notice")
  if type(notice) ~= "table" then error("plugin:notice: a table is wanted", 2) end
  local checked, messages = types.fields(notice_rules, notice, "its")
  if not checked then error("plugin:notice: " .. table.concat(messages, "; "), 2) end
  if type(checked.text) == "string" then checked.text = { en = checked.text } end
  return instance:bind(function()
    local notices = instance.notices
    if #notices >= most_notices then return nil, ("plugin:notice: there are %d already"):format(most_notices) end
    notices[#notices + 1] = checked
    return function()
      for index, candidate in ipairs(notices) do
        if candidate == checked then return table.remove(notices, index) end
      end
    end
  end)
end

return methods
