---@meta btshare.passwords
-- Passwords that guests give. Hashing is dear on purpose and does not hold the loop: `hash` and `check` wait, so they are for
-- handlers and tasks alone. How often somebody may try is not the plugin's business: `share-unlock` is throttled.

---@class btshare.passwords
local passwords = {}

---A hash that can be kept (Argon2id).
---@param password string
---@return string? hash
---@return string? message
---@return string? code
function passwords.hash(password) end

---Compares what somebody gave with a password, or with a hash of one.
---@param given string
---@param known string
---@return boolean? is_right nil where that could not be told
---@return string? message
---@return string? code
function passwords.check(given, known) end

---A short text that changes with a password, or its hash, and says nothing of it: what `share-open` gets as `grant`.
---@param known string
---@return string mark
function passwords.mark(known) end

---Whether a mark is in the `grant` that `share-open` has. Where several plugins let in only some, there are several.
---@param grant string?
---@param mark string
---@return boolean
function passwords.holds(grant, mark) end

---A new password that can be read out: four groups of five letters and digits.
---@return string password
function passwords.make() end

return passwords
