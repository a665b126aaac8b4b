-- Capability links: tokens derived from one key, found by their hash.
--
-- token = base64url(first 20 bytes of HMAC-SHA-256(k_purpose, link id, purpose, generation)), where
-- k_purpose = HMAC-SHA-256(key, purpose). The database holds only SHA-256(token), so neither it nor a
-- backup of it gives a link away; the key file does, and without it all links are dead. A token of one
-- purpose says nothing about another's: a magnet does not lead to the page.
local crypto = require "core.crypto"
local uv = require "luv"

---@alias btshare.Purpose "page"|"announce"|"webseed"

---@class btshare.Links
---@field private store btshare.Store
---@field private keys table<btshare.Purpose, string>
local Links = {}
Links.__index = Links

local links = {}

links.purposes = { "page", "announce", "webseed" }

local token_bytes = 20
local token_length = 27 -- of 20 bytes in base64url

local function read_key(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local key = file:read(33)
  file:close()
  if key and #key == 32 then
    return key
  end
  return nil, path .. ": not a key (32 bytes); restore it from a backup, or remove it to give up all links"
end

-- Written to a new file, synced, and only then given its name.
local function write_key(path, key)
  local fresh = path .. ".new"
  local fd, message = uv.fs_open(fresh, "w", 384) -- 0600
  if not fd then
    return nil, message
  end
  local written = uv.fs_write(fd, key) == 32 and uv.fs_fsync(fd)
  uv.fs_close(fd)
  if not written then
    return nil, fresh .. ": cannot be written"
  end
  return uv.fs_rename(fresh, path)
end

local function with_key(store, key)
  local keys = {}
  for _, purpose in ipairs(links.purposes) do
    keys[purpose] = crypto.hmac_sha256(key, purpose)
  end
  keys.share = crypto.hmac_sha256(key, "share")
  return setmetatable({ store = store, keys = keys }, Links)
end

-- What finds the tokens of every link, for a key that was lost and made anew.
local function renew_tokens(self)
  local batch = { { "DELETE FROM tokens" } }
  for id, generation in self.store:rows("SELECT id, generation FROM links") do
    self:add_tokens(batch, id, generation)
  end
  local written, message = self.store:write(batch)
  return written and #batch > 1, message
end

---Reads the key, or makes one. Call in a task.
---@param store btshare.Store
---@param key_path string file of the key, made with mode 0600 where missing
---@return btshare.Links? links
---@return string? message also on success: that the key was lost, and with it every earlier link
function links.open(store, key_path)
  local key, message = read_key(key_path)
  if key then
    return with_key(store, key)
  elseif message then
    return nil, message
  end
  key = crypto.random(32)
  local self = with_key(store, key)
  local renewed
  renewed, message = renew_tokens(self) -- before the key is there: if this is cut short, it is done again
  if message then
    return nil, message
  end
  local written
  written, message = write_key(key_path, key)
  if not written then
    return nil, message
  end
  return self, renewed and key_path .. ": was missing, so a new key was made; all earlier links are dead" or nil
end

---@param id string of the link
---@param purpose btshare.Purpose
---@param generation integer? default 0
---@return string token
function Links:token(id, purpose, generation)
  local message = id .. "\0" .. purpose .. "\0" .. (generation or 0)
  return crypto.base64url(crypto.hmac_sha256(self.keys[purpose], message):sub(1, token_bytes))
end

---The id of the share at a place: derived, so that a lost database does not cost its links.
---@param root string path of the shared folder
---@param entry string
---@param number integer 0, or higher where earlier ones are taken (another share had that place)
---@return string id 16 hex digits
function Links:share_id(root, entry, number)
  local place = root .. "\0" .. entry .. "\0" .. number
  return crypto.hex(crypto.hmac_sha256(self.keys.share, place):sub(1, 8))
end

---@package
function Links:add_tokens(batch, id, generation)
  for _, purpose in ipairs(links.purposes) do
    local hash = crypto.sha256(self:token(id, purpose, generation))
    batch[#batch + 1] = {
      "INSERT INTO tokens VALUES (?, ?, ?)", self.store.blob(hash), id, purpose,
    }
  end
end

---The statements that store a new link and what finds its tokens.
---@param id string
---@param share_id string
---@param created integer
---@return table[] statements for Store:write
function Links:statements(id, share_id, created)
  local batch = {
    { "INSERT INTO links (id, share, created) VALUES (?, ?, ?)", id, share_id, created },
  }
  self:add_tokens(batch, id)
  return batch
end

---Whom a token belongs to. Costs one hash and one look-up, however many links there are.
---@param token string as it came in a request
---@param purpose btshare.Purpose
---@return string? share_id
---@return string? link_id
function Links:find(token, purpose)
  if #token ~= token_length then
    return nil
  end
  local row = self.store:query(
    "SELECT links.share AS share, links.id AS link FROM tokens JOIN links ON links.id = tokens.link " ..
    "WHERE tokens.hash = ? AND tokens.purpose = ?",
    self.store.blob(crypto.sha256(token)), purpose)[1]
  if row then
    return row.share, row.link
  end
end

return links
