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
---@field private generations table<string, integer> by link: those above 0, which were revoked and made anew
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
  keys.grant = crypto.hmac_sha256(key, "grant")
  local generations = {}
  for id, generation in store:rows("SELECT id, generation FROM links WHERE generation > 0") do
    generations[id] = generation
  end
  return setmetatable({ store = store, keys = keys, generations = generations }, Links)
end

-- What finds the tokens of every link, for a key that was lost and made anew.
local function renew_tokens(self)
  local batch = { { "DELETE FROM tokens" } }
  for id in self.store:rows("SELECT id FROM links WHERE revoked IS NULL") do
    self:add_tokens(batch, id)
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
---@param generation integer? default: the one in force
---@return string token
function Links:token(id, purpose, generation)
  local message = id .. "\0" .. purpose .. "\0" .. (generation or self.generations[id] or 0)
  return crypto.base64url(crypto.hmac_sha256(self.keys[purpose], message):sub(1, token_bytes))
end

---A code that nobody can make without the key.
---@param message string
---@return string mac 32 bytes
function Links:sign(message)
  return crypto.hmac_sha256(self.keys.grant, message)
end

---How often a link has been revoked and made anew.
---@param id string
---@return integer
function Links:generation(id)
  return self.generations[id] or 0
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
---@param more {name: string, expires: integer?, limit: integer?}? of a named link
---@return table[] statements for Store:write
function Links:statements(id, share_id, created, more)
  more = more or {}
  local batch = { {
    "INSERT INTO links (id, share, created, name, expires, most_downloads) VALUES (?, ?, ?, ?, ?, ?)",
    id, share_id, created, more.name, more.expires, more.limit, n = 6,
  } }
  self:add_tokens(batch, id)
  return batch
end

---Makes all tokens of a link dead at once; where `is_renewed`, others take their place. Call in a task.
---@param id string
---@param is_renewed boolean
---@return true|nil done
---@return string? message
---@return string? code
function Links:revoke(id, is_renewed)
  local batch = { { "DELETE FROM tokens WHERE link = ?", id } }
  local generation = (self.generations[id] or 0) + 1
  if is_renewed then
    batch[2] = { "UPDATE links SET generation = ? WHERE id = ?", generation, id }
    self:add_tokens(batch, id, generation)
  else
    batch[2] = { "UPDATE links SET revoked = ? WHERE id = ?", os.time(), id }
  end
  local done, message, code = self.store:write(batch)
  if done and is_renewed then self.generations[id] = generation end
  return done, message, code
end

local find_token = [[
SELECT links.share, links.id, links.name, links.expires, links.most_downloads - links.downloads AS left
FROM tokens JOIN links ON links.id = tokens.link
WHERE tokens.hash = ? AND tokens.purpose = ? AND (links.expires IS NULL OR links.expires > ?)
  AND (links.most_downloads IS NULL OR links.downloads < links.most_downloads)]]

---Whom a token belongs to, if it is not revoked, over or used up. Costs one hash and one look-up, however many links
---there are.
---@param token string as it came in a request
---@param purpose btshare.Purpose
---@return string? share_id
---@return string? link_id
---@return {name: string?, expires: integer?, downloads_left: integer?}? link
function Links:find(token, purpose)
  if #token ~= token_length then
    return nil
  end
  local row = self.store:query(find_token, self.store.blob(crypto.sha256(token)), purpose, os.time())[1]
  if row then
    return row.share, row.id, { name = row.name, expires = row.expires, downloads_left = row.left }
  end
end

return links
