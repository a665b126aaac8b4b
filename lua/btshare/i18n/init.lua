-- What people read, in their language: one catalogue for pages, commands and errors, with plurals, sizes and dates.
--
-- Texts hold no markup; {name} stands for a value. A text with plural forms is a table { one = …, other = … }, chosen
-- by the value n.
--
-- Each area of the catalogue is a file of its own below en/ and fr/; en.lua and fr.lua put them together.
local Messages = require "btshare.i18n.messages"
local environment = require "btshare.i18n.environment"
local units = require "btshare.units"

local i18n = {}

local no_break = "\u{A0}"

---@class btshare.i18n.Language
---@field name string in itself
---@field texts table<string, string|table<string, string>>
---@field plural fun(n: integer): "one"|"other"
---@field months string[]
---@field date string of {day} {month} {year} {hour} {minute} {zone}
---@field short_date string for tables, of {dd} {mm} {year} {hour} {minute}
---@field first_day string how the first of a month is written
---@field decimal string
---@field thousands string
---@field unit table<string, string> what "kB" and its like are called
---@field day string what a day is called behind a number
---@field terminal_space string between a number and its unit, where nothing is wrapped
---@field before_joint string what stands before the colon and the semicolon

---@type table<string, btshare.i18n.Language>
i18n.languages = { en = require "btshare.i18n.en", fr = require "btshare.i18n.fr" }

---What is spoken where nothing else is asked for.
i18n.default = "en"

-- Areas of the catalogue that the console's page shows; the others are the public pages' and the command line's.
local in_browser = { console = true, history = true, downloads = true }

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
---@field private space string between a number and its unit
---@field private messages btshare.i18n.Messages?
---@field private of btshare.i18n.Language
local Speaker = {}
Speaker.__index = Speaker

local speakers = {}

local function speaker(language, space)
  local of = i18n.languages[language] or error("no such language: " .. tostring(language), 3)
  local name = language .. space
  speakers[name] = speakers[name] or setmetatable({ language = language, of = of, space = space }, Speaker)
  return speakers[name]
end

---@param language string
---@return btshare.i18n.Speaker
function i18n.speaker(language)
  return speaker(language, no_break)
end

---For the terminal of the person whose environment it is.
---@param variable fun(name: string): string? such as os.getenv
---@return btshare.i18n.Speaker
function i18n.terminal_speaker(variable)
  local language = environment(variable, i18n.languages) or i18n.default
  return speaker(language, i18n.languages[language].terminal_space)
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

---A word that programs use, such as the name of a state.
---@param area string "state"
---@param word string
---@return string the text of "state.WORD", or the word as it is where this version does not know it
function Speaker:word(area, word)
  local text = self.of.texts[area .. "." .. word]
  return type(text) == "string" and text or word
end

---@param n integer
---@return string "12,345" or "12 345", with a space that does not break
function Speaker:count(n)
  return (units.count(n):gsub(",", self.of.thousands))
end

---Says what an inner part of the program said in English: an error, a reason, a notice.
---@param english string
---@return string in this language, or as it was where that is not known
function Speaker:message(english)
  if self.language == "en" then return english end
  self.messages = self.messages or Messages.new(i18n.languages.en, self.of)
  return self.messages:say(english)
end

---@param value number
---@return string "12,345" or "0.25": of a fraction two digits
function Speaker:number(value)
  if value < 0 then return "−" .. self:number(-value) end
  local whole, rest = math.modf(math.floor(value * 100 + 0.5) / 100)
  local digits = rest > 0 and ("%.2f"):format(rest):gsub("^0%.", self.of.decimal):gsub("0$", "") or ""
  return self:count(math.tointeger(whole) or whole) .. digits
end

---@param bytes integer
---@return string "1.9 GB" or "1,9 Go", with a space that does not break
function Speaker:size(bytes)
  local number, unit = units.size(bytes):match("^(%S+) (%S+)$")
  return number:gsub("%.", self.of.decimal) .. self.space .. self.of.unit[unit]
end

---@param bytes_per_second number
---@return string "1.9 MB/s" or "1,9 Mo/s"
function Speaker:rate(bytes_per_second)
  return self:size(math.floor(bytes_per_second + 0.5)) .. "/s"
end

---@param seconds number
---@return string "12 d 4 h" or "12 j 4 h"
function Speaker:duration(seconds)
  return (units.duration(seconds):gsub("d%f[%A]", self.of.day):gsub(" ", self.space))
end

---What was measured and written in English, such as "1.4 GB" or "2 d 3 h".
---@param english string
---@return string in this language
function Speaker:measure(english)
  local number, unit = english:match("^(%d+%.?%d*) (%a+)$")
  if number and self.of.unit[unit] then
    return number:gsub("%.", self.of.decimal) .. self.space .. self.of.unit[unit]
  end
  local is_duration = english:find("^%d[%d dhmins]*$")
  return is_duration and english:gsub("d%f[%A]", self.of.day):gsub(" ", self.space) or english
end

---@param key string
---@return boolean whether there is such a text, for keys that another version may have sent
function Speaker:knows(key)
  return self.of.texts[key] ~= nil
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

---@param time integer seconds since 1970
---@return string "2027-05-12 18:02" or "12/05/2027 18:02", for tables
function Speaker:short_moment(time)
  local parts = { dd = "%d", mm = "%m", year = "%Y", hour = "%H", minute = "%M" }
  return os.date((self.of.short_date:gsub("{(%a+)}", parts)), time)
end

return i18n
