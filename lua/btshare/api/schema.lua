-- The shapes of what the API takes and gives: JSON Schemas (2020-12, as OpenAPI 3.1 has them), made by constructors.
local check = require "btshare.api.check"

---@alias btshare.api.schema table<string, any> a JSON Schema

---@class btshare.api.schemas
local schema = {}

-- Which schemas may be absent is no part of JSON Schema itself; it ends up in the `required` of their object.
local optional = setmetatable({}, { __mode = "k" })

-- Schemas with names, that others refer to.
local defined = {}

local function make(kind, options, names)
  local made = { type = kind }
  for name, value in pairs(options or {}) do
    local keyword = names[name] or error(("schema: a %s has no '%s'"):format(kind or "schema", tostring(name)), 3)
    made[keyword] = value
  end
  return made
end

-- Patterns are for browsers and for Lua alike, so they keep to what means the same in both.
local function check_pattern(pattern)
  local outside = pattern:gsub("%[[^%]]*%]", "")
  if pattern:find("[%%\\{}|()]") or outside:find("-", 1, true) then
    error(("schema: the pattern %s must mean the same in Lua and in JavaScript"):format(pattern), 3)
  end
end

---@param options {min: integer?, max: integer?, pattern: string?, choices: string[]?, format: string?,
---description: string?}? min and max in characters; a pattern is one of Lua and a regular expression at once
---@return btshare.api.schema
function schema.string(options)
  if options and options.pattern then check_pattern(options.pattern) end
  return make("string", options, {
    min = "minLength", max = "maxLength", pattern = "pattern", choices = "enum", format = "format",
    description = "description", default = "default",
  })
end

local number_names = { min = "minimum", max = "maximum", description = "description", default = "default" }

---@param options {min: integer?, max: integer?, description: string?, default: integer?}?
---@return btshare.api.schema
function schema.integer(options)
  return make("integer", options, number_names)
end

---@param options {min: number?, max: number?, description: string?, default: number?}?
---@return btshare.api.schema
function schema.number(options)
  return make("number", options, number_names)
end

---@param options {description: string?, default: boolean?}?
---@return btshare.api.schema
function schema.boolean(options)
  return make("boolean", options, { description = "description", default = "default" })
end

---Anything that JSON can say.
---@param options {description: string?}?
---@return btshare.api.schema
function schema.any(options)
  return make(nil, options, { description = "description" })
end

---@param item btshare.api.schema
---@param options {min: integer?, max: integer?, description: string?}?
---@return btshare.api.schema
function schema.array(item, options)
  local made = make("array", options, { min = "minItems", max = "maxItems", description = "description" })
  made.items = item
  return made
end

---An object with these members and no others; each must be there unless it is optional.
---@param fields table<string, btshare.api.schema>
---@param options {description: string?, min: integer?}? min: so many members there must be
---@return btshare.api.schema
function schema.object(fields, options)
  local made = make("object", options, { description = "description", min = "minProperties" })
  local required = {}
  for name, field in pairs(fields) do
    if not optional[field] then required[#required + 1] = name end
  end
  table.sort(required)
  made.properties, made.additionalProperties = fields, false
  made.required = required[1] and required or nil
  return made
end

---An object whose names are not known beforehand.
---@param item btshare.api.schema
---@param options {description: string?}?
---@return btshare.api.schema
function schema.map(item, options)
  local made = make("object", options, { description = "description" })
  made.additionalProperties = item
  return made
end

local function copy(original)
  local made = {}
  for name, value in pairs(original) do made[name] = value end
  return made
end

---For a member of an object and for a part of the query: may be absent.
---@param of btshare.api.schema
---@return btshare.api.schema
function schema.optional(of)
  local made = copy(of)
  optional[made] = true
  return made
end

---@param of btshare.api.schema
---@return boolean
function schema.is_optional(of)
  return optional[of] == true
end

---May be null.
---@param of btshare.api.schema
---@return btshare.api.schema
function schema.nullable(of)
  local made
  if type(of.type) == "string" and not of.enum then
    made = copy(of)
    made.type = { of.type, "null" }
  else
    made = { anyOf = { of, { type = "null" } } }
  end
  optional[made] = optional[of]
  return made
end

---What fits one of these.
---@param schemas btshare.api.schema[]
---@return btshare.api.schema
function schema.any_of(schemas)
  return { anyOf = schemas }
end

---Gives a schema a name; it stands once in the OpenAPI document.
---@param name string
---@param of btshare.api.schema
---@return btshare.api.schema reference
function schema.define(name, of)
  if defined[name] then error("schema " .. name .. ": is defined already", 2) end
  defined[name] = of
  return schema.ref(name)
end

---Refers to a schema by name, which may be defined later.
---@param name string
---@return btshare.api.schema
function schema.ref(name)
  return { ["$ref"] = "#/components/schemas/" .. name }
end

---@param reference string "#/components/schemas/NAME"
---@return btshare.api.schema? schema
---@return string name
function schema.resolve(reference)
  local name = reference:match("^#/components/schemas/(.+)$")
  return defined[name], name
end

---Checks a value that JSON gave.
---@param of btshare.api.schema
---@param value any
---@param path string? what the value is called, "body"
---@return any value nil where it is refused
---@return string? message "body.limit: must be at least 1"
---@return string? member the path of what is wrong
function schema.check(of, value, path)
  return check.value(of, value, path or "body", schema.resolve)
end

---Makes a value of what stands in a path or a query.
---@param of btshare.api.schema of one string, number or boolean
---@param text string
---@param path string
---@return any value
---@return string? message
---@return string? member
function schema.convert(of, text, path)
  local kind = type(of.type) == "table" and of.type[1] or of.type
  local value = text
  if kind == "integer" or kind == "number" then
    value = text:find("^-?%d[%d.]*$") and tonumber(text) or text
  elseif kind == "boolean" and (text == "true" or text == "false") then
    value = text == "true"
  end
  return schema.check(of, value, path)
end

return schema
