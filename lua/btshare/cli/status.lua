-- `btshare status`: what the running instance is doing.
local control = require "btshare.cli.control"
local exit = require "btshare.exit"
local json = require "core.json"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"

local status = {}

function status.describe(parser, t)
  parser:flag("--json", t("status.json"))
  parser:flag("--diagnostics", t("status.diagnostics"))
end

-- What is known of it, in brackets, behind a name.
local function with_remarks(name, remarks)
  return #remarks > 0 and ("%s (%s)"):format(name, table.concat(remarks, ", ")) or name
end

local function running(answer)
  local words = {}
  if answer.uptime then words[#words + 1] = speaker:duration(answer.uptime) end
  if answer.version then words[#words + 1] = "BTshare " .. answer.version end
  if answer.pid then words[#words + 1] = speaker:text("status.process", { number = answer.pid }) end
  return table.concat(words, ", ")
end

local function bittorrent(answer)
  if not answer.port then return nil end
  local port = speaker:text("status.port", { number = answer.port })
  return answer.libtorrent and port .. ", libtorrent " .. answer.libtorrent or port
end

local states = { "ready", "settling", "preparing", "changed", "paused", "missing", "expired", "failed" }

local function shares(answer)
  if not answer.shares then return nil end
  local words = {}
  for _, state in ipairs(states) do
    local count = answer.shares[state]
    if count then words[#words + 1] = speaker:text("status.count." .. state, { n = count }) end
  end
  return #words > 0 and table.concat(words, ", ") or speaker:text("status.none")
end

local function folder(root)
  local remarks = {}
  if root.exposure and root.exposure ~= "link" then remarks[1] = speaker:word("status.exposure", root.exposure) end
  if (root.skipped or 0) > 0 then
    remarks[#remarks + 1] = speaker:text("status.left.out", { n = root.skipped })
  end
  if root.watched == false then remarks[#remarks + 1] = speaker:text("status.polled") end
  if root.lost then remarks[#remarks + 1] = speaker:text("status.lost") end
  return with_remarks(root.only and root.path .. "/" .. root.only or root.path, remarks)
end

local function plugin(item)
  local remarks, held = {}, item.held
  if item.state == "set aside" then
    remarks[1] = speaker:text("status.aside", { reason = speaker:message(item.reason or "?") })
  elseif (item.strikes or 0) > 0 then
    remarks[1] = speaker:text("status.errors", { n = item.strikes })
  end
  if held then
    remarks[#remarks + 1] = speaker:text(held.place and "status.held" or "status.held.somewhere", {
      n = math.floor(held.longest * 1000), place = held.place,
    })
  end
  if item.memory then remarks[#remarks + 1] = speaker:size(item.memory) end
  return with_remarks(item.name, remarks)
end

local function sent(answer)
  local traffic = answer.traffic
  if not traffic then return nil end
  local size = speaker:size(traffic.uploaded)
  if traffic.peers == 0 then return speaker:text("status.by.torrent", { size = size }) end
  local rate = speaker:rate(traffic.up_rate)
  return speaker:text("status.by.torrent.now", { size = size, rate = rate, n = traffic.peers })
end

local function each(list, fn)
  local lines = {}
  for index, item in ipairs(list or {}) do lines[index] = fn and fn(item) or item end
  return lines
end

-- Label and value, or several of them, one a line. Two sentences on reachability say more than all its details.
local function rows(answer)
  local reachability, directories = answer.reachability, answer.directories or {}
  return {
    { speaker:text("status.running"), running(answer) },
    { speaker:text("status.damage"), answer.damage and speaker:message(answer.damage.message) },
    { speaker:text("status.console"), answer.console },
    { speaker:text("status.public"), answer.public },
    { "BitTorrent", bittorrent(answer) },
    { speaker:text("status.addresses"), each(answer.addresses) },
    { speaker:text("status.network"), reachability and speaker:message(reachability.lan.sentence) },
    { speaker:text("status.internet"), reachability and speaker:message(reachability.internet.sentence) },
    { speaker:text("status.shares"), shares(answer) },
    { speaker:text("status.folders"), each(answer.roots, folder) },
    { speaker:text("status.sent"), sent(answer) },
    { speaker:text("status.plugins"), each(answer.plugins, plugin) },
    { speaker:text("status.protection"), answer.sandbox and speaker:message(answer.sandbox) },
    { speaker:text("status.memory"), answer.memory and speaker:size(answer.memory) },
    { speaker:text("status.state"), directories.state },
    { speaker:text("status.cache"), directories.cache },
  }
end

---@param answer table of GET /api/v1/status; what is not known of it is left out
---@param colour boolean
---@return string[] lines aligned
function status.format(answer, colour)
  local shown, longest = {}, 0
  for _, row in ipairs(rows(answer)) do
    local values = type(row[2]) == "table" and row[2] or { row[2] }
    for index, value in ipairs(values) do
      shown[#shown + 1] = { label = index == 1 and row[1] or "", value = value }
      longest = math.max(longest, text.width(row[1]))
    end
  end
  local lines = {}
  for index, row in ipairs(shown) do
    lines[index] = text.paint(text.pad(row.label, longest), "dim", colour) .. "  " .. text.escape(row.value)
  end
  return lines
end

function status.run(options, context)
  local subject = options.diagnostics and "diagnostics" or "status"
  local answer, code = control.ask(context, options, "GET", "/api/v1/" .. subject)
  if not answer then return code end
  if options.json then
    context:print(json.encode(answer, { indent = 2 }))
  elseif options.diagnostics then
    context:print((answer.text:gsub("[^\n]+", text.escape)))
  else
    context:print(table.concat(status.format(answer, context.out.colour), "\n"))
  end
  return exit.ok
end

return status
