---@meta core.crypto
-- Random bytes, hashes, text forms and passwords by libsodium.

---@class core.crypto
---@field library string version of libsodium
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

---Hashes a password (Argon2id) on a worker thread; the text that comes of it names its salt and its cost.
---@param password string
---@param passes integer
---@param memory integer bytes
---@param on_done fun(hash: string?, message: string?, code: string?) on the loop, later; code "full" without memory
---@return true|nil started
---@return string? message
---@return string? code
function crypto.hash_password(password, passes, memory, on_done) end

---Compares a password with a hash, on a worker thread.
---@param hash string
---@param password string
---@param on_done fun(is_right: boolean) on the loop, later
---@return true|nil started
---@return string? message
---@return string? code
function crypto.check_password(hash, password, on_done) end

---Whether a hash was made with another cost than this.
---@param hash string
---@param passes integer
---@param memory integer bytes
---@return boolean
function crypto.is_outdated(hash, passes, memory) end

return crypto
