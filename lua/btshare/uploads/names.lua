-- Names of files that somebody else chose, made fit for any file system and any screen (security S23).
local names = {}

local longest = 200 -- bytes, so that " (2)" and the like still fit

-- Letters with accents of their own, as most systems write them, by letter and accent, as macOS does.
local accents = {
  ["\u{300}"] = "AÀEÈIÌOÒUÙaàeèiìoòuùNǸnǹ",
  ["\u{301}"] = "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćNŃnńSŚsśZŹzźRŔrŕLĹlĺ",
  ["\u{302}"] = "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷ",
  ["\u{303}"] = "AÃNÑOÕaãnñoõIĨiĩUŨuũ",
  ["\u{304}"] = "AĀaāEĒeēIĪiīOŌoōUŪuū",
  ["\u{306}"] = "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭ",
  ["\u{307}"] = "CĊcċEĖeėGĠgġIİZŻzż",
  ["\u{308}"] = "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸ",
  ["\u{30A}"] = "AÅaåUŮuů",
  ["\u{30B}"] = "OŐoőUŰuű",
  ["\u{30C}"] = "CČcčDĎdďEĚeěNŇnňRŘrřSŠsšTŤtťZŽzžLĽlľ",
  ["\u{327}"] = "CÇcçGĢKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţ",
  ["\u{328}"] = "AĄaąEĘeęIĮiįUŲuų",
}

local composed = {}
for accent, letters in pairs(accents) do
  for letter, whole in letters:gmatch("(%a)([\xC3-\xC7][\x80-\xBF])") do composed[letter .. accent] = whole end
end

local function compose(text)
  return (text:gsub("%a\xCC[\x80-\xBF]", composed))
end

-- Control characters, and those that turn the direction of what follows.
local function is_hidden(code)
  return code < 0x20 or code >= 0x7F and code <= 0x9F or code == 0x61C or code >= 0x200B and code <= 0x200F
    or code >= 0x2028 and code <= 0x202E or code >= 0x2060 and code <= 0x206F or code == 0xFEFF
    or code >= 0xFFF0 and code <= 0xFFFB
end

local function visible(text)
  local kept = {}
  for _, code in utf8.codes(text) do
    if not is_hidden(code) then kept[#kept + 1] = code == 0x2F and "_" or code == 0x5C and "_" or utf8.char(code) end
  end
  return table.concat(kept)
end

-- What some systems take for a device, whatever follows the dot.
local function is_reserved(stem)
  local upper = stem:upper()
  return upper == "CON" or upper == "PRN" or upper == "AUX" or upper == "NUL" or upper:find("^COM%d$")
    or upper:find("^LPT%d$")
end

local function trim(text)
  return (text:gsub("^[. ]+", ""):gsub("[. ]+$", ""))
end

---@param name string
---@return string stem
---@return string extension ".txt", or ""
function names.split(name)
  local stem, extension = name:match("^(.+)(%.[^.]+)$")
  if stem and #extension <= 16 then return stem, extension end
  return name, ""
end

-- Cuts the stem, between characters.
local function shorten(name)
  local stem, extension = names.split(name)
  local room = longest - #extension
  if #stem <= room then return name end
  local last = room
  while last > 0 and (stem:byte(last + 1) or 0) & 0xC0 == 0x80 do last = last - 1 end
  return (stem:sub(1, last):gsub("[. ]+$", "")) .. extension
end

---@param name string as it came
---@return string? clean nil where nothing of it is left; the same again for what is clean
---@return string? message
function names.clean(name)
  if not utf8.len(name) then return nil, "its name is not UTF-8" end
  local clean = shorten(trim(visible(compose(name))))
  if clean == "" then return nil, "its name has nothing that can be kept" end
  local stem, extension = clean:match("^([^.]*)(.*)$")
  if is_reserved(stem) then return stem .. "_" .. extension end
  return clean
end

---@param name string
---@param number integer
---@return string another "film (2).mkv"
function names.numbered(name, number)
  local stem, extension = names.split(name)
  return ("%s (%d)%s"):format(stem, number, extension)
end

return names
