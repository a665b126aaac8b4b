---@meta btshare.types
-- Checks of values that people write. A check takes a value and gives it back as it is to be used, or nil and what it must be;
-- so a plugin can write checks of its own.

---@alias btshare.types.check fun(value: any): any, string?

---@class btshare.types
---@field string btshare.types.check a text
---@field secret btshare.types.check a text that no log and no `btshare config show` shows; config.lua may say `file "PATH"`
---@field integer btshare.types.check a whole number
---@field number btshare.types.check
---@field boolean btshare.types.check
---@field path btshare.types.check a path that is not empty
---@field size btshare.types.check bytes: 500000, "2M" (by 1000), "1.5GiB" (by 1024); gives an integer
---@field rate btshare.types.check bytes a second: as a size
---@field moment btshare.types.check "2026-12-24" or "2026-12-24 18:00", in local time; gives seconds since 1970
---@field period btshare.types.check a span of time: 90, "90s", "30m", "2h", "30d", "1w"; gives seconds
local types = {}

---One of some texts.
---@param names string[]
---@return btshare.types.check check
function types.choice(names) end

---A list of what passes `check`.
---@param check btshare.types.check
---@return btshare.types.check check
function types.list(check) end

---Values by names of their own, each of which passes `check`: { ["film.mkv"] = … }.
---@param check btshare.types.check
---@return btshare.types.check check
function types.map(check) end

---A table of named values, checked as options are: { downloads = 3 }.
---@param schema table<string, any>
---@return btshare.types.check check
function types.group(schema) end

---What passes `check` and lies between two values, which are written as people write them: `between(types.period, "1m", "7d")`.
---@param check btshare.types.check
---@param low any
---@param high any
---@return btshare.types.check check
function types.between(check, low, high) end

---Of an option: `value` where config.lua does not have it.
---@param check btshare.types.check
---@param value any
---@return any rule
function types.default(check, value) end

---Of an option: it must be given. Where it is not, `wanted` says what it would be: "a folder for the copies".
---@param check btshare.types.check
---@param wanted string?
---@return any rule
function types.required(check, wanted) end

return types
