---@meta btshare.json
-- JSON: integers stay integers, and text must be UTF-8.

---@class btshare.json
---@field null lightuserdata stands for null, both ways
local json = {}

---@param value any
---@return string text
function json.encode(value) end

---@param text string
---@return any value
---@return string? message with line and column
---@return string? code
function json.decode(text) end

---Marks a list, so that an empty one is written as [] and not as {}.
---@generic T
---@param list T[]
---@return T[] list
function json.array(list) end

return json
