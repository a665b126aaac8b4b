-- Panels that plugins declare for the console, checked when they are declared. The console draws them, so that they
-- look like the rest and can run nothing.
local types = require "btshare.types"

local panel = {}

---@alias btshare.plugin.Words string|table<string, string> or by language: { en = "…", fr = "…" }

---@class btshare.plugin.Action
---@field name string
---@field title btshare.plugin.Words
---@field confirm btshare.plugin.Words? a question to be asked before
---@field each boolean? of a table: it stands in each row, and is told its key
---@field fn fun(context: table): string|true|nil, string?, string? a message, nothing, or nil, message, code

---@class btshare.plugin.Panel
---@field id string
---@field slot string where it stands in the console
---@field title btshare.plugin.Words
---@field kind "stats"|"table"|"form"|"log"|"chart"|"html"
---@field data fun(context: table): table|string asked each time the panel is shown
---@field submit (fun(values: table, context: table): string|true|nil, string?, string?)? of a form
---@field actions btshare.plugin.Action[] by name

panel.slots = {
  "shares.card", "share.detail", "share.limits", "share.page", "receive", "activity.card", "settings.section", "nav",
}
panel.kinds = { "stats", "table", "form", "log", "chart", "html" }

local longest_text = 1000

local function is_text(value)
  return type(value) == "string" and value ~= "" and #value <= longest_text
end

local function words(value)
  if is_text(value) then return value end
  if type(value) ~= "table" or not value.en then return nil, 'must be a text that is not empty, or { en = "…" }' end
  for language, one in pairs(value) do
    if not is_text(one) then return nil, ("must have a text for '%s'"):format(language) end
  end
  return value
end

---Checks a text, or one by language.
panel.check_words = words

---@param value btshare.plugin.Words?
---@param language string?
---@return string?
function panel.say(value, language)
  if type(value) ~= "table" then return value end
  return value[language] or value.en
end

local function id(value)
  if type(value) == "string" and #value <= 64 and value:find("^[%w][%w_-]*$") then return value end
  return nil, "must have letters, digits, '-' and '_'"
end

---Checks the id of a panel, or the name of an action.
panel.check_id = id

local function is_function(value)
  if type(value) == "function" then return value end
  return nil, "must be a function"
end

local action_rules = { title = words, confirm = words, each = types.boolean, fn = types.required(is_function) }

local function action(name, value)
  if not id(name) then return nil, ("must be by name, and '%s' is none"):format(tostring(name)) end
  if type(value) == "function" then value = { fn = value } end
  if type(value) ~= "table" then return nil, ("must be functions or tables, and '%s' is neither"):format(name) end
  local checked, messages = types.fields(action_rules, value, ("'%s' is wrong: its"):format(name))
  if not checked then return nil, table.concat(messages, "; ") end
  checked.name, checked.title = name, checked.title or name
  return checked
end

local function actions(value)
  if type(value) ~= "table" then return nil, "must be functions by name" end
  local list = {}
  for name, one in pairs(value) do
    local checked, message = action(name, one)
    if not checked then return nil, message end
    list[#list + 1] = checked
  end
  table.sort(list, function(one, other) return one.name < other.name end)
  return list
end

local rules = {
  id = id, slot = types.required(types.choice(panel.slots)), title = types.required(words),
  kind = types.required(types.choice(panel.kinds)), data = types.required(is_function), submit = is_function,
  actions = types.default(actions, {}),
}

local function slug(title)
  local made = panel.say(title):lower():gsub("[^%w]+", "-"):gsub("^%-+", ""):gsub("%-+$", "")
  return made ~= "" and made:sub(1, 64) or "panel"
end

---Checks what a plugin declares.
---@param description table
---@return btshare.plugin.Panel? panel
---@return string? message
function panel.check(description)
  local checked, messages = types.fields(rules, description, "its")
  if not checked then return nil, table.concat(messages, "; ") end
  if checked.kind == "form" and not checked.submit then return nil, "its 'submit' must be given, which a form has" end
  if checked.kind ~= "form" and checked.submit then return nil, "its 'submit' is for a form" end
  for _, one in ipairs(checked.kind ~= "table" and checked.actions or {}) do
    if one.each then return nil, ("its 'actions' '%s' is wrong: 'each' is for a table"):format(one.name) end
  end
  if checked.slot == "share.limits" and checked.kind ~= "form" then
    return nil, "its 'kind' must be \"form\" among the limits of a share"
  end
  checked.id = checked.id or slug(checked.title)
  return checked
end

return panel
