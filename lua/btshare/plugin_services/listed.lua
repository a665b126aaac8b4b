-- For plugins, as part of `btshare.shares`: which shares lists that others can read may name.
local listed = {}

---@param services btshare.Services
---@param api table of btshare.shares, which gets the functions
function listed.add(services, api)
  ---Whether feeds, indexes and the like may name a share: only where the owner said so, for it or for its folder.
  ---@param id string
  ---@return boolean
  function api.is_listed(id)
    local share = services.shares.by_id[id]
    return share ~= nil and services.shares:is_listed(share)
  end

  ---Chooses it for one share. Call in a handler or task.
  ---@param id string
  ---@param is_listed boolean? nil: as config.lua says of its folder
  ---@return true|nil done
  ---@return string? message
  ---@return string? code
  function api.set_listed(id, is_listed)
    local share = services.shares.by_id[id]
    if not share then return nil, tostring(id) .. ": no such share", "missing" end
    if is_listed ~= nil and type(is_listed) ~= "boolean" then
      error("shares.set_listed: true, false or nil is wanted", 2)
    end
    return services.shares:set_listed(share, is_listed)
  end
end

return listed
