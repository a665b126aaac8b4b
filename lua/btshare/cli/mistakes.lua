-- Prints the mistakes found in a configuration.
local text = require "btshare.terminal.text"

---@param context btshare.cli.context
---@param list {file: string?, line: integer?, message: string}[]
return function(context, list)
  for _, mistake in ipairs(list) do
    local place = mistake.file and text.escape(mistake.file) .. ":" or ""
    if mistake.line then place = place .. mistake.line .. ":" end
    context:say((place == "" and "" or place .. " ") .. text.escape(mistake.message))
  end
end
