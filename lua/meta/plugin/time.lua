---@meta btshare.time
-- The time of day, which tests can set.

---@class btshare.time
local time = {}

---@return integer now seconds since 1970; `os.date("*t", time.now())` has hours and days
function time.now() end

return time
