---@meta btshare.mail
-- Mails (RFC 5322), handed to a mail server, or made for sendmail: `process.run { "/usr/sbin/sendmail", "-i", "--", to, input = … }`.

---@class btshare.mail
local mail = {}

---Whether a value is a single mail address and nothing else; a check for `plugin:options`, too.
---@param value any
---@return string? address
---@return string? message
function mail.address(value) end

---Whether a value is the address of a mail server, "smtps://mail.example.org" or "smtp://localhost:25"; a check for options.
---@param value any
---@return string? server
---@return string? message
function mail.server(value) end

---A whole mail. The addresses must have been checked by `address`.
---@param of {to: string, from: string?, subject: string, text: string}
---@return string mail
function mail.compose(of) end

---Hands a mail to a server, on a thread of its own, and waits until that has taken it: only in handlers and tasks. The way
---is encrypted and the server's certificate verified, unless the server is this machine (localhost, 127.0.0.1, [::1]).
---@param letter btshare.mail.Letter
---@return true? taken
---@return string? message
---@return string? code "denied" where another try makes no sense: a wrong password, nobody of that address
function mail.send(letter) end

---@class btshare.mail.Letter
---@field server string smtps://HOST[:PORT], or smtp://HOST[:PORT], which begins in the clear and changes to TLS
---@field user string?
---@field password string?
---@field to string
---@field from string? default: as `to`
---@field subject string
---@field text string
---@field timeout number|string|nil for all of it; default "30s", at most "10m"

return mail
