---@meta core.crypto
-- Random bytes, hashes and text forms by libsodium.

---@class core.crypto
local crypto = {}

---@param bytes integer at most 1 MiB
---@return string random from the system's generator
function crypto.random(bytes) end

---@param message string
---@return string digest 32 bytes
function crypto.sha256(message) end

---@param key string any length
---@param message string
---@return string mac 32 bytes, HMAC-SHA-256 (RFC 2104)
function crypto.hmac_sha256(key, message) end

---Compares in constant time; strings of different lengths are unequal.
---@param a string
---@param b string
---@return boolean equal
function crypto.equal(a, b) end

---@param bytes string
---@return string text URL-safe, without padding (RFC 4648 §5)
function crypto.base64url(bytes) end
---@param text string
---@return string? bytes nil for anything that base64url would not have written
function crypto.from_base64url(text) end

---@param bytes string
---@return string digits lower case
function crypto.hex(bytes) end
---@param digits string
---@return string? bytes nil when not pairs of hex digits
function crypto.from_hex(digits) end

return crypto
