-- Events for specs: one of each name of the catalogue, with all its fields or only those that are always there; and
-- what is wrong with one that was told.
local catalog = require "btshare.catalog"
local shapes = require "btshare.catalog.shapes"

local samples = {}

local by_name = {}
for _, shape in ipairs(shapes) do by_name[shape.name] = shape end

local values = {
  string = "text", integer = 7, number = 0.5, boolean = true, list = {}, table = {},
}

local function make(fields, is_whole)
  local made = {}
  for _, field in ipairs(fields) do
    if is_whole or not field.is_optional then
      local shape = by_name[field.type]
      made[field.name] = shape and make(shape.fields, is_whole) or values[field.type]
    end
  end
  return made
end

---@param name string
---@param is_whole boolean with the fields that may be absent, too
---@return table event
function samples.of(name, is_whole)
  return make(catalog[name].fields, is_whole)
end

local function is_of_type(value, wanted)
  if wanted == "integer" then return math.type(value) == "integer" end
  if wanted == "list" or wanted == "table" then return type(value) == "table" end
  return type(value) == wanted
end

local function compare(fields, value, where, mistakes)
  local known = {}
  for _, field in ipairs(fields) do
    local own, path, shape = value[field.name], where .. "." .. field.name, by_name[field.type]
    known[field.name] = true
    if own == nil then
      if not field.is_optional then mistakes[#mistakes + 1] = path .. " is missing" end
    elseif shape and type(own) == "table" then
      compare(shape.fields, own, path, mistakes)
    elseif shape or not is_of_type(own, field.type) then
      mistakes[#mistakes + 1] = ("%s is a %s, not a %s"):format(path, math.type(own) or type(own), field.type)
    end
  end
  for key in pairs(value) do
    if not known[key] then mistakes[#mistakes + 1] = ("%s.%s is not documented"):format(where, tostring(key)) end
  end
  return mistakes
end

---@param name string
---@param event table as a handler got it
---@return string[] mistakes in it, held against the catalogue
function samples.mistakes(name, event)
  return compare(catalog[name].fields, event, name, {})
end

return samples
