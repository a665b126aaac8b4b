-- What senders and owners write for one another: kept as they wrote it, without what would mislead whoever reads it.
local words = {}

local longest_sender, longest_note = 100, 2000 -- characters

-- Control characters, and those that turn the direction of what follows.
local function is_hidden(code)
  return code < 0x20 and code ~= 0x0A or code >= 0x7F and code <= 0x9F or code == 0x61C or code == 0x200E
    or code == 0x200F or code >= 0x2028 and code <= 0x202E or code >= 0x2066 and code <= 0x2069 or code == 0xFEFF
end

---@param text string? as it came
---@param most integer characters
---@param is_line boolean? whether line feeds become spaces
---@return string? clean nil where nothing is left
function words.clean(text, most, is_line)
  if not text or not utf8.len(text) then return nil end
  local kept = {}
  for _, code in utf8.codes((text:gsub("\r\n?", "\n"))) do
    if #kept == most then break end
    if not is_hidden(code) then kept[#kept + 1] = is_line and code == 0x0A and " " or utf8.char(code) end
  end
  local clean = table.concat(kept):match("^%s*(.-)%s*$")
  return clean ~= "" and clean or nil
end

---@param text string? as it came
---@return string? clean
function words.sender(text)
  return words.clean(text, longest_sender, true)
end

---@param text string? as it came
---@return string? clean
function words.note(text)
  return words.clean(text, longest_note)
end

return words
