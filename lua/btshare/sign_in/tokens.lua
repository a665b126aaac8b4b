-- API tokens: what programs show instead of a cookie. Their secret is shown once and stored as its SHA-256.
local crypto = require "core.crypto"

local tokens = {}

local prefix = "btsh_"
local note_period = 600 -- seconds

---Every right that a token may have. Each includes those before it.
tokens.scopes = { "read", "share", "admin" }

---@class btshare.sign_in.Token
---@field id string
---@field name string
---@field scopes string[]
---@field created integer
---@field used integer?
---@field expires integer?

---@class btshare.sign_in.Tokens
---@field private store btshare.Store
---@field private clock fun(): integer seconds since 1970
---@field private noted table<string, integer> when one was used last, where that is newer than what is stored
---@field private on_ended fun(id: string)
local Tokens = {}
Tokens.__index = Tokens

---@param store btshare.Store
---@param clock fun(): integer
---@param on_ended fun(id: string) told when one has been revoked
---@return btshare.sign_in.Tokens
function tokens.new(store, clock, on_ended)
  return setmetatable({ store = store, clock = clock, on_ended = on_ended, noted = {} }, Tokens)
end

---What somebody who was given these rights may do.
---@param scopes string[]
---@return table<string, true>
function tokens.rights(scopes)
  local given, rights, is_included = {}, {}, false
  for _, scope in ipairs(scopes) do given[scope] = true end
  for index = #tokens.scopes, 1, -1 do
    local scope = tokens.scopes[index]
    is_included = is_included or given[scope] == true
    rights[scope] = is_included or nil
  end
  return rights
end

local function split(words)
  local list = {}
  for word in words:gmatch("%a+") do list[#list + 1] = word end
  return list
end

local function describe(row)
  return {
    id = row.id, name = row.name, scopes = split(row.scopes), created = row.created, used = row.used,
    expires = row.expires,
  }
end

-- In the order of tokens.scopes, each once.
local function tidy(scopes)
  local wanted, list = {}, {}
  for _, scope in ipairs(scopes) do wanted[scope] = true end
  for _, scope in ipairs(tokens.scopes) do
    if wanted[scope] then list[#list + 1] = scope end
  end
  return table.concat(list, " ")
end

---Makes a token. Call in a task.
---@param name string what it is for
---@param scopes string[]
---@param expires integer? seconds since 1970
---@return btshare.sign_in.Token? token
---@return string secret_or_message
---@return string? code "exists" when one has that name
function Tokens:make(name, scopes, expires)
  if self.store:query("SELECT 1 FROM api_tokens WHERE name = ?", name)[1] then
    return nil, name .. ": a token of that name is there already", "exists"
  end
  local secret = prefix .. crypto.base64url(crypto.random(32))
  local row = {
    id = crypto.hex(crypto.random(8)), name = name, scopes = tidy(scopes), created = self.clock(), expires = expires,
  }
  local written, message, code = self.store:write { {
    "INSERT INTO api_tokens (id, hash, name, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?)",
    row.id, self.store.blob(crypto.sha256(secret)), row.name, row.scopes, row.created, row.expires, n = 6,
  } }
  if not written then return nil, message, code end
  return describe(row), secret
end

---@return btshare.sign_in.Token[] newest first
function Tokens:list()
  local list = {}
  for index, row in ipairs(self.store:query("SELECT * FROM api_tokens ORDER BY created DESC, name")) do
    list[index] = describe(row)
  end
  return list
end

---@param id string
---@return btshare.sign_in.Token?
function Tokens:get(id)
  local row = self.store:query("SELECT * FROM api_tokens WHERE id = ?", id)[1]
  return row and describe(row)
end

---Makes a token worthless at once. Call in a task.
---@param id string
---@return true|nil revoked
---@return string? message
---@return string? code
function Tokens:revoke(id)
  if not self:get(id) then return nil, id .. ": no such token", "missing" end
  local done, message, code = self.store:write { { "DELETE FROM api_tokens WHERE id = ?", id } }
  if done then self.on_ended(id) end
  return done, message, code
end

---Whose secret this is.
---@param secret string as it came
---@return btshare.sign_in.Token?
function Tokens:find(secret)
  if secret:sub(1, #prefix) ~= prefix then return nil end
  local now = self.clock()
  local row = self.store:query("SELECT * FROM api_tokens WHERE hash = ?",
    self.store.blob(crypto.sha256(secret)))[1]
  if not row or (row.expires and row.expires <= now) then return nil end
  if now - (self.noted[row.id] or row.used or 0) >= note_period then
    self.noted[row.id] = now
    self.store:write_soon { { "UPDATE api_tokens SET used = ? WHERE id = ?", now, row.id } }
  end
  return describe(row)
end

return tokens
