---@meta core.copy

---Copies a value: of a table all that is in it, tables too, up to 32 deep. Keys and metatables are the same ones.
---Tables must not hold themselves.
---@param value any
---@return any copy
local function copy(value) end

return copy
