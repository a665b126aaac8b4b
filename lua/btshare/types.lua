-- Checks for values that people write: in config.lua, in a plugin's options, in a request.
local checks = require "btshare.types.checks"
local secrets = require "btshare.types.secrets"
local suggest = require "btshare.suggest"

---@class btshare.types: btshare.types.checks
local types = {}
for name, check in pairs(checks) do types[name] = check end

-- What `fields` needs to know besides a check.
local rule = {}

---For `fields`: checked by `check`; where it is absent, `value` is.
---@param check btshare.types.check
---@param value any
function types.default(check, value)
  return setmetatable({ check = check, default = value }, rule)
end

---For `fields`: checked by `check`, and may not be left out.
---@param check btshare.types.check
---@param wanted string? what is said to be wanted where it is left out: "a rule in braces"
function types.required(check, wanted)
  return setmetatable({ check = check, is_required = true, wanted = wanted }, rule)
end

-- A default is a check too: the value must be of its kind.
local function check_like(default)
  local kind = math.type(default) or type(default)
  if kind == "table" then
    local first = default[1]
    if first ~= nil then return types.list(check_like(first)) end
    return function(value)
      if type(value) == "table" then return value end
      return nil, "must be a table"
    end
  end
  local check = ({ integer = types.integer, float = types.number, string = types.string,
    boolean = types.boolean })[kind]
  return check or error("types: a " .. kind .. " can be no default", 0)
end

local function as_rule(wanted)
  if getmetatable(wanted) == rule then return wanted end
  if type(wanted) == "function" then return { check = wanted } end
  return { check = check_like(wanted), default = wanted }
end

---A table of named values of its own, checked as `fields` does: { downloads = 3 }.
---@param schema table<string, any>
---@return btshare.types.check
function types.group(schema)
  local function check_group(value)
    if type(value) ~= "table" then return nil, "must be a table in braces" end
    local checked, messages = types.fields(schema, value, "its")
    if not checked then return nil, "is not right: " .. table.concat(messages, "; ") end
    return checked
  end
  secrets[check_group] = next(types.secret_names(schema)) ~= nil or nil -- what holds a secret is one
  return check_group
end

-- "option 'after'"; what has no name is known by its place: "option number 2".
local function called(what, name)
  return (math.type(name) == "integer" and "%s number %s" or "%s '%s'"):format(what, tostring(name))
end

local function why_unknown(name, schema)
  if math.type(name) ~= "integer" then return "is unknown" .. suggest.phrase(name, schema) end
  if #schema > 0 then return ("is too many: there can be %d"):format(#schema) end
  return "has no name: it is written NAME = VALUE"
end

---Checks a table of named values. In `schema` a function is a check, whose value may be absent; anything
---else is a default, whose kind the value must have. See `default` and `required` for the rest.
---@param schema table<string, any>
---@param values table<string, any>
---@param what string? what the names are called in messages ("option")
---@return table|nil checked with the defaults filled in
---@return string[]? messages of all mistakes, sorted
---@return any[]? names what each message is of
function types.fields(schema, values, what)
  what = what or "option"
  local checked, mistakes = {}, {}
  local function complain(name, message)
    mistakes[#mistakes + 1] = { name = name, message = called(what, name) .. " " .. message }
  end
  for name, wanted in pairs(schema) do
    local wish = as_rule(wanted)
    local value = values[name]
    if value == nil then value = wish.default end
    if value ~= nil then
      local result, message = wish.check(value)
      if result == nil then complain(name, message or "is refused") end
      checked[name] = result
    elseif wish.is_required then
      complain(name, wish.wanted and "must be given: " .. wish.wanted or "must be given")
    end
  end
  for name in pairs(values) do
    if schema[name] == nil then complain(name, why_unknown(name, schema)) end
  end
  if #mistakes == 0 then return checked end
  table.sort(mistakes, function(one, other) return one.message < other.message end)
  local messages, names = {}, {}
  for index, mistake in ipairs(mistakes) do messages[index], names[index] = mistake.message, mistake.name end
  return nil, messages, names
end

---What checks a value of a schema, whether it may be absent or not.
---@param wanted any as of `fields`
---@return btshare.types.check
function types.check_of(wanted)
  return as_rule(wanted).check
end

---The names in a schema whose values are not to be seen.
---@param schema table<string, any> as of `fields`
---@return table<string, true>
function types.secret_names(schema)
  local names = {}
  for name, wanted in pairs(schema) do
    local check = getmetatable(wanted) == rule and wanted.check or wanted
    if types.is_secret(check) then names[name] = true end
  end
  return names
end

return types
