---@meta btshare.http
-- Requests to other servers, each on a thread of its own. At most eight of a plugin run at once; the others wait.

---@class btshare.http
local http = {}

---Asks, and waits for the whole answer: only in handlers and tasks. Certificates are verified; redirections are not followed.
---Any status is an answer; a failure is one of the network, the time or the size.
---@param request btshare.http.Request
---@return btshare.http.Answer? answer
---@return string? message
---@return string? code
function http.fetch(request) end

---@class btshare.http.Request
---@field url string http:// or https://
---@field method string? default: GET, or POST with a body
---@field headers table<string, string>?
---@field body string?
---@field timeout number|string|nil for all of it; default "30s", at most "10m"
---@field limit integer|string|nil most bytes of the answer's body; default "1MiB", at most "64MiB"

---@class btshare.http.Answer
---@field status integer
---@field headers table<string, string> names in small letters
---@field body string

return http
