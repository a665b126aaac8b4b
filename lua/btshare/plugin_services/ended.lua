-- For plugins, as part of `btshare.shares`: shares that were stopped or have expired, and sharing one of them again.
local library_add = require "btshare.library.add"

local ended = {}

---@param services btshare.Services
---@param api table of btshare.shares, which gets the functions
function ended.add(services, api)
  ---Whether a share is neither stopped nor over: its link is not dead.
  ---@param id string
  ---@return boolean
  function api.is_shared(id)
    local share = services.shares.by_id[id]
    return share ~= nil and not share.is_stopped and not share.is_expired
  end

  ---The shares that the owner stopped, and those that have expired, which BTshare still knows.
  ---@return {id: string, name: string, kind: string, size: integer, path: string, why: "removed"|"expired"}[]
  function api.ended()
    local list = {}
    for id, share in pairs(services.shares.by_id) do
      if share.is_stopped or share.is_expired then
        list[#list + 1] = {
          id = id, name = share.entry, kind = share.kind, size = share.size,
          path = share.root.path .. "/" .. share.entry, why = share.is_stopped and "removed" or "expired",
        }
      end
    end
    return list
  end

  ---Shares one of these again, by the link that it had. For what its owner asks for. Call in a handler or task; waits
  ---until its files were looked at.
  ---@param id string
  ---@param expires integer? when it ends, seconds since 1970
  ---@return true|nil done
  ---@return string? message
  ---@return string? code "missing" where it or its files are not there, "exists" where it is shared already
  function api.revive(id, expires)
    local share = services.shares.by_id[id]
    if not share then return nil, tostring(id) .. ": no such share", "missing" end
    if api.is_shared(id) then return nil, share.entry .. ": is shared already", "exists" end
    local path = share.root.path .. "/" .. share.entry
    local found, message, code = library_add.path(services.library, path, { expires = expires })
    if not found then return nil, message, code end
    return true
  end
end

return ended
