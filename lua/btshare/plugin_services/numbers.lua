-- For plugins, as `btshare.numbers`: how much of everything there is, for what measures BTshare from outside.
local describe = require "btshare.shares.describe"
local task = require "btshare.task"
local uv = require "luv"

local numbers = {}

local breath = 10            -- milliseconds that a turn of the loop may last while shares are counted
local beat_milliseconds = 100 -- between two looks at how late the loop is

local function count_shares(services)
  local shares = { states = {}, bytes = 0, files = 0, recipients = 0, complete = 0 }
  for index, share in ipairs(services.shares:list()) do
    local state, summary = describe.state(share), services.rows:summary(share)
    shares.states[state] = (shares.states[state] or 0) + 1
    shares.bytes, shares.files = shares.bytes + share.size, shares.files + share.files
    shares.recipients, shares.complete = shares.recipients + summary.recipients, shares.complete + summary.complete
    if index % 200 == 0 then task.breathe(breath) end
  end
  return shares
end

local function count_downloads(services)
  local count = 0
  for _ in pairs(services.downloads and services.downloads.by_id or {}) do count = count + 1 end
  return count
end

local function answered(listener)
  local counts = {}
  for class, count in pairs(listener and listener.answered or {}) do counts[class] = count end
  return counts
end

local function started_seconds(services)
  return os.time() - (uv.now() - services.started_at) // 1000
end

---How late the loop gets to what is due: a look each 100 ms, counted by how long it had to wait.
---@class btshare.numbers.Lag
---@field bounds number[] seconds, rising
---@field counts integer[] how many looks were late by no more than each bound, and by more than the one before
---@field count integer of all looks
---@field sum number seconds

local function watch_lag(bounds)
  local lag = { bounds = bounds, counts = {}, count = 0, sum = 0 }
  for index = 1, #bounds do lag.counts[index] = 0 end
  local timer, due = uv.new_timer(), uv.hrtime() + beat_milliseconds * 1e6
  timer:start(beat_milliseconds, beat_milliseconds, function()
    local now = uv.hrtime()
    local late = math.max(0, now - due) / 1e9
    due = now + beat_milliseconds * 1e6
    lag.count, lag.sum = lag.count + 1, lag.sum + late
    for index, bound in ipairs(bounds) do
      if late <= bound then
        lag.counts[index] = lag.counts[index] + 1
        break
      end
    end
  end)
  return lag, function() timer:close() end
end

---@param services btshare.Services
---@return table<string, function>
function numbers.make(services)
  local api = {}

  ---All that is counted, now. Call in a handler or task: shares are counted in slices. `sent`, `received` and
  ---`answered` count since the start, `total` over all starts. Bytes are of files, not of protocols.
  function api.now()
    local traffic = services.engine.traffic
    return {
      version = services.host.version, libtorrent = services.engine.library, started = started_seconds(services),
      shares = count_shares(services), downloads = count_downloads(services),
      sent = { http = services.recipients.http_sent, bittorrent = traffic.uploaded }, received = traffic.downloaded,
      transfers = services.transfers.count, peers = traffic.peers,
      total = { downloads = services.activity.totals.downloads, people = services.activity.totals.people },
      answered = { public = answered(services.public), console = answered(services.console) },
      plugins = services.plugins:list(), memory = services.host.memory(),
    }
  end

  ---Measures from now on how late the loop is, sorted by `bounds` (seconds, rising).
  ---@param bounds number[]
  ---@return btshare.numbers.Lag lag goes on counting
  ---@return fun() stop
  function api.watch_lag(bounds)
    return watch_lag(bounds)
  end

  return api
end

return numbers
