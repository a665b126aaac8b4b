-- Metrics: what BTshare counts and measures, for Prometheus and what reads its text format.
--
-- `plugin "metrics"` in config.lua adds /metrics to the console's address. Prometheus logs in with an API token of
-- scope read (`btshare token prometheus --scope read`), as `authorization.credentials` or as the password of
-- `basic_auth`, whatever the name. Text format 0.0.4, or OpenMetrics 1.0 for who asks for that.
local plugin = ...

local numbers = require "btshare.numbers"
local types = require "btshare.types"

local function place(value)
  if type(value) == "string" and value:find("^/[%w_./-]*$") then return value end
  return nil, "must be a path such as /metrics"
end

local options = plugin:options {
  path = types.default(place, "/metrics"), -- on the console
}

local states = { "settling", "preparing", "ready", "changed", "missing", "paused", "expired", "failed" }
local bounds = { 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5 } -- seconds

local lag
plugin:bind(function()
  local stop
  lag, stop = numbers.watch_lag(bounds)
  return stop
end)

local escapes = { ["\\"] = "\\\\", ["\n"] = "\\n", ['"'] = '\\"' }

local function labelled(name, labels)
  local parts = {}
  for index = 1, #labels, 2 do
    parts[#parts + 1] = ('%s="%s"'):format(labels[index], (tostring(labels[index + 1]):gsub('[\\\n"]', escapes)))
  end
  return #parts > 0 and ("%s{%s}"):format(name, table.concat(parts, ",")) or name
end

local function number(value)
  return math.type(value) == "integer" and ("%d"):format(value) or ("%.17g"):format(value)
end

-- A page in the making: `family` begins a metric, `add` gives it a value, with labels as { name, value, … }.
local function new_page(is_open_metrics)
  local lines, page = {}, {}
  local current

  function page.family(name, kind, help, unit)
    -- OpenMetrics names a counter without what its samples end with.
    current = kind == "counter" and name .. "_total" or name
    local shown = is_open_metrics and name or current
    lines[#lines + 1] = ("# HELP %s %s"):format(shown, (help:gsub("[\\\n]", escapes)))
    lines[#lines + 1] = ("# TYPE %s %s"):format(shown, kind)
    if is_open_metrics and unit then lines[#lines + 1] = ("# UNIT %s %s"):format(shown, unit) end
  end

  function page.add(value, labels, suffix)
    lines[#lines + 1] = ("%s %s"):format(labelled(current .. (suffix or ""), labels or {}), number(value))
  end

  function page.one(name, kind, help, value, unit)
    page.family(name, kind, help, unit)
    page.add(value)
  end

  function page.text()
    return table.concat(lines, "\n") .. (is_open_metrics and "\n# EOF\n" or "\n")
  end

  return page
end

local function write_shares(page, shares)
  page.family("btshare_shares", "gauge", "Shares by state.")
  for _, state in ipairs(states) do page.add(shares.states[state] or 0, { "state", state }) end
  page.one("btshare_shared_bytes", "gauge", "Size of all that is shared.", shares.bytes, "bytes")
  page.one("btshare_shared_files", "gauge", "Files in all shares.", shares.files)
  page.one("btshare_recipients", "gauge", "Recipients that fetch something now.", shares.recipients)
end

local function write_traffic(page, now)
  page.family("btshare_sent_bytes", "counter", "Bytes of files sent since the start, by way.", "bytes")
  for _, way in ipairs { "bittorrent", "http" } do page.add(now.sent[way], { "way", way }) end
  page.one("btshare_received_bytes", "counter", "Bytes of files received since the start.", now.received, "bytes")
  page.one("btshare_completed_downloads", "counter", "Shares that recipients have fetched to the end, over all starts.",
    now.total.downloads)
  page.one("btshare_http_transfers", "gauge", "Replies with files under way.", now.transfers)
  page.one("btshare_bittorrent_peers", "gauge", "Torrent clients that are connected.", now.peers)
  page.one("btshare_downloads", "gauge", "Downloads in the list of what is received.", now.downloads)
  page.family("btshare_http_requests", "counter", "Requests answered since the start, by listener and class of status.")
  for _, listener in ipairs { "console", "public" } do
    for _, class in ipairs { "2xx", "3xx", "4xx", "5xx" } do
      page.add(now.answered[listener][class] or 0, { "listener", listener, "code", class })
    end
  end
end

local function write_plugins(page, plugins)
  page.family("btshare_plugin_running", "gauge", "Whether a plugin runs: 0 where it was set aside.")
  for _, one in ipairs(plugins) do page.add(one.state == "running" and 1 or 0, { "plugin", one.name }) end
  page.family("btshare_plugin_recent_failures", "gauge", "Errors of a plugin that still count against it.")
  for _, one in ipairs(plugins) do page.add(one.strikes, { "plugin", one.name }) end
  page.family("btshare_plugin_memory_bytes", "gauge", "Memory allocated while a plugin's code ran, not freed.", "bytes")
  for _, one in ipairs(plugins) do page.add(one.memory or 0, { "plugin", one.name }) end
end

local function write_process(page, now)
  page.family("btshare_loop_lag_seconds", "histogram", "How late the event loop got to what was due.", "seconds")
  local below = 0
  for index, bound in ipairs(bounds) do
    below = below + lag.counts[index]
    page.add(below, { "le", tostring(bound) }, "_bucket")
  end
  page.add(lag.count, { "le", "+Inf" }, "_bucket")
  page.add(lag.sum, nil, "_sum")
  page.add(lag.count, nil, "_count")
  page.one("process_start_time_seconds", "gauge", "Start of BTshare, in seconds since 1970.", now.started, "seconds")
  page.one("process_resident_memory_bytes", "gauge", "Memory that the process has.", now.memory, "bytes")
  page.family("btshare_build_info", "gauge", "What this was built from.")
  page.add(1, { "version", now.version, "libtorrent", now.libtorrent })
end

plugin:route("GET " .. options.path, function(request)
  local is_open_metrics = (request.headers.accept or ""):find("application/openmetrics-text", 1, true) ~= nil
  local page, now = new_page(is_open_metrics), numbers.now()
  write_shares(page, now.shares)
  write_traffic(page, now)
  write_plugins(page, now.plugins)
  write_process(page, now)
  local type = is_open_metrics and "application/openmetrics-text; version=1.0.0; charset=utf-8"
    or "text/plain; version=0.0.4; charset=utf-8"
  return { status = 200, headers = { ["Content-Type"] = type, ["Cache-Control"] = "no-store" }, body = page.text() }
end, { on = "console", scope = "read" })
