---@meta btshare.limits
-- Limits beside the owner's own, until they are taken back.

---@class btshare.limits
local limits = {}

---Restricts what goes out and comes in: of all limits the lowest counts. Nothing is stored.
---@param what {up: integer?, down: integer?, pause: boolean?} bytes a second; pause: nothing of any share is sent
---@return fun() release takes it back; `plugin:bind` can be given it
function limits.restrict(what) end

return limits
