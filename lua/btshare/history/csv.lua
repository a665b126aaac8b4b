-- Events as a table for spreadsheets (RFC 4180). Names come from strangers: none of them becomes a formula.
local csv = {}

csv.media = "text/csv; charset=utf-8"

-- What a spreadsheet may take for a formula gets an apostrophe, which it shows as text.
local function harmless(value)
  if value:find("^[=+%-@\t\r\n]") or value:find("^[%s]*[=+%-@]") then return "'" .. value end
  return value
end

local function field(value)
  value = harmless(tostring(value == nil and "" or value))
  if value:find('[",\r\n;]') then return '"' .. value:gsub('"', '""') .. '"' end
  return value
end

---@param values any[] nil is empty
---@param count integer
---@return string line
function csv.line(values, count)
  local fields = {}
  for index = 1, count do fields[index] = field(values[index]) end
  return table.concat(fields, ",") .. "\r\n"
end

local function sentence(event, speaker)
  local values = {}
  for name, value in pairs(event.values) do values[name] = name == "size" and speaker:size(value) or value end
  return speaker:text(event.text_key, values)
end

---@param events btshare.history.Event[]
---@param speaker btshare.i18n.Speaker
---@return string text
function csv.encode(events, speaker)
  local lines = { csv.line({ "time", "kind", "share", "link", "who", "way", "text" }, 7) }
  for _, event in ipairs(events) do
    lines[#lines + 1] = csv.line({
      os.date("!%Y-%m-%dT%H:%M:%SZ", event.time), event.kind, event.share and event.share.name, event.link, event.who,
      event.way, sentence(event, speaker),
    }, 7)
  end
  return table.concat(lines)
end

return csv
