-- Web seeds (BEP 19): the addresses at which a torrent client fetches a share's files by HTTP.
local web_seed = {}

local function escape(name)
  return (name:gsub("[^%w._~-]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

---What the owner wants: true, they are in .torrent files and magnets; "auto", in .torrent files; false, there are none.
---@param services btshare.Services
---@param share btshare.Share
---@return "auto"|boolean
function web_seed.policy(services, share)
  local own = share.root.options.web_seed
  if own ~= nil then return own end
  return services.config.web_seed
end

---The URLs for a share's .torrent, or for its magnet; empty where there are to be none. A folder's ends in "/": clients
---append the torrent's name and the file's path; a single file's is whole.
---@param services btshare.Services
---@param share btshare.Share
---@param where "torrent"|"magnet"
---@param link string? id of the link that was used, default the share's own
---@return string[] urls
function web_seed.urls(services, share, where, link)
  local policy = web_seed.policy(services, share)
  local is_offered = policy == true or policy == "auto" and where == "torrent"
  if not is_offered or not share.info_hash or share.exposure == "http" then
    return {}
  end
  local path = "/w/" .. services.links:token(link or share.id, "webseed") .. "/"
  if share.kind == "file" then path = path .. escape(share.entry) end
  return services.reach:public_urls(path)
end

return web_seed
