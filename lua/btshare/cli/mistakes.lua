-- Prints the mistakes found in a configuration.
local text = require "btshare.terminal.text"

local function place_of(mistake)
  if not mistake.file then return "" end
  return mistake.line and ("%s:%d: "):format(mistake.file, mistake.line) or mistake.file .. ": "
end

---@param context btshare.cli.context
---@param list (string|{file: string?, line: integer?, message: string})[] strings have their place in them
return function(context, list)
  for _, mistake in ipairs(list) do
    local line = type(mistake) == "table" and place_of(mistake) .. mistake.message or mistake
    context:say(text.escape(line))
  end
end
