-- Panels that plugins declare for the console: what they are, and the data that they show, checked before anybody sees
-- it. The console draws them, so that they look like the rest and can run nothing.
local json = require "core.json"
local types = require "btshare.types"

local panel = {}

---@class btshare.plugin.Panel
---@field id string
---@field slot string where it stands in the console
---@field title string
---@field kind "stats"|"table"
---@field data fun(context: table): table asked each time the panel is shown
---@field actions table<string, function>?

panel.slots = {
  "shares.card", "share.detail", "share.page", "receive", "activity.card", "settings.section", "nav",
}
panel.kinds = { "stats", "table" }

local longest_text, most_rows, most_columns = 1000, 1000, 20

local function text(value)
  if type(value) == "string" and value ~= "" and #value <= longest_text then return value end
  return nil, "must be a text that is not empty"
end

local function id(value)
  if type(value) == "string" and #value <= 64 and value:find("^[%w][%w_-]*$") then return value end
  return nil, "must have letters, digits, '-' and '_'"
end

local function is_function(value)
  if type(value) == "function" then return value end
  return nil, "must be a function"
end

local function actions(value)
  if type(value) ~= "table" then return nil, "must be functions by name" end
  for name, fn in pairs(value) do
    if type(name) ~= "string" or type(fn) ~= "function" then return nil, "must be functions by name" end
  end
  return value
end

local rules = {
  id = id, slot = types.required(types.choice(panel.slots)), title = types.required(text),
  kind = types.required(types.choice(panel.kinds)), data = types.required(is_function), actions = actions,
}

local function slug(title)
  local made = title:lower():gsub("[^%w]+", "-"):gsub("^%-+", ""):gsub("%-+$", "")
  return made ~= "" and made:sub(1, 64) or "panel"
end

---Checks what a plugin declares.
---@param description table
---@return btshare.plugin.Panel? panel
---@return string? message
function panel.check(description)
  local checked, messages = types.fields(rules, description, "its")
  if not checked then return nil, table.concat(messages, "; ") end
  checked.id = checked.id or slug(checked.title)
  return checked
end

-- What can stand in a cell: a text, a number, or true and false.
local function cell(value, where)
  local kind = type(value)
  if kind == "string" and #value <= longest_text or kind == "boolean" then return value end
  if kind == "number" and value == value and math.abs(value) < math.huge then return value end
  return nil, where .. " must be a short text, a number, true or false"
end

local shapes = {}

-- { { label = "Today", value = 3, unit = "bytes" }, … }
function shapes.stats(data)
  local list = {}
  if #data == 0 and next(data) ~= nil then return nil, "the data must be a list" end
  for index, item in ipairs(data) do
    local where = ("number %d of the data"):format(index)
    if type(item) ~= "table" then return nil, where .. " must be a table" end
    local value, message = cell(item.value, where .. ": its value")
    if value == nil then return nil, message end
    if type(item.label) ~= "string" then return nil, where .. " must have a label" end
    list[index] = { label = item.label, value = value, unit = type(item.unit) == "string" and item.unit or nil }
    if index == most_rows then break end
  end
  return { stats = json.array(list) }
end

-- { columns = { "Who", "How much" }, rows = { { "Marie", 3 }, … } }
function shapes.table(data)
  local columns, rows = {}, {}
  for index, name in ipairs(type(data.columns) == "table" and data.columns or {}) do
    if type(name) ~= "string" then return nil, "a column must be a text" end
    columns[index] = name
    if index == most_columns then break end
  end
  if #columns == 0 then return nil, "the data must have columns" end
  for index, row in ipairs(type(data.rows) == "table" and data.rows or {}) do
    local cells = {}
    for column = 1, #columns do
      local value, message = cell(type(row) == "table" and row[column] or "", ("row %d"):format(index))
      if value == nil then return nil, message end
      cells[column] = value
    end
    rows[index] = json.array(cells)
    if index == most_rows then break end
  end
  return { columns = json.array(columns), rows = json.array(rows) }
end

---Brings what a plugin gave into the shape that the console draws.
---@param kind "stats"|"table"
---@param data any
---@return table? shown
---@return string? message
function panel.shape(kind, data)
  if type(data) ~= "table" then return nil, "the data must be a table" end
  return shapes[kind](data)
end

return panel
