-- Checks a value against a JSON Schema, as far as our own schemas go; what is wrong is told by its member.
local json = require "core.json"
local suggest = require "btshare.suggest"

local check = {}

local array_mark = getmetatable(json.array {})

local function is_array(value)
  return type(value) == "table" and (getmetatable(value) == array_mark or #value > 0)
end

-- The type of a value in JSON's words. A whole number is an integer however it was written.
local function kind_of(value)
  if value == json.null or value == nil then return "null" end
  local kind = type(value)
  if kind == "table" then return is_array(value) and "array" or "object" end
  if kind == "number" then return math.tointeger(value) and "integer" or "number" end
  return kind
end

local words = {
  string = "a text", integer = "a whole number", number = "a number", boolean = "true or false", array = "a list",
  object = "an object", null = "null",
}

local function has_type(wanted, kind)
  return wanted == kind or wanted == "number" and kind == "integer"
end

local function check_type(schema, kind)
  local wanted = schema.type
  if wanted == nil then return true end
  local list = type(wanted) == "table" and wanted or { wanted }
  local named = {}
  for index, one in ipairs(list) do
    if has_type(one, kind) then return true end
    named[index] = words[one]
  end
  return nil, "must be " .. table.concat(named, " or ")
end

local function check_enum(choices, value)
  local quoted = {}
  for index, choice in ipairs(choices) do
    if choice == value then return true end
    quoted[index] = ('"%s"'):format(choice)
  end
  return nil, "must be " .. table.concat(quoted, " or ")
end

local function plural(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or "s")
end

local kinds = {}

function kinds.string(schema, value)
  local length = utf8.len(value)
  if not length then return nil, "must be UTF-8" end
  if schema.enum then
    local fine, message = check_enum(schema.enum, value)
    if not fine then return nil, message end
  end
  if schema.minLength and length < schema.minLength then
    return nil, schema.minLength == 1 and "must not be empty"
      or "must have at least " .. plural(schema.minLength, "character")
  elseif schema.maxLength and length > schema.maxLength then
    return nil, "must have at most " .. plural(schema.maxLength, "character")
  elseif schema.pattern and not value:find(schema.pattern) then
    return nil, "must look like " .. schema.pattern
  end
  return value
end

function kinds.number(schema, value)
  if value ~= value or math.abs(value) == math.huge then return nil, "must be a number" end
  if schema.minimum and value < schema.minimum then
    return nil, ("must be at least %s"):format(schema.minimum)
  elseif schema.maximum and value > schema.maximum then
    return nil, ("must be at most %s"):format(schema.maximum)
  end
  return value
end

function kinds.integer(schema, value)
  local fine, message = kinds.number(schema, value)
  if not fine then return nil, message end
  local wanted = type(schema.type) == "table" and schema.type[1] or schema.type
  return wanted == "integer" and math.tointeger(value) or value
end

function kinds.boolean(_, value)
  return value
end

function kinds.null()
  return json.null
end

function kinds.array(schema, value, path, resolve)
  if schema.minItems and #value < schema.minItems then
    return nil, "must have at least " .. plural(schema.minItems, "element")
  elseif schema.maxItems and #value > schema.maxItems then
    return nil, "must have at most " .. plural(schema.maxItems, "element")
  end
  local checked = {}
  for index, element in ipairs(value) do
    local place = ("%s[%d]"):format(path, index - 1)
    local result, message, member = check.value(schema.items or {}, element, place, resolve)
    if result == nil then return nil, message, member end
    checked[index] = result
  end
  return json.array(checked)
end

local function sorted_names(value)
  local names = {}
  for name in pairs(value) do names[#names + 1] = tostring(name) end
  table.sort(names)
  return names
end

local function refuse(path, name, message)
  local member = path .. "." .. name
  return nil, member .. ": " .. message, member
end

function kinds.object(schema, value, path, resolve)
  local properties, others = schema.properties or {}, schema.additionalProperties
  for _, name in ipairs(schema.required or {}) do
    if value[name] == nil then return refuse(path, name, "must be given") end
  end
  local checked, count = {}, 0
  for _, name in ipairs(sorted_names(value)) do
    local of = properties[name] or (others ~= false and (others or {}))
    if not of then
      return refuse(path, name:sub(1, 100), "is unknown" .. suggest.phrase(name, properties))
    end
    local result, message, member = check.value(of, value[name], path .. "." .. name, resolve)
    if result == nil then return nil, message, member end
    checked[name], count = result, count + 1
  end
  if schema.minProperties and count < schema.minProperties then
    return nil, "must have at least " .. plural(schema.minProperties, "member")
  end
  return checked
end

local function check_any(schemas, value, path, resolve)
  local message, member
  for _, schema in ipairs(schemas) do
    local result, why, where = check.value(schema, value, path, resolve)
    if result ~= nil then return result end
    -- The form that got furthest says best what is wrong.
    if not member or #where > #member then message, member = why, where end
  end
  return nil, message, member
end

---@param schema btshare.api.schema
---@param value any false is a value; nil is null
---@param path string
---@param resolve fun(reference: string): btshare.api.schema?
---@return any checked nil where the value is refused
---@return string? message
---@return string? member
function check.value(schema, value, path, resolve)
  if schema["$ref"] then
    local found = resolve(schema["$ref"]) or error(schema["$ref"] .. ": no such schema", 0)
    return check.value(found, value, path, resolve)
  elseif schema.anyOf then
    return check_any(schema.anyOf, value, path, resolve)
  end
  local kind = kind_of(value)
  local result, message, member
  if kinds[kind] then
    result, message = check_type(schema, kind)
    if result then result, message, member = kinds[kind](schema, value, path, resolve) end
  else
    message = "must be something that JSON can say"
  end
  if result == nil then
    return nil, member and message or path .. ": " .. message, member or path
  end
  return result
end

return check
