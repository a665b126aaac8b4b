-- What others see of a share: its JSON form, its link and its magnet, made anew each time because
-- addresses change.
local engine = require "core.engine"
local exposure = require "btshare.exposure"

local describe = {}

---@param services btshare.Services
---@param share btshare.Share
---@return string token in the share's default link
function describe.token(services, share, purpose)
  return services.links:token(share.id, purpose)
end

---@param services btshare.Services
---@param share btshare.Share
---@param place btshare.Place|btshare.Reach where we are reached; for a request, from where its sender stands
---@return string[] urls of our trackers, best first; then the owner's others, where the share is public
function describe.trackers(services, share, place)
  local trackers = {}
  for _, path_of in ipairs(services.trackers) do
    table.move(place:public_urls(path_of(share)), 1, 1000, #trackers + 1, trackers)
  end
  table.move(exposure.trackers(share, services.config), 1, 100, #trackers + 1, trackers)
  return trackers
end

---@param services btshare.Services
---@param share btshare.Share
---@param place btshare.Place|btshare.Reach
---@param where "torrent"|"magnet" which of them they are for
---@return string[] urls of our web seeds (BEP 19), where the policy offers them
function describe.web_seeds(services, share, place, where)
  local seeds = {}
  for _, path in ipairs(services.web_seeds(share, where)) do
    table.move(place:public_urls(path), 1, 1000, #seeds + 1, seeds)
  end
  return seeds
end

---@param services btshare.Services
---@param share btshare.Share
---@param place btshare.Place? from where somebody asks; without it, all that others may reach
---@return string? magnet nil where there is no torrent, or a private one (its metadata is not handed out, BEP 27)
function describe.magnet(services, share, place)
  if not share.info_hash or share.exposure == "private" or share.exposure == "http" then
    return nil
  end
  local from = place or services.reach
  return engine.magnet {
    info_hash = #share.info_hash == 40 and share.info_hash ~= (share.info_hash_v2 or ""):sub(1, 40)
      and share.info_hash or nil,
    info_hash_v2 = share.info_hash_v2,
    name = share.entry,
    trackers = describe.trackers(services, share, from),
    peers = from:torrent_endpoints(),
    web_seeds = describe.web_seeds(services, share, from, "magnet"),
  }
end

---@param services btshare.Services
---@param share btshare.Share
---@return table described
function describe.share(services, share)
  local page = services.reach:public_urls("/s/" .. services.links:token(share.id, "page"))[1]
  local is_over = share.is_stopped or share.is_expired
  local can_be_had = not is_over and share.state ~= "missing" and share.state ~= "failed"
  local has_torrent = share.info_hash and share.exposure ~= "http"
  return {
    id = share.id,
    name = share.entry,
    kind = share.kind,
    size = share.size,
    files = share.files,
    state = share.is_paused and share.state == "ready" and "paused" or share.state,
    reason = share.reason,
    progress = share.progress,
    exposure = share.exposure,
    info_hash = share.info_hash,
    magnet = can_be_had and describe.magnet(services, share) or nil,
    link = not is_over and page or nil,
    torrent = can_be_had and has_torrent and page .. "/torrent" or nil,
    created = share.created,
    changed = share.changed,
    expires = share.expires,
    root = share.root.path,
    path = share.root.path .. "/" .. share.entry,
  }
end

return describe
