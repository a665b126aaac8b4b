---@meta btshare.publishing
-- What lists that others can read are made of, and how such a list is sent. Only what its owner marked as listed is
-- named.

---@class btshare.publishing
local publishing = {}

---The shared folders, by path; a folder of which only single entries are shared is one, too. The title may be told to
---others: what such a folder is called, often as its user is, was never shared.
---@return {name: string, path: string, title: string}[] folders
function publishing.folders() end

---The shares that lists may name and that can be had, newest first, each with id, name, kind, size, files, created,
---changed and root.
---@param folder string? path: only those of one shared folder
---@param most integer?
---@return table[] shares
function publishing.listed(folder, most) end

---Where a listed share can be had by whoever makes a request: its `page`; `file` (of a single file) and `torrent`, each
---with url, type and length; `magnet`. Only in handlers.
---@param id string
---@param request btshare.plugin.Request
---@return table? offer nil where the plugins do not let it be opened: then it is not to be named
function publishing.offer(id, request) end

---The URL of a path on the public listener.
---@param path string
---@param request btshare.plugin.Request? as whoever makes it reaches us; without one, as others do
---@return string url
function publishing.url(path, request) end

---A word that nobody can guess, for the path of a list: always the same for the same purpose and subject.
---@param purpose string
---@param subject string
---@return string word
function publishing.address(purpose, subject) end

---The answer to a request with a text that is often asked for and seldom another: 304 where whoever asks has it.
---@param request btshare.plugin.Request
---@param of {type: string, body: string, modified: integer?} modified: seconds since 1970
---@return table reply
function publishing.answer(request, of) end

return publishing
