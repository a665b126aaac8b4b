-- Recipients as JSON, for the console and the command line.
local crypto = require "core.crypto"
local json = require "core.json"
local reach = require "btshare.reach"

local view = {}

local wheres = { loopback = "here", lan = "local", ["link-local"] = "local" }

---@param peer {address: string, port: integer}
---@return string
function view.endpoint(peer)
  return reach.join(peer.address, peer.port)
end

-- RFC 4648 §4: what browsers decode.
local function base64(bytes)
  local text = crypto.base64url(bytes):gsub("[-_]", { ["-"] = "+", ["_"] = "/" })
  return text .. ("="):rep(-#text % 4)
end

local function state_of(record, one)
  if one.is_active and not (one.finished and one.way == "torrent") then return "active" end
  return one.finished and one.version == record.total.version and "done" or "gone"
end

local function left_seconds(record, one)
  if not one.is_active or not one.progress or one.progress >= 1 or not one.speed or one.speed < 1 then return nil end
  return math.ceil((1 - one.progress) * record.share.size / one.speed)
end

---@param record btshare.recipients.Record
---@param one btshare.Recipient
---@return table
function view.recipient(record, one)
  local state = state_of(record, one)
  return {
    id = one.id, name = one.name, link = one.link or record.share.id, way = one.way, client = one.client,
    address = one.address, where = wheres[reach.scope(one.address)] or "internet",
    progress = state == "done" and 1 or one.progress, up_rate = math.floor(one.up_rate), sent = one.sent,
    left_seconds = left_seconds(record, one), since = one.since, last = one.last, state = state,
    finished = one.finished, pieces = one.pieces and base64(one.pieces),
  }
end

-- How many of those connected have each bucket of the pieces: 16 for each whole copy, at most 255.
local function availability(record)
  local sums, count = nil, 0
  for _, one in ipairs(record.list) do
    if one.pieces and (not sums or #one.pieces == #sums) then
      sums, count = sums or {}, count + 1
      for bucket = 1, #one.pieces do
        sums[bucket] = (sums[bucket] or 0) + one.pieces:byte(bucket)
      end
    end
  end
  if count == 0 then return nil end
  for bucket, sum in ipairs(sums) do sums[bucket] = string.char(math.min(255, sum * 16 // 255)) end
  return base64(table.concat(sums))
end

---@param record btshare.recipients.Record
---@param copies integer
---@return table
function view.answer(record, copies)
  local list = {}
  for index, one in ipairs(record.list) do list[index] = view.recipient(record, one) end
  return {
    recipients = json.array(list), complete = record.total.complete, copies_elsewhere = copies,
    availability = availability(record),
  }
end

return view
