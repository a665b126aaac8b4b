-- When shares end. All of them are looked at only when one of them is due, or when what was known has changed.

---@class btshare.Ends
---@field private by_id table<string, btshare.Share>
---@field private soonest table<number, number> by default lifetime: no share ends before this time
local Ends = {}
Ends.__index = Ends

local ends = {}

---@param by_id table<string, btshare.Share> all shares
---@return btshare.Ends
function ends.new(by_id)
  return setmetatable({ by_id = by_id, soonest = {} }, Ends)
end

---A share has come, or ends at another time.
function Ends:forget()
  self.soonest = {}
end

---Shares whose time is over.
---@param now integer seconds since 1970
---@param lifetime number? seconds since its creation that a share without a time of its own has; nil for no end
---@return btshare.Share[]
function Ends:overdue(now, lifetime)
  local default = lifetime or math.huge
  if now < (self.soonest[default] or now) then
    return {}
  end
  local list, soonest = {}, math.huge
  for _, share in pairs(self.by_id) do
    if not share.is_stopped and not share.is_expired then
      local last = share.expires or share.created + default
      if last <= now then
        list[#list + 1] = share
      end
      soonest = math.min(soonest, last)
    end
  end
  self.soonest[default] = soonest
  return list
end

return ends
