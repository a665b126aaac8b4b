-- The .torrent of a share as it is handed out: the stored one, with the trackers and web seeds that are reachable from
-- where somebody asks.
local bencode = require "btshare.bencode"
local describe = require "btshare.shares.describe"

local torrent = {}

local function pair(key, value)
  return bencode.encode(key) .. bencode.encode(value)
end

---Puts addresses around the dictionary that the engine made: its own keys stand between ours in the order that BEP 3
---wants, and none of it is read again, however many files it names.
---@param stored string bencoded, with neither of the keys
---@param trackers string[] best first, each a tier of its own (BEP 12): the next one is asked where one does not answer
---@param web_seeds string[] (BEP 19)
---@return string bytes
function torrent.dress(stored, trackers, web_seeds)
  if not stored:find("^d10:created by") then
    error("a torrent of ours begins otherwise", 2)
  end
  local parts = { "d" }
  if trackers[1] then
    local tiers = bencode.list {}
    for index, url in ipairs(trackers) do
      tiers[index] = bencode.list { url }
    end
    parts[#parts + 1] = pair("announce", trackers[1]) .. pair("announce-list", tiers)
  end
  parts[#parts + 1] = stored:sub(2, -2)
  if web_seeds[1] then
    parts[#parts + 1] = pair("url-list", bencode.list { table.unpack(web_seeds) })
  end
  parts[#parts + 1] = "e"
  return table.concat(parts)
end

---Whether there is one for what the share holds now.
---@param share btshare.Share
---@return boolean
function torrent.is_ready(share)
  return share.state == "ready" and share.info_hash ~= nil
end

---@param services btshare.Services
---@param share btshare.Share
---@param place btshare.Place
---@param link string? id of the link that was used, default the share's own
---@param grant string? see describe.token
---@return string? bytes nil while there is none, or where the share has none
function torrent.file(services, share, place, link, grant)
  local row = torrent.is_ready(share)
    and services.store:query("SELECT torrent FROM versions WHERE share = ?", share.id)[1]
  if row and row.torrent then
    local trackers = describe.trackers(services, share, place, link, grant)
    return torrent.dress(row.torrent, trackers, describe.web_seeds(services, share, place, "torrent", link, grant))
  end
end

return torrent
