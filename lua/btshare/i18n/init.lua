-- What people read, in their language: one catalogue for pages, commands and errors, with plurals, sizes and dates.
--
-- Texts hold no markup; {name} stands for a value. A text with plural forms is a table { one = …, other = … }, chosen
-- by the value n.
local units = require "btshare.units"

local i18n = {}

local no_break = "\u{A0}"

---@class btshare.i18n.Language
---@field name string in itself
---@field texts table<string, string|table<string, string>>
---@field plural fun(n: integer): "one"|"other"
---@field months string[]
---@field date string of {day} {month} {year} {hour} {minute} {zone}
---@field first_day string how the first of a month is written
---@field decimal string
---@field thousands string
---@field unit table<string, string> what "kB" and its like are called

---@type table<string, btshare.i18n.Language>
i18n.languages = { en = require "btshare.i18n.en", fr = require "btshare.i18n.fr" }

---What is spoken where nothing else is asked for.
i18n.default = "en"

-- Areas of the catalogue that the console's page shows; the others are the public pages' and the command line's.
local in_browser = { console = true, history = true, downloads = true, settings = true }

---What the console's page is given of a language.
---@param language string
---@return {language: string, texts: table<string, string|table<string, string>>}
function i18n.for_browser(language)
  local texts = {}
  for key, text in pairs(i18n.languages[language].texts) do
    if in_browser[key:match("^%w+")] then texts[key] = text end
  end
  return { language = language, texts = texts }
end

---@class btshare.i18n.Speaker
---@field language string "en"
---@field private of btshare.i18n.Language
local Speaker = {}
Speaker.__index = Speaker

local speakers = {}

---@param language string
---@return btshare.i18n.Speaker
function i18n.speaker(language)
  local of = i18n.languages[language] or error("no such language: " .. tostring(language), 2)
  speakers[language] = speakers[language] or setmetatable({ language = language, of = of }, Speaker)
  return speakers[language]
end

---@param key string
---@param values table<string, string|number>? what {name} stands for; n chooses the plural, and is written as a count
---@return string
function Speaker:text(key, values)
  local text = self.of.texts[key] or error("no such text: " .. tostring(key), 2)
  values = values or {}
  if type(text) == "table" then
    text = text[self.of.plural(values.n)]
  end
  return (text:gsub("{(%a+)}", function(name)
    local value = values[name]
    if value == nil then error(key .. ": {" .. name .. "} was not given", 4) end
    return name == "n" and self:count(value) or tostring(value)
  end))
end

---@param n integer
---@return string "12,345" or "12 345", with a space that does not break
function Speaker:count(n)
  return (units.count(n):gsub(",", self.of.thousands))
end

---@param bytes integer
---@return string "1.9 GB" or "1,9 Go", with a space that does not break
function Speaker:size(bytes)
  local number, unit = units.size(bytes):match("^(%S+) (%S+)$")
  return number:gsub("%.", self.of.decimal) .. no_break .. self.of.unit[unit]
end

---@param fraction number 0 … 1
---@return string "43%"
function Speaker:percent(fraction)
  return self:text("percent", { value = math.floor(fraction * 100) })
end

-- "+0200" → "UTC+2", "+0530" → "UTC+5:30"
local function zone_name(offset)
  local sign, hours, minutes = offset:match("^([+-])(%d%d)(%d%d)$")
  if not sign or offset == "+0000" then return "UTC" end
  return "UTC" .. sign .. tonumber(hours) .. (minutes ~= "00" and ":" .. minutes or "")
end

---@param time integer seconds since 1970
---@return string "12 May 2027, 18:02 (UTC+2)", in this machine's time zone
function Speaker:moment(time)
  local parts = os.date("*t", time)
  local values = {
    day = parts.day == 1 and self.of.first_day or parts.day, month = self.of.months[parts.month], year = parts.year,
    hour = ("%02d"):format(parts.hour), minute = ("%02d"):format(parts.min), zone = zone_name(os.date("%z", time)),
  }
  return (self.of.date:gsub("{(%a+)}", values))
end

return i18n
