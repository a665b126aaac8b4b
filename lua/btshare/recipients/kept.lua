-- Recipients that have it all, as they are kept in the store: for 30 days, the latest of each share at hand.
local kept = {}

local most = 200 -- of a share
local days = 30

local select_latest = [[
SELECT * FROM recipients WHERE share = ? AND finished > ? ORDER BY finished DESC LIMIT ]] .. most

local insert = [[
INSERT OR REPLACE INTO recipients (id, share, version, way, link, name, client, address, peer, sent, since, finished)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 WHERE EXISTS (SELECT 1 FROM shares WHERE id = ?2)]]

---Fills a new record with those who have got its share.
---@param store btshare.Store
---@param record btshare.recipients.Record
function kept.load(store, record)
  local rows = store:query(select_latest, record.share.id, os.time() - days * 86400)
  for index = #rows, 1, -1 do
    local row = rows[index]
    record:add {
      id = row.id, version = row.version, way = row.way, link = row.link, name = row.name, client = row.client,
      address = row.address, peer = row.peer, sent = row.sent, since = row.since, last = row.finished,
      finished = row.finished, progress = 1,
      key = row.way ~= "torrent" and row.way .. "\0" .. row.link .. "\0" .. row.address or nil,
    }
  end
end

---@param record btshare.recipients.Record
---@param one btshare.Recipient
---@return table statement for Store:write
function kept.statement(record, one)
  return {
    insert, one.id, record.share.id, one.version, one.way, one.link or record.share.id, one.name, one.client,
    one.address, one.peer, one.sent, one.since, one.finished, n = 12,
  }
end

---@return table statement that lets go of those whose time is over
function kept.forget()
  return { "DELETE FROM recipients WHERE finished < ?", os.time() - days * 86400 }
end

return kept
