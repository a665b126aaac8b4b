-- What a sender says that the bytes of a request hash to: "Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", of tus.
local crypto = require "core.crypto"

---@class btshare.routes.Checksum
---@field digest "SHA1"|"SHA256" as core.http names it
---@field private value string
---@field private of_nothing string
local Checksum = {}
Checksum.__index = Checksum

local checksum = {}

checksum.algorithms = "sha1,sha256"

local kinds = {
  sha1 = { digest = "SHA1", of_nothing = crypto.from_hex "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
  sha256 = { digest = "SHA256", of_nothing = crypto.sha256 "" },
}

local letters = { ["+"] = "-", ["/"] = "_" }

---@param coded string in base64; what fills it up may be left out
---@return string? bytes
function checksum.from_base64(coded)
  local own = coded:match("^[%w+/]*"):gsub("[+/]", letters)
  return coded:find("^=?=?$", #own + 1) and crypto.from_base64url(own) or nil
end

---@param request core.http.Request
---@return btshare.routes.Checksum? announced nil where nothing is
---@return string? problem of what is
function checksum.of(request)
  local header = request.headers["upload-checksum"]
  if not header then return nil end
  local name, coded = header:match("^%s*(%w+) (%S+)%s*$")
  local kind, value = kinds[name], coded and checksum.from_base64(coded)
  if not kind then return nil, "must be of " .. checksum.algorithms end
  if not value or #value ~= #kind.of_nothing then return nil, "cannot be read" end
  return setmetatable({ digest = kind.digest, of_nothing = kind.of_nothing, value = value }, Checksum)
end

---@param digest string? of what came; nil where nothing did
---@return boolean
function Checksum:matches(digest)
  return (digest or self.of_nothing) == self.value
end

return checksum
