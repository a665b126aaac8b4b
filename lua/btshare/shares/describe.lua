-- What others see of a share: its JSON form, its link and its magnet, made anew each time because
-- addresses change.
local choices = require "btshare.shares.choices"
local damage = require "btshare.store.damage"
local disposition = require "btshare.http.disposition"
local engine = require "core.engine"
local exposure = require "btshare.exposure"

local describe = {}

---@param services btshare.Services
---@param share btshare.Share
---@param purpose btshare.Purpose
---@param link string? id of the link, default: the share's own
---@param grant string? of the swarm, where plugins let somebody through: it follows the token
---@return string token
function describe.token(services, share, purpose, link, grant)
  local token = services.links:token(link or share.id, purpose)
  return grant and token .. "." .. grant or token
end

local function append(list, more)
  return table.move(more, 1, #more, #list + 1, list)
end

---@param services btshare.Services
---@param share btshare.Share
---@param place btshare.Place|btshare.Reach where we are reached; for a request, from where its sender stands
---@param link string? id of the link that was used, default the share's own
---@param grant string? see describe.token
---@return string[] urls of our trackers, best first; then the owner's others, where the share is public
function describe.trackers(services, share, place, link, grant)
  local trackers = {}
  for _, path_of in ipairs(services.trackers) do
    append(trackers, place:public_urls(path_of(share, link, grant)))
  end
  return append(trackers, exposure.trackers(share, services.config))
end

---@param services btshare.Services
---@param share btshare.Share
---@param place btshare.Place|btshare.Reach
---@param where "torrent"|"magnet" which of them they are for
---@param link string?
---@param grant string?
---@return string[] urls of our web seeds (BEP 19), where the policy offers them
function describe.web_seeds(services, share, place, where, link, grant)
  local seeds = {}
  for _, path in ipairs(services.web_seeds(share, where, link, grant)) do
    append(seeds, place:public_urls(path))
  end
  return seeds
end

---@param services btshare.Services
---@param share btshare.Share
---@param place btshare.Place? from where somebody asks; without it, all that others may reach
---@param link string?
---@param grant string?
---@return string? magnet nil where there is no torrent, or a private one (its metadata is not handed out, BEP 27)
function describe.magnet(services, share, place, link, grant)
  if not share.info_hash or share.exposure == "private" or share.exposure == "http" then
    return nil
  end
  local from = place or services.reach
  return engine.magnet {
    info_hash = #share.info_hash == 40 and share.info_hash ~= (share.info_hash_v2 or ""):sub(1, 40)
      and share.info_hash or nil,
    info_hash_v2 = share.info_hash_v2,
    name = share.entry,
    trackers = describe.trackers(services, share, from, link, grant),
    peers = from:torrent_endpoints(),
    web_seeds = describe.web_seeds(services, share, from, "magnet", link, grant),
  }
end

---@param share btshare.Share
---@return string|false path below its page: the file, or the folder as a ZIP; it ends with the name, so that every
---client saves it right
function describe.download(share)
  if share.kind == "file" then return "/f/1/" .. disposition.segment(share.entry) end
  return (share.files or 0) > 0 and "/zip/" .. disposition.segment(share.entry .. ".zip")
end

---@param share btshare.Share
---@return boolean is_over its link is dead
function describe.is_over(share)
  return share.is_stopped or share.is_expired
end

---@param share btshare.Share
---@return btshare.State state as it is shown
function describe.state(share)
  return (share.is_paused or share.is_held) and share.state == "ready" and "paused" or share.state
end

local function has_torrent(share)
  return share.info_hash and share.exposure ~= "http"
end

---A link as JSON: what it is, and while it lives, where it leads.
---@param services btshare.Services
---@param share btshare.Share
---@param link btshare.Link
---@return table described
function describe.link(services, share, link)
  local is_live = link.state == "live" and not describe.is_over(share)
  local token = is_live and describe.token(services, share, "page", link.id)
  local page = is_live and services.reach:public_urls("/s/" .. token)[1] or nil
  return {
    id = link.id, name = link.name, default = link.id == share.id, state = link.state, created = link.created,
    expires = link.expires, downloads = link.downloads, limit = link.limit, used = link.used,
    link = page,
    torrent = page and has_torrent(share) and page .. "/torrent" or nil,
    magnet = is_live and describe.magnet(services, share, nil, link.id) or nil,
  }
end

---@param services btshare.Services
---@param share btshare.Share
---@return table described
function describe.share(services, share)
  local page = services.reach:public_urls("/s/" .. services.links:token(share.id, "page"))[1]
  local has_ended = describe.is_over(share)
  local can_be_had = not has_ended and share.state ~= "missing" and share.state ~= "failed"
  return {
    id = share.id,
    name = share.entry,
    title = share.title,
    description = share.description,
    kind = share.kind,
    size = share.size,
    files = share.files,
    state = describe.state(share),
    reason = share.reason or share.is_unconfirmed and damage.held_reason or nil,
    progress = share.progress,
    exposure = share.exposure,
    info_hash = share.info_hash,
    magnet = can_be_had and describe.magnet(services, share) or nil,
    link = not has_ended and page or nil,
    torrent = can_be_had and has_torrent(share) and page .. "/torrent" or nil,
    created = share.created,
    changed = share.changed,
    expires = share.expires,
    listed = services.shares:is_listed(share) or nil,
    limits = share.up_limit and { up = share.up_limit } or nil,
    revision = share.revision,
    root = share.root.path,
    path = share.root.path .. "/" .. share.entry,
  }
end

---A share as the API shows one of them: with who fetches it, and what can be set of it.
---@param services btshare.Services
---@param share btshare.Share
---@param is_alone boolean? whether it stands for itself: then with what its settings mean
---@return table described
function describe.whole(services, share, is_alone)
  local described, summary = describe.share(services, share), services.rows:summary(share)
  for _, name in ipairs { "recipients", "complete", "downloads", "sent", "up_rate" } do
    described[name] = summary[name]
  end
  described.revision = share.revision
  described.locked = services.guests:is_closed(share) or nil
  if is_alone then
    local path = described.link and describe.download(share)
    described.direct = path and described.link .. path or nil
    described.modes = exposure.sentences
    described.limits = { up = share.up_limit }
    described.effective = {
      listed = services.shares:is_listed(share), format = choices.format(share),
      web_seed = choices.web_seed_word(share, services.config),
    }
    described.chosen = {
      listed = share.listed, format = share.format, web_seed = share.web_seed, trackers = share.trackers,
    }
  end
  return described
end

return describe
