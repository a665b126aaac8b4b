-- In which line of config.lua an option of a plugin stands: `plugin "x" { a = 1,⏎ b = 2 }`. Lua tells only where the
-- plugin is named, so the text is looked through from there on.
local small_file = require "btshare.small_file"

local option_lines = {}

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
  return lines
end

-- Comments and texts may say the option's name, too.
local function bare(line)
  return (line:gsub('"[^"]*"', '""'):gsub("'[^']*'", "''"):gsub("%-%-.*$", ""))
end

---@param file string? config.lua
---@param first integer? the line of the plugin's name
---@param option any the option's name
---@return integer? line that of the plugin where it is not found
function option_lines.find(file, first, option)
  local text = file and first and type(option) == "string" and small_file.read(file)
  if not text then return first end
  local lines, wanted = lines_of(text), option:gsub("%p", "%%%0")
  for index = first, #lines do
    local line = bare(lines[index])
    if index > first and line:find("^%s*plugin%f[%W]") then break end
    local is_named = line:find("%f[%w_]" .. wanted .. "%f[^%w_]%s*=%f[^=]")
    if is_named or lines[index]:find('%[%s*["\']' .. wanted .. '["\']%s*%]%s*=') then return index end
  end
  return first
end

return option_lines
