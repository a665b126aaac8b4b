-- Previews: a file of a share shown in a page, and its bytes for that page. Only kinds that can run nothing (security
-- S18), told by the first bytes; they go out as any download does, and count as one.
local disposition = require "btshare.http.disposition"
local headers = require "btshare.http.headers"
local http = require "core.http"
local magic = require "btshare.http.magic"
local task = require "btshare.task"
local text = require "btshare.terminal.text"

local preview = {}

local most_text = 1024 * 1024 -- bytes: a browser lays out all of it

local function first_bytes(file)
  local body = http.body()
  body:add_file(file.root, file.path, file.size, file.mtime_ns, file.ctime_ns, file.inode, 0,
    math.min(file.size, magic.bytes))
  return task.await(function(resume)
    local begun, message, code = body:read(resume)
    if not begun then resume(nil, message, code) end
  end)
end

---What a file is to a browser. Call in a task.
---@param file core.http.File
---@return btshare.Shown? shown nil where it is only to be saved
function preview.look(file)
  local bytes = file.size > 0 and first_bytes(file)
  local shown = bytes and magic.look(file.path:match("[^/]+$"), bytes)
  return shown and (shown.kind ~= "text" or file.size <= most_text) and shown or nil
end

---What the bytes of a file have as headers where they are shown in its page, over those of a download.
---@param shown btshare.Shown
---@return table<string, string>
function preview.headers(shown)
  return { ["Content-Type"] = shown.type, ["Content-Disposition"] = "inline", ["X-Frame-Options"] = "SAMEORIGIN" }
end

---@param request core.http.Request
---@return boolean whether the bytes of a file are asked for in order to show them
function preview.is_wanted(request)
  return ("&" .. request.query):find("&inline%f[^%w]") ~= nil
end

local page_headers = { -- a text stands in a frame; nothing else may
  ["Content-Security-Policy"] = headers.public_page["Content-Security-Policy"] .. "; frame-src 'self'",
}

---The page that shows a file.
---@param site btshare.Site
---@param asker btshare.Asker
---@param base string path of the share's page
---@param number integer of the file
---@param file core.http.File
---@param shown btshare.Shown? nil: it cannot be shown
---@return core.http.Reply
function preview.page(site, asker, base, number, file, shown)
  local name, speaker = file.path:match("[^/]+$"), asker.speaker
  local address = ("%s/f/%d/%s"):format(base, number, disposition.segment(name))
  local answer = site:page(asker, 200, "preview.html", {
    title = speaker:text("page.title", { name = text.escape(name) }), name = text.escape(name),
    size = speaker:size(file.size), kind = shown and shown.kind or false, address = address, base = base,
  })
  for header, value in pairs(page_headers) do answer.headers[header] = value end
  return answer
end

return preview
