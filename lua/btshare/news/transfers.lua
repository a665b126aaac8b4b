-- Tells of HTTP transfers: their beginning and their end, with what was delivered.
local transfers = {}

local function event_of(services, transfer)
  local pass = transfer.pass
  return {
    share = services.shares:describe(transfer.share), link = { id = pass.link, name = pass.name },
    address = transfer.address, way = pass.purpose == "webseed" and "web-seed" or "direct",
  }
end

local function tell_started(services, transfer)
  if not services.events:has("transfer-started") then return end
  local event = event_of(services, transfer)
  event.bytes, event.whole = transfer.wanted, transfer.is_all and transfer.wanted == transfer.length
  services.events:tell("transfer-started", event)
end

local function tell_finished(services, transfer, bytes, ending)
  if not services.events:has("transfer-finished") then return end
  local event = event_of(services, transfer)
  event.bytes, event.whole = bytes, ending.is_whole
  event.reason = ending.is_done and "done" or transfer.is_cut and "ended" or "broken"
  services.events:tell("transfer-finished", event)
end

---@param services btshare.Services with its transfers
function transfers.follow(services)
  services.transfers:follow {
    begin = function(transfer) tell_started(services, transfer) end,
    finish = function(transfer, bytes, ending) tell_finished(services, transfer, bytes, ending) end,
  }
end

return transfers
