---@meta core.json
-- JSON by jansson: integers stay 64-bit integers, strict UTF-8, depth at most 32.

---@class core.json
---@field null lightuserdata stands for null in both directions
local json = {}

---@class core.json.Array
---Marks a table as an array, so that an empty one is written as [].
---@generic T
---@param list T[]
---@return T[] list
function json.array(list) end

---Tables with a sequence part only are arrays, others objects with string keys, in sorted order. Strings that are
---not valid UTF-8 are written with U+FFFD for each bad byte. NaN and infinities raise.
---@param value any
---@param options {indent: integer?, html: boolean?}? html: < > & are written as \u003c … for embedding
---@return string text
function json.encode(value, options) end

---@param text string
---@return any value
---@return string? message with line and column
---@return string? code "invalid"
function json.decode(text) end

return json
