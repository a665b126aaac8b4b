---@meta core.fetch
-- Fetches over HTTP and HTTPS (libcurl behind core/fetch.h), each on a thread of its own: into memory, or into a file
-- beneath a folder, where no symbolic link is followed. Certificates are verified; redirects are told, not followed.
-- And mails, handed to a server by SMTP. A password goes to the server that is asked, and into no message.

---@class core.fetch
---@field library string version of libcurl
local fetch = {}

---@class core.fetch.Request
---@field url string http or https; of a mail smtps or smtp
---@field method string? default GET; HEAD brings no body
---@field headers string[]? lines "Name: value"
---@field body string? all of a mail, its lines ended by CRLF; or of the request: without a Content-Type among the headers none is sent
---@field timeout integer? milliseconds in which all must be over
---@field wants_head boolean? the response's headers are wanted
---@field accept string? media type
---@field limit integer? bytes of the body, default 1 MiB
---@field folder string? absolute: the body goes into the file `path` beneath it, where the status is 200 or 206
---@field path string?
---@field from integer? bytes of the file that are there already: only the rest is asked for
---@field if_range string? an ETag: all comes anew where it is another one
---@field mail_to string? an address: this is a mail, and goes by TLS or, without it, to this machine only
---@field mail_from string? of a mail
---@field user string? for the server of `url`, and no other; over HTTP by Basic (RFC 7617), and without a colon
---@field password string? with it; over HTTP it may come without a user

---@class core.fetch.Response
---@field status integer of HTTP, or SMTP
---@field body string "" of a fetch into a file
---@field location string? of a redirect, resolved
---@field etag string?
---@field head string? header lines, where they were wanted; at most 64 KiB ("full")

---Starts a fetch and calls `on_done(response)`, or `on_done(nil, message, code)`: "busy" after its time or 30 s without a byte, "full"
---beyond the limit or without room, "missing" where nobody can be reached, "denied" for a wrong certificate
---and a mail that its server will never take, "failed".
---@param request core.fetch.Request
---@param on_done fun(response: core.fetch.Response?, message: string?, code: string?)
---@return core.fetch.Fetch? fetch
---@return string? message
---@return string? code
function fetch.start(request, on_done) end

---Removes a file beneath a folder, or an empty folder.
---@param folder string
---@param path string
---@param is_folder boolean?
---@return true? done
---@return string? message
---@return string? code
function fetch.unlink(folder, path, is_folder) end

---Renames beneath a folder; replaces nothing ("exists").
---@param folder string
---@param from string
---@param to string
---@return true? done
---@return string? message
---@return string? code
function fetch.rename(folder, from, to) end

---@class core.fetch.Fetch
local Fetch = {}

---@return integer? bytes received so far; nil once it has ended
function Fetch:received() end

---Ends it; on_done is not called any more. Closing twice is no mistake.
function Fetch:close() end

return fetch
