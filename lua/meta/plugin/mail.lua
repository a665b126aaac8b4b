---@meta btshare.mail
-- Mails as sendmail takes them (RFC 5322): `process.run { "/usr/sbin/sendmail", "-i", "--", to, input = … }`.

---@class btshare.mail
local mail = {}

---Whether a value is a single mail address and nothing else; a check for `plugin:options`, too.
---@param value any
---@return string? address
---@return string? message
function mail.address(value) end

---A whole mail. The addresses must have been checked by `address`.
---@param of {to: string, from: string?, subject: string, text: string}
---@return string mail
function mail.compose(of) end

return mail
