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

---Tables with a sequence part only are arrays, others objects with string keys, in sorted order; an empty table is {}
---unless marked. Strings that are not valid UTF-8 are written with U+FFFD for each bad byte. nil is null. Metamethods are
---ignored. NaN, infinities, holes, mixed tables, other types and more than 32 levels (cycles) raise.
---@param value any
---@param options {indent: integer?, html: boolean?}? html: < > & U+2028 U+2029 are written as \u003c … for embedding
---@return string text
function json.encode(value, options) end

---Arrays come back marked, so that they are written as arrays again. Names that appear twice in an object are refused.
---@param text string
---@return any value
---@return string? message with line and column, except for too many levels
---@return string? code "invalid"
function json.decode(text) end

return json
