-- What is said where something is not taken into a drop box.
local refusals = {}

---@class btshare.boxes.Refusal
---@field status integer
---@field code "too_large"|"box_full"|"too_many"|"no_room"|"bad_name"|"denied"|"gone"|"offset"|"checksum"|"failed"
---@field message string

local statuses = {
  too_large = 413, box_full = 413, too_many = 429, no_room = 507, bad_name = 400, denied = 403, gone = 404,
  offset = 409, checksum = 460, failed = 500, -- 460 is of tus
}
local reason_of_code = { full = "no_room", invalid = "bad_name", missing = "gone", busy = "too_many" }

---@param message string
---@param reason string of a refusal, or an error code
---@return btshare.boxes.Refusal
function refusals.new(message, reason)
  reason = reason_of_code[reason] or reason
  return { status = statuses[reason] or 500, code = statuses[reason] and reason or "failed", message = message }
end

return refusals
