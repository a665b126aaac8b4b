-- Prints the mistakes found in a configuration.
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

-- What has no line in a file is the program's to say.
local function in_words(mistake)
  if type(mistake) == "table" then
    local place = mistake.file and (mistake.line and ("%s:%d"):format(mistake.file, mistake.line) or mistake.file)
    return (place or "btshare") .. ": " .. speaker:message(mistake.message)
  end
  return (mistake:find("^/.-:%d+: ") and "" or "btshare: ") .. speaker:message(mistake)
end

---@param context btshare.cli.context
---@param list (string|{file: string?, line: integer?, message: string})[] strings have their place in them
return function(context, list)
  for _, mistake in ipairs(list) do
    context:say(text.escape(in_words(mistake)))
  end
end
