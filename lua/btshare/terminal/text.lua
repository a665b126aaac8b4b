-- Text for terminals: names made harmless, display widths, shortening, alignment.
local text = {}

-- First and last code points; sorted. A small extract of Unicode's East Asian Width W and F.
local wide = {
  { 0x1100, 0x115F }, { 0x231A, 0x231B }, { 0x23E9, 0x23EC }, { 0x2614, 0x2615 }, { 0x2705, 0x2705 },
  { 0x2728, 0x2728 }, { 0x274C, 0x274C }, { 0x2753, 0x2755 }, { 0x2B50, 0x2B50 }, { 0x2E80, 0x303E },
  { 0x3041, 0xA4CF }, { 0xA960, 0xA97C }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F },
  { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F18E, 0x1F19A }, { 0x1F200, 0x1F64F }, { 0x1F680, 0x1F6FF },
  { 0x1F7E0, 0x1F7EB }, { 0x1F90C, 0x1F9FF }, { 0x1FA70, 0x1FAFF }, { 0x20000, 0x3FFFD },
}
-- Marks that take no column of their own.
local narrow = {
  { 0x0300, 0x036F }, { 0x0483, 0x0489 }, { 0x0591, 0x05BD }, { 0x0610, 0x061A }, { 0x064B, 0x065F },
  { 0x0E31, 0x0E31 }, { 0x0E34, 0x0E3A }, { 0x0E47, 0x0E4E }, { 0x1AB0, 0x1AFF }, { 0x1DC0, 0x1DFF },
  { 0x200B, 0x200D }, { 0x20D0, 0x20FF }, { 0x302A, 0x302D }, { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F },
  { 0x1F3FB, 0x1F3FF }, { 0xE0100, 0xE01EF },
}
-- What could move the cursor, turn the reading direction, or break the line.
local harmful = {
  { 0x00, 0x1F }, { 0x7F, 0x9F }, { 0x061C, 0x061C }, { 0x200E, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F },
  { 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFB }, { 0xE0000, 0xE007F },
}

local function is_in(ranges, code)
  for _, range in ipairs(ranges) do
    if code < range[1] then return false end
    if code <= range[2] then return true end
  end
  return false
end

-- Splits into characters and the code point of each; bytes that are not UTF-8 stand alone, without one.
local function characters(value)
  local position = 1
  return function()
    if position > #value then return nil end
    local start = position
    local code = utf8.len(value, start, start) and utf8.codepoint(value, start)
    -- Not utf8.offset: it would swallow stray continuation bytes behind the character.
    position = start + (code and #utf8.char(code) or 1)
    return value:sub(start, position - 1), code or false
  end
end

---@param value string any bytes
---@return string text valid UTF-8 without anything that a terminal would obey
function text.escape(value)
  if not value:find("[^\x20-\x7E]") then return value end
  local pieces = {}
  for character, code in characters(value) do
    if not code then
      character = ("\\x%02X"):format(character:byte())
    elseif is_in(harmful, code) then
      character = code < 0x80 and ("\\x%02X"):format(code) or ("\\u{%04X}"):format(code)
    end
    pieces[#pieces + 1] = character
  end
  return table.concat(pieces)
end

local function character_width(code)
  if not code or code < 0x300 then return 1 end
  return is_in(narrow, code) and 0 or is_in(wide, code) and 2 or 1
end

---@param value string UTF-8 without escape sequences
---@return integer columns
function text.width(value)
  if not value:find("[\x80-\xFF]") then return #value end
  local columns = 0
  for _, code in characters(value) do
    columns = columns + character_width(code)
  end
  return columns
end

---Shortens in the middle, so that beginning and extension stay.
---@param value string
---@param columns integer
---@return string text at most `columns` wide
function text.shorten(value, columns)
  if text.width(value) <= columns then return value end
  if columns < 1 then return "" end
  local list, widths = {}, {}
  for character, code in characters(value) do
    list[#list + 1], widths[#widths + 1] = character, character_width(code)
  end
  local head, tail = columns // 2, (columns - 1) // 2
  local first, last = 0, #list + 1
  while widths[first + 1] <= head do
    first = first + 1
    head = head - widths[first]
  end
  while widths[last - 1] <= tail and (widths[last - 1] > 0 or tail > 0) do
    last = last - 1
    tail = tail - widths[last]
  end
  return table.concat(list, "", 1, first) .. "…" .. table.concat(list, "", last)
end

---@param value string
---@param columns integer
---@param right boolean? whether to align to the right
---@return string
function text.pad(value, columns, right)
  local blanks = (" "):rep(columns - text.width(value))
  return right and blanks .. value or value .. blanks
end

local sequences = { bold = "1", dim = "2", red = "31", green = "32", yellow = "33", blue = "34" }

---@param value string
---@param style string|nil "bold" "dim" "red" "green" "yellow" "blue"
---@param colour boolean whether the output takes it
---@return string
function text.paint(value, style, colour)
  if not colour or not style then return value end
  return ("\27[%sm%s\27[0m"):format(sequences[style], value)
end

return text
