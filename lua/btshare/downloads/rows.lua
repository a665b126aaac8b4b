-- Downloads in the database: what of them survives a restart.
local source = require "btshare.downloads.source"

local rows = {}

-- A list of booleans, a character each; shorter than a list of numbers, and nothing where all are wanted.
local function pack(wanted)
  if not wanted then return nil end
  local parts = {}
  for index, is_wanted in ipairs(wanted) do parts[index] = is_wanted and "1" or "0" end
  return table.concat(parts)
end

local function unpack_wanted(text)
  if not text then return nil end
  local wanted = {}
  for character in text:gmatch(".") do wanted[#wanted + 1] = character == "1" end
  return wanted
end

local function flag(value)
  return value and 1 or 0
end

local columns = {
  "id", "source", "uri", "torrent", "info_hash", "folder", "name", "size", "files", "wanted", "created", "finished",
  "started", "paused", "known", "public", "share_after", "share_seconds", "failure",
  "password",
}
local insert = ("INSERT INTO downloads (%s) VALUES (%s)"):format(
  table.concat(columns, ", "), ("?, "):rep(#columns - 1) .. "?")
local update = ("UPDATE downloads SET %s = ? WHERE id = ?"):format(table.concat(columns, " = ?, ", 2))

local function values_of(store, download)
  return {
    download.id, download.source.kind, download.source.uri,
    download.source.torrent and store.blob(download.source.torrent), download.info_hash, download.folder,
    download.name, download.size, download.count, pack(download.wanted), download.created, download.finished,
    flag(download.is_started), flag(download.is_paused), flag(download.is_known), flag(download.is_public),
    flag(download.share_after),
    download.share_seconds, download.failure and download.failure.code .. "\n" .. download.failure.message,
    download.password,
  }
end

---@param store btshare.Store
---@param download btshare.Download
---@return table statement
function rows.insert(store, download)
  local values = values_of(store, download)
  return { insert, n = #columns, table.unpack(values, 1, #columns) }
end

---@param store btshare.Store
---@param download btshare.Download
---@return table statement all of it but the resume data
function rows.update(store, download)
  local values = values_of(store, download)
  values[#columns + 1] = download.id
  return { update, n = #columns, table.unpack(values, 2, #columns + 1) }
end

---@param store btshare.Store
---@param download btshare.Download
---@param data string
---@return table statement
function rows.keep_resume(store, download, data)
  return { "UPDATE downloads SET resume = ? WHERE id = ?", store.blob(data), download.id }
end

---@param download btshare.Download
---@return table statement
function rows.delete(download)
  return { "DELETE FROM downloads WHERE id = ?", download.id }
end

---@param store btshare.Store
---@param download btshare.Download
---@return string? resume data
function rows.resume(store, download)
  local row = store:query("SELECT resume FROM downloads WHERE id = ?", download.id)[1]
  return row and row.resume
end

---@param store btshare.Store
---@return table[] fields of downloads, oldest first
function rows.all(store)
  local list = {}
  local sql = "SELECT " .. table.concat(columns, ", ") .. " FROM downloads ORDER BY created, id"
  for index, row in ipairs(store:query(sql)) do
    local code, message = (row.failure or ""):match("^(%a+)\n(.*)$")
    local from = { kind = row.source, uri = row.uri, torrent = row.torrent }
    list[index] = {
      id = row.id, source = from, info_hash = row.info_hash, folder = row.folder,
      -- An earlier version called it by its address.
      name = row.name == row.uri and source.name(from) or row.name, size = row.size, count = row.files,
      wanted = unpack_wanted(row.wanted), created = row.created, finished = row.finished,
      is_started = row.started == 1, is_paused = row.paused == 1, is_known = row.known == 1,
      is_public = row.public == 1,
      share_after = row.share_after == 1, share_seconds = row.share_seconds,
      failure = code and { code = code, message = message } or nil, password = row.password,
    }
  end
  return list
end

return rows
