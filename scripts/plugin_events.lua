-- Writes what editors know of events out of the catalogue:
-- `build/btshare-lua scripts/plugin_events.lua > lua/meta/plugin/events.lua`.
local catalog = require "btshare.catalog"
local shapes = require "btshare.catalog.shapes"

local is_shape = {}
for _, shape in ipairs(shapes) do is_shape[shape.name] = true end

local plain = { string = "string", integer = "integer", number = "number", boolean = "boolean", list = "table[]" }

local function type_of(field)
  local kind = is_shape[field.type] and "btshare.event." .. field.type .. "_table" or plain[field.type] or "table"
  return field.is_optional and kind .. "?" or kind
end

local lines = {
  "---@meta",
  "-- What events carry. Made by scripts/plugin_events.lua out of lua/btshare/catalog; to be changed there.",
}

local function add_class(name, description, fields)
  lines[#lines + 1] = ""
  lines[#lines + 1] = "---" .. description
  lines[#lines + 1] = "---@class btshare.event." .. name
  for _, field in ipairs(fields) do
    local text = field.check and field.text .. "; may be set" or field.text
    lines[#lines + 1] = ("---@field %s %s %s"):format(field.name, type_of(field), text)
  end
end

for _, shape in ipairs(shapes) do add_class(shape.name .. "_table", shape.description, shape.fields) end

local names = {}
for name in pairs(catalog) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do add_class(name:gsub("-", "_"), catalog[name].description, catalog[name].fields) end

local answers = { question = "boolean?, string?, string?", fact = "any" }
table.move({ "", "---@class btshare.plugin" }, 1, 2, #lines + 1, lines)
for _, name in ipairs(names) do
  local class = "btshare.event." .. name:gsub("-", "_")
  local handler = ("(fun(event: %s): %s)"):format(class, answers[catalog[name].kind])
  lines[#lines + 1] = ('---@field on fun(self: btshare.plugin, event: "%s", fn: %s, priority: number?): fun()')
    :format(name, handler)
end
io.stdout:write(table.concat(lines, "\n"), "\n")
