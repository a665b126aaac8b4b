-- Grants: proof that somebody was let through, by whatever a plugin asks for before a link opens.
--
-- grant = base64url(end, mark, first 16 bytes of MAC(kind, link, its generation, end, mark)). The mark is what the
-- plugin gave, a fingerprint of the password for one; it comes back to the plugin at each asking, which decides. A
-- grant of the page says nothing to the swarm, nor the other way round: neither leads from a .torrent to the page.
local crypto = require "core.crypto"

local grants = {}

---@alias btshare.grants.Kind "page"|"swarm"

local mac_bytes = 16
local mark_bytes = 12
local most_marks = 3 -- in one grant: of several plugins that each let in only some
local longest = 176  -- of one as text

local function mac(links, kind, link, body)
  return links:sign(kind .. "\0" .. link .. "\0" .. links:generation(link) .. "\0" .. body):sub(1, mac_bytes)
end

---A mark that changes with a secret, and says nothing of it.
---@param links btshare.Links
---@param secret string
---@return string mark
function grants.mark(links, secret)
  return crypto.base64url(links:sign("mark\0" .. secret):sub(1, mark_bytes))
end

---Adds a mark to those that somebody has already; the oldest ones go.
---@param former string? marks
---@param mark string
---@return string marks separated by dots
function grants.add(former, mark)
  local list = { mark }
  for one in (former or ""):gmatch "[^.]+" do
    if one ~= mark and #list < most_marks then list[#list + 1] = one end
  end
  return table.concat(list, ".")
end

---@param marks string? of a grant
---@param mark string
---@return boolean whether it is among them
function grants.holds(marks, mark)
  return ("." .. (marks or "") .. "."):find("." .. mark .. ".", 1, true) ~= nil
end

---@param links btshare.Links
---@param kind btshare.grants.Kind
---@param link string id
---@param mark string one of at most 32 bytes, or several
---@param ends integer seconds since 1970
---@return string grant text that fits into a cookie or a path
function grants.make(links, kind, link, mark, ends)
  local body = string.pack(">I5 s1", ends, mark)
  return crypto.base64url(body .. mac(links, kind, link, body))
end

---@param links btshare.Links
---@param kind btshare.grants.Kind
---@param link string id
---@param text string? as it came
---@return string? mark as it was given; nil where it is none of ours, has ended, or is for something else
function grants.read(links, kind, link, text)
  local bytes = text and #text <= longest and crypto.from_base64url(text)
  if not bytes or #bytes <= mac_bytes + 6 then return nil end
  local body = bytes:sub(1, -mac_bytes - 1)
  if not crypto.equal(mac(links, kind, link, body), bytes:sub(-mac_bytes)) then return nil end
  local ends, mark = string.unpack(">I5 s1", body)
  return ends > os.time() and mark or nil
end

return grants
