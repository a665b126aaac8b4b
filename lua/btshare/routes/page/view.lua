-- What the page of a share shows, whatever its form: facts and addresses, not yet words.
local describe = require "btshare.shares.describe"
local disposition = require "btshare.http.disposition"
local listing = require "btshare.routes.page.listing"
local panels = require "btshare.routes.page.panels"
local torrent = require "btshare.shares.torrent"

local view = {}

---@class btshare.View
---@field base string path of the page, "/s/TOKEN"
---@field address string URL of the page, for another device
---@field name string for display: its title
---@field note string|false plain text
---@field markdown string|false
---@field html btshare.Markup|false the same
---@field panels btshare.PagePanel[]
---@field raw_name string
---@field kind "file"|"folder"
---@field files integer
---@field size integer
---@field sender string|false
---@field state btshare.State
---@field expires integer|false
---@field complete integer people who have it all
---@field downloads_left integer|false by this link
---@field progress number|false 0 … 1 while the torrent is prepared
---@field is_changed boolean
---@field download string|false path of the whole
---@field tar string|false path of the whole, of a folder
---@field torrent string|false path
---@field magnet string|false
---@field warns_of_dht boolean
---@field listed btshare.Listed[]
---@field is_locked boolean whether it took a password to come in

local function download(share, base)
  local path = describe.download(share)
  return path and base .. path
end

local function tar(share, base)
  return share.kind == "folder" and share.files > 0 and base .. "/tar/" .. disposition.segment(share.entry .. ".tar")
end

local function first_end(one, other)
  return one and other and math.min(one, other) or one or other
end

local function complete(services, share)
  return services.recipients and services.recipients:complete(share) or services.access:downloads(share)
end

local function sender(services, share)
  return share.root.options.name or services.config.name or false
end

---Whose share a page's token leads to.
---@param services btshare.Services
---@param token string
---@return string|false name
function view.sender_of(services, token)
  local id = services.links:find(token, "page")
  local share = id and services.shares.by_id[id]
  return share and sender(services, share) or false
end

---@param services btshare.Services
---@param share btshare.Share
---@param token string
---@param asker btshare.Asker
---@param pass btshare.Pass? what let the asker in, default the share's own link
---@param said btshare.Said what plugins have it say
---@return btshare.View
function view.of(services, share, token, asker, pass, said)
  local base = "/s/" .. token
  local is_preparing = share.state ~= "ready" and share.exposure ~= "http" and share.size > 0
  local has_torrent = torrent.is_ready(share) and share.exposure ~= "http"
  local function may(purpose) return has_torrent and (not pass or services.entrance:may(share, pass, purpose)) end
  local magnet = may "magnet" and describe.magnet(services, share, asker.place, pass and pass.link,
    services.entrance:swarm_grant(pass))
  return {
    base = base,
    address = asker.place:url(base),
    name = said.title,
    note = said.note,
    markdown = said.markdown,
    html = said.html,
    panels = asker.form == "html" and panels.of(services, asker.speaker, share) or {},
    raw_name = share.entry,
    kind = share.kind,
    files = share.files,
    size = share.size,
    sender = sender(services, share),
    state = share.state,
    expires = first_end(share.expires, pass and pass.expires) or false,
    complete = complete(services, share),
    downloads_left = pass and pass.downloads_left or false,
    progress = is_preparing and (share.progress or 0),
    is_changed = share.state == "changed",
    download = download(share, base),
    tar = tar(share, base),
    torrent = may "torrent" and base .. "/torrent",
    magnet = magnet or false,
    warns_of_dht = magnet and share.exposure == "link" or false,
    listed = listing.of(services.shares, share),
    is_locked = pass ~= nil and pass.mark ~= nil,
  }
end

return view
