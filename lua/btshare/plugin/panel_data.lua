-- What panels show and what their forms bring, in the shapes that the console draws: checked before anybody sees it.
local json = require "core.json"
local markup = require "btshare.plugin.markup"

local panel_data = {}

local longest_text, most_rows, most_columns, most_series, most_points, most_fields = 1000, 1000, 20, 20, 2000, 50

local function finite(value)
  return type(value) == "number" and value == value and math.abs(value) < math.huge
end

local function short_text(value)
  return type(value) == "string" and #value <= longest_text
end

-- What can stand in a cell: a text, a number, or true and false.
local function cell(value, where)
  if short_text(value) or type(value) == "boolean" or finite(value) then return value end
  return nil, where .. " must be a short text, a number, true or false"
end

-- Has each element of a list read by `read(element, where)`.
local function each(list, most, what, read)
  if type(list) ~= "table" then return nil, ("the %s must be a list"):format(what) end
  if #list == 0 and next(list) ~= nil then return nil, ("the %s must be a list"):format(what) end
  local made = {}
  for index, element in ipairs(list) do
    if index > most then break end
    local one, message = read(element, ("number %d of the %s"):format(index, what))
    if one == nil then return nil, message end
    made[index] = one
  end
  return json.array(made)
end

local shapes = {}

-- { { label = "Today", value = 3, unit = "bytes" }, … }
function shapes.stats(data)
  local list, message = each(data, most_rows, "data", function(item, where)
    if type(item) ~= "table" then return nil, where .. " must be a table" end
    local value, problem = cell(item.value, where .. ": its value")
    if value == nil then return nil, problem end
    if not short_text(item.label) then return nil, where .. " must have a label" end
    return { label = item.label, value = value, unit = short_text(item.unit) and item.unit or nil }
  end)
  return list and { stats = list }, message
end

-- What the rows are known by, for the actions that stand in each.
local function keys_of(data, count)
  if data.keys == nil then return true end
  local keys, message = each(data.keys, most_rows, "keys", function(key, where)
    if type(key) == "string" and #key <= 64 then return key end
    return nil, where .. " must be a short text"
  end)
  if keys and #keys ~= count then return nil, ("there are %d keys for %d rows"):format(#keys, count) end
  return keys, message
end

-- { columns = { "Who", "How much" }, rows = { { "Marie", 3 }, … }, keys = { "marie", … } }
function shapes.table(data)
  local columns, message = each(data.columns, most_columns, "columns", function(name, where)
    if short_text(name) then return name end
    return nil, where .. " must be a text"
  end)
  if not columns then return nil, message end
  if #columns == 0 then return nil, "the data must have columns" end
  local rows
  rows, message = each(data.rows or {}, most_rows, "rows", function(row, where)
    local cells = {}
    for column = 1, #columns do
      local value, problem = cell(type(row) == "table" and row[column] or "", where)
      if type(row) == "table" and row[column] == false then value = false end
      if value == nil then return nil, problem end
      cells[column] = value
    end
    return json.array(cells)
  end)
  if not rows then return nil, message end
  local keys
  keys, message = keys_of(data, #rows)
  return keys and { columns = columns, rows = rows, keys = keys ~= true and keys or nil }, message
end

local is_level = { error = true, warning = true, info = true, debug = true }

-- { { time = 1700000000, level = "info", text = "…" }, … }
function shapes.log(data)
  local list, message = each(data, most_rows, "data", function(line, where)
    if type(line) ~= "table" or not short_text(line.text) then return nil, where .. " must have a short text" end
    local time, level = finite(line.time) and math.floor(line.time), line.level or "info"
    if not time then return nil, where .. " must have a time, in seconds since 1970" end
    if not is_level[level] then return nil, where .. ': its level must be "error", "warning", "info" or "debug"' end
    return { time = time, level = level, text = line.text }
  end)
  return list and { log = list }, message
end

local function number_or_gap(value, where)
  if finite(value) then return value end
  if value == json.null or value == false then return json.null end
  return nil, where .. " must be a number, or false where there is none"
end

local function one_series(item, where, count)
  if type(item) ~= "table" or not short_text(item.label) then return nil, where .. " must have a label" end
  local values, message = each(item.values, most_points, "values", number_or_gap)
  if not values then return nil, ("%s: %s"):format(where, message) end
  if #values ~= count then
    return nil, ("%s: has %d values for %d times"):format(where, #values, count)
  end
  return { label = item.label, values = values }
end

-- { times = { 1700000000, … }, series = { { label = "Up", values = { 3, … } } }, unit = "B/s" }
function shapes.chart(data)
  local times, message = each(data.times, most_points, "times", function(time, where)
    if finite(time) then return math.floor(time) end
    return nil, where .. " must be seconds since 1970"
  end)
  if not times then return nil, message end
  local series
  series, message = each(data.series, most_series, "series", function(item, where)
    return one_series(item, where, #times)
  end)
  return series and { times = times, series = series, unit = short_text(data.unit) and data.unit or nil }, message
end

local fits = {
  text = short_text, secret = short_text, number = finite,
  switch = function(value) return type(value) == "boolean" end,
  choice = function(value, field)
    for _, choice in ipairs(field.choices) do
      if choice == value then return true end
    end
    return false
  end,
}
local wanted = {
  text = "must be a short text", secret = "must be a short text", number = "must be a number",
  switch = "must be true or false", choice = "must be one of the choices",
}

local function choices_of(field, where)
  if field.kind ~= "choice" then return true end
  local choices, message = each(field.choices, most_rows, "choices", function(choice, which)
    if short_text(choice) then return choice end
    return nil, which .. " must be a text"
  end)
  if not choices then return nil, ("%s: %s"):format(where, message) end
  return choices
end

-- What a secret is, is not said; only that there is one.
local function one_field(field, where)
  if type(field) ~= "table" or not short_text(field.name) or not field.name:find("^[%a_][%w_]*$") then
    return nil, where .. " must have a name of letters, digits and '_'"
  elseif not fits[field.kind] then
    return nil, where .. ': its kind must be "text", "number", "switch", "choice" or "secret"'
  end
  local choices, message = choices_of(field, where)
  if not choices then return nil, message end
  local made = {
    name = field.name, label = short_text(field.label) and field.label or field.name, kind = field.kind,
    choices = choices ~= true and choices or nil,
  }
  if field.value ~= nil and not fits[field.kind](field.value, made) then
    return nil, ("%s: its value %s"):format(where, wanted[field.kind])
  end
  if field.kind == "secret" then
    made.is_set = field.value ~= nil and field.value ~= ""
  else
    made.value = field.value
  end
  return made
end

-- { fields = { { name = "url", label = "Address", kind = "text", value = "…" }, … }, button = "…", summary = "…" }
function shapes.form(data)
  local fields, message = each(data.fields, most_fields, "fields", one_field)
  return fields and { fields = fields, button = short_text(data.button) and data.button or nil,
    summary = short_text(data.summary) and data.summary or nil }, message
end

-- "<p>Ready since <b>Monday</b>.</p>"
function shapes.html(data)
  local tree, message = markup.read(data)
  return tree and { markup = tree }, message
end

---Brings what a plugin gave into the shape that the console draws.
---@param kind "stats"|"table"|"form"|"log"|"chart"|"html"
---@param data any
---@return table? shown
---@return string? message
function panel_data.shape(kind, data)
  local wanted_type = kind == "html" and "string" or "table"
  if type(data) ~= wanted_type then
    return nil, "the data must be a " .. (wanted_type == "string" and "text" or wanted_type)
  end
  return shapes[kind](data)
end

---Checks what was sent by a form. A field that was left out stays away; a number that was emptied is false.
---@param fields table[] as they were shown
---@param values table<string, any>
---@return table<string, any>? values
---@return string? message
---@return string? name of the field
function panel_data.check_values(fields, values)
  local by_name, checked = {}, {}
  for _, field in ipairs(fields) do by_name[field.name] = field end
  for name, value in pairs(values) do
    local field = by_name[name]
    if not field then return nil, "is no field of this form", name end
    local is_emptied = value == json.null and field.kind == "number"
    if not is_emptied and not fits[field.kind](value, field) then return nil, wanted[field.kind], name end
    checked[name] = not is_emptied and value
  end
  return checked
end

return panel_data
