---@meta btshare.reply
-- What routes answer with. A table of status, headers and body does as well.

---@class btshare.reply
local reply = {}

---@param status integer
---@param text string
---@return btshare.plugin.Reply reply
function reply.text(status, text) end

---@param status integer
---@param value any what `btshare.json` can write
---@return btshare.plugin.Reply reply
function reply.json(status, value) end

---A page. It may load what comes from BTshare itself; scripts and styles that stand in it do not count.
---@param status integer
---@param html string
---@return btshare.plugin.Reply reply
function reply.html(status, html) end

---Has whoever asks go on to another address (303).
---@param url string
---@return btshare.plugin.Reply reply
function reply.redirect(url) end

---A problem document (RFC 9457). A route that gives nil, message, code is answered with one as well.
---@param code "invalid"|"denied"|"missing"|"exists"|"gone"|"busy"|"full"|"failed"
---@param detail string one sentence
---@return btshare.plugin.Reply reply
function reply.problem(code, detail) end

return reply
