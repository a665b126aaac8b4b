---@meta btshare.numbers
-- How much of everything there is, for what measures BTshare from outside.

---@class btshare.numbers
local numbers = {}

---All that is counted, now: version, libtorrent, started (seconds since 1970), shares (states, bytes, files,
---recipients, complete), downloads, sent (http, bittorrent), received, transfers, peers, total (downloads, people),
---answered (public, console, by class of status), plugins and memory. `sent`, `received` and `answered` count since the
---start, `total` over all starts. Only in handlers and tasks.
---@return table numbers
function numbers.now() end

---Measures from now on how late the loop is: a look each 100 ms, counted by how late it was.
---@param bounds number[] seconds, rising
---@return {bounds: number[], counts: integer[], count: integer, sum: number} lag goes on counting
---@return fun() stop `plugin:bind` can be given it
function numbers.watch_lag(bounds) end

return numbers
