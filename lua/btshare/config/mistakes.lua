-- What is wrong with a configuration: told all at once, in the order of its lines.
local mistakes = {}

---@class btshare.config.Mistake
---@field line integer? of config.lua; 0: somewhere in it; none: it is not config.lua that says it
---@field message string
---@field exit integer? with which a start ends, where that is not 78

---@param file string? config.lua
---@param mistake btshare.config.Mistake
---@return string "FILE:LINE: message", as far as there are
function mistakes.text(file, mistake)
  if not file or not mistake.line then return mistake.message end
  if mistake.line == 0 then return file .. ": " .. mistake.message end
  return ("%s:%d: %s"):format(file, mistake.line, mistake.message)
end

---@param file string?
---@param list btshare.config.Mistake[]
---@return string[] texts in the order of lines, those of no line last; of one line as they came
function mistakes.texts(file, list)
  local sorted, order, texts = table.move(list, 1, #list, 1, {}), {}, {}
  for index, mistake in ipairs(list) do order[mistake] = index end
  table.sort(sorted, function(one, other)
    local left, right = one.line or math.huge, other.line or math.huge
    if left ~= right then return left < right end
    return order[one] < order[other]
  end)
  for index, mistake in ipairs(sorted) do texts[index] = mistakes.text(file, mistake) end
  return texts
end

return mistakes
