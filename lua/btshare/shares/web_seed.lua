-- Web seeds (BEP 19): the addresses at which a torrent client fetches a share's files by HTTP.
local choices = require "btshare.shares.choices"
local describe = require "btshare.shares.describe"
local disposition = require "btshare.http.disposition"

local web_seed = {}

---Where a share's bytes are on the public listener; empty where that is not to be told. A folder's path ends in "/":
---clients append the torrent's name and the file's path; a single file's is whole.
---@param services btshare.Services
---@param share btshare.Share
---@param where "torrent"|"magnet"|nil which of them it is for, default the .torrent
---@param link string? id of the link that was used, default the share's own
---@param grant string? see describe.token
---@return string[] paths
function web_seed.paths(services, share, where, link, grant)
  local policy = choices.web_seed(share, services.config)
  local is_offered = policy == true or policy == "auto" and where ~= "magnet"
  if not is_offered or not share.info_hash or share.exposure == "http" then
    return {}
  end
  local path = "/w/" .. describe.token(services, share, "webseed", link, grant) .. "/"
  if share.kind == "file" then path = path .. disposition.segment(share.entry) end
  return { path }
end

return web_seed
