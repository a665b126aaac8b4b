-- What each exposure means, in the words that the owner and the recipients are told.
local exposure = {}

---@type table<"link"|"private"|"public"|"http", string>
exposure.sentences = {
  link = "BTshare announces this nowhere public. Whoever has the link can download it and pass it on, and a " ..
    "recipient's torrent app may look it up in public. Peers and internet providers can see the transfer and the " ..
    "addresses; contents are checked, not encrypted.",
  private = "Only through this page and its .torrent file; torrent apps keep to our tracker. Peers and internet " ..
    "providers can see the transfer and the addresses.",
  public = "Anyone can find and copy this. Indexers list it within hours. Your IP address is visible.",
  http = "Only people with the link. Encrypted on the way only if the address starts with https.",
}

---Stands beside the magnet of a share that is exposed by its link.
exposure.magnet_sentence = "Your torrent app may look this link up in the public DHT. Downloading here, or a share " ..
  "that is set to private, avoids that."

---Said once a share has been stopped, or a link revoked.
exposure.revoked_sentence = "People who already have the data, or the info-hash and a peer, keep it."

---Said once a link has been revoked, too.
exposure.turned_away_sentence = "Torrent apps that came by this link alone get nothing more from here; other " ..
  "people's may still pass pieces on to them."

---Trackers that are not ours: the owner's list and what was chosen for this share, for public shares only.
---@param share btshare.Share
---@param config table
---@return string[] urls
function exposure.trackers(share, config)
  if share.exposure ~= "public" then return {} end
  local list, known = {}, {}
  for _, trackers in ipairs { config.trackers or {}, share.trackers or {} } do
    for _, url in ipairs(trackers) do
      if not known[url] then
        known[url], list[#list + 1] = true, url
      end
    end
  end
  return list
end

return exposure
