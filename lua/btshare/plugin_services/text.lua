-- For plugins, as `btshare.text`: texts for people, made of values that others may have chosen.
local i18n = require "btshare.i18n"
local units = require "btshare.units"

local text = {}

local function value_at(values, path)
  local value = values
  for name in path:gmatch("[^.]+") do
    if type(value) ~= "table" then return "" end
    value = value[name]
  end
  local is_plain = type(value) == "string" or type(value) == "number" or type(value) == "boolean"
  return is_plain and tostring(value) or ""
end

---@param speaker btshare.i18n.Speaker? default: that of whoever started the program
---@return table<string, function>
function text.make(speaker)
  local api = {}
  speaker = speaker or i18n.terminal_speaker(os.getenv)

  ---Says what BTshare said in English, such as the `reason` of an event, in the owner's language; a sentence that it
  ---does not know stays as it is.
  ---@param english string
  ---@return string
  function api.message(english)
    return speaker:message(english)
  end

  ---What has happened, in a sentence in the owner's language.
  ---@param event string a fact of the catalogue
  ---@param values table its values
  ---@return string
  function api.sentence(event, values)
    local name = (values.share or values.download or {}).name or ""
    if not speaker:knows("told.event." .. event) then return event .. " " .. name end
    return speaker:text("told.event." .. event, {
      name = name, who = values.who or "", reason = speaker:message(values.reason or ""),
      message = speaker:message(values.message or ""),
    })
  end

  ---The same text, with U+FFFD in place of each byte that is no UTF-8.
  ---@param value string
  ---@return string
  function api.valid(value)
    local parts, at = {}, 1
    while true do
      local _, bad = utf8.len(value, at)
      parts[#parts + 1] = value:sub(at, (bad or 0) - 1)
      if not bad then return table.concat(parts) end
      parts[#parts + 1], at = "\u{FFFD}", bad + 1
    end
  end

  ---A number of bytes as people read it: "3.0 MB", by 1000.
  ---@param bytes integer
  ---@return string
  function api.size(bytes)
    return units.size(bytes)
  end

  ---Fills in a template: `{share.name}` is `values.share.name`, and nothing where there is no such value. What is
  ---filled in is not read again, whatever braces are in it.
  ---@param template string
  ---@param values table
  ---@return string
  function api.fill(template, values)
    return (template:gsub("{([%w_.]+)}", function(path) return value_at(values, path) end))
  end

  ---One line of at most so many bytes, cut between characters; control characters become spaces, and bytes that are
  ---no UTF-8 U+FFFD.
  ---@param value string
  ---@param longest integer bytes
  ---@return string
  function api.line(value, longest)
    value = api.valid(value:sub(1, longest + 1)):gsub("%c+", " ")
    if #value <= longest then return value end
    local cut = longest - #"…" + 1
    while cut > 1 and value:byte(cut) & 0xC0 == 0x80 do cut = cut - 1 end
    return value:sub(1, cut - 1) .. "…"
  end

  ---A text as it stands in XML 1.0, between tags or in an attribute: that knows neither other bytes than UTF-8 nor
  ---control characters.
  ---@param value string
  ---@return string
  function api.xml(value)
    value = api.valid(value):gsub("[%z\1-\8\11\12\14-\31]", " "):gsub("\u{FFFE}", " "):gsub("\u{FFFF}", " ")
    return (value:gsub('[&<>"]', { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }))
  end

  return api
end

return text
