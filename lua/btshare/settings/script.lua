-- Writes a config.lua that gives the settings that hold now.
local definitions = require "btshare.settings.definitions"
local schema = require "btshare.config.schema"
local values = require "btshare.settings.values"

local script = {}

local function quote(text)
  return (("%q"):format(text):gsub("\\\n", "\\n"))
end

local write

local function write_table(value, secrets)
  local parts, names = {}, {}
  for index, element in ipairs(value) do parts[index] = write(element, secrets) end
  for name in pairs(value) do
    if not (math.type(name) == "integer" and name >= 1 and name <= #value) then names[#names + 1] = name end
  end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, name in ipairs(names) do
    local is_word = type(name) == "string" and name:find("^[%a_][%w_]*$")
    local left = is_word and name or "[" .. write(name, secrets) .. "]"
    parts[#parts + 1] = left .. " = " .. write(value[name], secrets)
  end
  return #parts == 0 and "{}" or "{ " .. table.concat(parts, ", ") .. " }"
end

-- What was read from a file is written as that again: secrets stay where they are.
function write(value, secrets)
  local kind = type(value)
  if kind == "table" then return write_table(value, secrets) end
  if kind == "string" then
    local path = secrets and secrets[value]
    return path and "file(" .. quote(path) .. ")" or quote(value)
  elseif math.type(value) == "float" then
    return ("%.17g"):format(value)
  elseif kind == "number" or kind == "boolean" then
    return tostring(value)
  end
  return "nil --[[ a " .. kind .. ": to be copied by hand ]]"
end

---@param value any
---@return string text as config.lua would have it
function script.value(value)
  return write(value)
end

-- Values inside a table (`limits`, `torrent`) are written together.
local function assignments(config, lines)
  local defaults, groups = schema.defaults(), {}
  for _, definition in ipairs(definitions.list) do
    local value = values.get(config, definition)
    local outer, inner = definition.key:match("^(%w+)%.(.+)$")
    if value ~= nil and not values.equal(value, values.get(defaults, definition)) then
      if inner then
        groups[outer] = groups[outer] or {}
        groups[outer][inner] = value
      elseif definition.key == "ignore" or definition.key == "trackers" then
        lines[#lines + 1] = ("%s %s"):format(definition.key, write(value))
      elseif definition.key == "sandbox" then
        lines[#lines + 1] = 'sandbox = "off"'
      else
        lines[#lines + 1] = ("%s = %s"):format(definition.key, write(value))
      end
    end
  end
  if next(config.torrent) then groups.torrent = config.torrent end
  for _, name in ipairs { "limits", "torrent" } do
    if groups[name] then lines[#lines + 1] = ("%s %s"):format(name, write(groups[name])) end
  end
end

local function shares(config, lines)
  for _, share in ipairs(config.shares) do
    local options = {}
    for name, value in pairs(share) do
      if name ~= "path" and name ~= "line" and not (name == "ignore" and #value == 0) then options[name] = value end
    end
    local body = write(options)
    lines[#lines + 1] = ("share { %s%s"):format(quote(share.path), body == "{}" and " }" or ", " .. body:sub(3))
  end
end

local function plugins(config, lines, with_options)
  for _, item in ipairs(config.plugins) do
    local has_options = type(item.options) == "table" and next(item.options) ~= nil
    if has_options and not with_options then
      lines[#lines + 1] = ("plugin %s -- its options are shown to whoever may change them"):format(quote(item.name))
    else
      local options = has_options and " " .. write(item.options, config.secrets) or ""
      lines[#lines + 1] = ("plugin %s%s"):format(quote(item.name), options)
    end
  end
  for _, handler in ipairs(config.handlers) do
    lines[#lines + 1] = ("-- on(%s, …) is in %s, line %d: to be copied by hand"):format(
      quote(handler.event), config.file or "config.lua", handler.line)
  end
end

---@param config btshare.config.settings
---@param with_options boolean whether the options of plugins are shown, among which may be passwords
---@return string text of a config.lua
function script.write(config, with_options)
  local lines = { "-- What holds now, as config.lua. Folders named on the command line are not in it." }
  assignments(config, lines)
  shares(config, lines)
  plugins(config, lines, with_options)
  return table.concat(lines, "\n") .. "\n"
end

return script
