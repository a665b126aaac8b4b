-- The recipients that fetch by HTTP: from replies under way to who gets them, how much and how fast.
local client = require "btshare.recipients.client"

local http = {}

local smoothing = 0.4 -- weight of the latest second

-- A torrent client also asks our web seed. Where one torrent recipient alone can be meant, it is that.
local function find_peer(record, address, link)
  local found
  for _, one in ipairs(record.list) do
    local may_be = one.way == "torrent" and one.address == address and (not one.link or one.link == link)
    if may_be and (one.is_active or not one.finished) then
      if found then return nil end
      found = one
    end
  end
  return found
end

---Who gets a reply: everything that one address fetches through one link is one recipient's.
---@param record btshare.recipients.Record
---@param transfer btshare.Transfer
---@param now integer seconds since 1970
---@return btshare.Recipient?
function http.recipient(record, transfer, now)
  local pass, is_seed = transfer.pass, transfer.pass.purpose == "web-seed"
  local peer = is_seed and find_peer(record, transfer.address, pass.link)
  if peer then return peer end
  local way = is_seed and "web-seed" or "direct"
  local key = way .. "\0" .. pass.link .. "\0" .. transfer.address
  return record.keys[key] or record:add {
    way = way, key = key, address = transfer.address, link = pass.link, name = pass.name,
    client = client.of_agent(transfer.agent), since = now, last = now,
  }
end

---@param record btshare.recipients.Record
---@param transfer btshare.Transfer
---@param now integer seconds since 1970
function http.begin(record, transfer, now)
  local recipient = http.recipient(record, transfer, now)
  transfer.told = 0
  if not recipient then return end
  local is_anew = recipient.open == 0 and recipient.way == "direct"
  if is_anew and (transfer.first == 0 or recipient.version ~= record.total.version) then
    recipient.covered, recipient.progress = 0, nil
  end
  if recipient.version ~= record.total.version then
    recipient.version, recipient.finished = record.total.version, nil
  end
  recipient.client = recipient.client or client.of_agent(transfer.agent)
  transfer.recipient, transfer.pace = recipient, nil
  recipient.transfers[transfer] = true
  recipient.last = now
  record:count(recipient, 1)
end

-- What has gone out of a reply since the last look.
local function take(record, transfer, bytes)
  local more = math.max(0, bytes - transfer.told)
  transfer.told = transfer.told + more
  record.total.sent = record.total.sent + more
  record.tally:add(transfer.pass.link, more)
  local recipient = transfer.recipient
  if recipient then recipient.sent, recipient.by_http = recipient.sent + more, (recipient.by_http or 0) + more end
  return more
end

---@param record btshare.recipients.Record
---@param transfer btshare.Transfer
---@param bytes integer that were handed to the system
---@param now integer seconds since 1970
---@return integer bytes since the last look
function http.finish(record, transfer, bytes, now)
  local recipient = transfer.recipient
  local more = take(record, transfer, bytes)
  if not recipient then return more end
  if transfer.is_all then recipient.covered = recipient.covered + bytes end
  recipient.transfers[transfer] = nil
  recipient.ended = recipient.ended + transfer.told
  recipient.last = now
  if transfer.is_all and recipient.way == "direct" then
    recipient.progress = math.min(1, recipient.covered / transfer.length)
  end
  record:count(recipient, -1)
  return more
end

-- How far a direct download is: what its replies have brought of the whole. Of a web seed it is a guess.
local function measure_progress(record, recipient)
  if recipient.way == "web-seed" then
    recipient.progress = record.share.size > 0 and math.min(1, recipient.sent / record.share.size) or nil
  elseif recipient.way == "direct" then
    local bytes, length = recipient.covered, nil
    for transfer in pairs(recipient.transfers) do
      if transfer.is_all then bytes, length = bytes + transfer.told, transfer.length end
    end
    if length then recipient.progress = math.min(1, bytes / length) end
  end
end

---The second's look at one recipient's replies.
---@param record btshare.recipients.Record
---@param recipient btshare.Recipient
---@param seconds number since the last look
---@param now integer seconds since 1970
---@return number rate bytes a second, of them all
---@return integer bytes
function http.measure(record, recipient, seconds, now)
  local rate, bytes = 0, 0
  for transfer in pairs(recipient.transfers) do
    local more = take(record, transfer, transfer.socket:sent(transfer.id) or transfer.told)
    local latest = more / seconds
    transfer.pace = transfer.pace and transfer.pace + (latest - transfer.pace) * smoothing or latest
    rate, bytes = rate + transfer.pace, bytes + more
  end
  if recipient.way ~= "torrent" then
    recipient.up_rate, recipient.speed, recipient.last = rate, rate, now
    measure_progress(record, recipient)
  end
  return rate, bytes
end

return http
