-- Says in another language what the program's inner parts say in English: errors, reasons, notices.
--
-- These travel as English sentences, through code that knows no language and over the API. The texts of the catalogue
-- whose keys begin with "message." are patterns of such sentences; who shows one to a person has it said here. What
-- no pattern fits stays English.

local prefix = "^message%."
-- Sentences are joined by these; what stands before a colon is often a name.
local joints = { "; ", ": " }
-- A name may hold any number of them; sentences of ours do not.
local most_joints = 16

local function escape_pattern(text)
  return (text:gsub("%p", "%%%0"))
end

-- Of an English text: the pattern that fits what is made of it, and the names of its values in order.
local function compile(key, english)
  local names, literal = {}, 0
  local pattern = english:gsub("([^{]*)({?%a*}?)", function(fixed, value)
    literal = literal + #fixed
    if value == "" then return escape_pattern(fixed) end
    names[#names + 1] = value:sub(2, -2)
    return escape_pattern(fixed) .. "(.-)"
  end)
  return {
    key = key, pattern = "^" .. pattern .. "$", names = names, literal = literal,
    begins_with_value = english:find("^{") ~= nil,
  }
end

---@param english table<string, string> all texts
---@return table[] patterns those that say most themselves first
local function compile_all(english)
  local patterns = {}
  for key, text in pairs(english) do
    if key:find(prefix) then patterns[#patterns + 1] = compile(key, text) end
  end
  table.sort(patterns, function(one, other)
    if one.literal ~= other.literal then return one.literal > other.literal end
    return one.key < other.key
  end)
  return patterns
end

---@class btshare.i18n.Messages
---@field private patterns table[]
---@field private english btshare.i18n.Language
---@field private of btshare.i18n.Language
---@field private tried table<string, string|false> what came of the parts of the present message
local Messages = {}
Messages.__index = Messages

---@param english btshare.i18n.Language
---@param of btshare.i18n.Language into which
---@return btshare.i18n.Messages
function Messages.new(english, of)
  return setmetatable({ patterns = compile_all(english.texts), english = english, of = of }, Messages)
end

---@private
function Messages:month(name)
  for index, month in ipairs(self.english.months) do
    if month == name then return self.of.months[index] end
  end
  return name
end

---@private
function Messages:choices(list)
  return (list:gsub(" or ", " " .. self.of.texts["message.or"] .. " "))
end

---@private
function Messages:part(message)
  return self:try(message) or message
end

-- Values that are words themselves, by their name.
local spoken = { reason = "part", meant = "part", what = "part", month = "month", choices = "choices" }

---@private
function Messages:fit(message)
  for _, one in ipairs(self.patterns) do
    local found = table.pack(message:match(one.pattern))
    -- A value at the beginning is a name or a number; one with a colon has swallowed what stands before the message.
    -- One in which a sentence begins behind a quote has swallowed that.
    if found[1] and not (one.begins_with_value and found[1]:find(": ", 1, true)) and not found[1]:find("' is ", 1, true)
    then
      local values = {}
      for index, name in ipairs(one.names) do
        local method = spoken[name]
        values[name] = method and self[method](self, found[index]) or found[index]
      end
      return (self.of.texts[one.key]:gsub("{(%a+)}", values))
    end
  end
end

-- What stands before a colon is often a word of config.lua, which is the same in every language.
local function is_name(text)
  return text:find("^[%l_]+$") ~= nil
end

-- "FILE:12: …" is a format that editors follow: no space there.
local function join(self, left, joint, right)
  return left .. (left:find("%.lua:%d+$") and "" or self.of.before_joint) .. joint .. right
end

---@private
function Messages:split(message, joint)
  local from = 1
  while true do
    local first, last = message:find(joint, from, true)
    if not first then return nil end
    local left, right = message:sub(1, first - 1), message:sub(last + 1)
    local new_right = self:try(right)
    local new_left = joint == "; " and self:try(left) or not is_name(left) and self:fit(left) or nil
    if new_right or (new_left and joint == "; ") then
      return join(self, new_left or left, joint, new_right or right)
    end
    from = last + 1
  end
end

-- Every end of a message is looked at again and again by those before it, so what was found is kept meanwhile.
---@private
function Messages:try(message)
  local said = self.tried[message]
  if said ~= nil then return said end
  said = self:fit(message)
  for _, joint in ipairs(joints) do
    said = said or self:split(message, joint)
  end
  self.tried[message] = said or false
  return said
end

---@param message string in English
---@return string message in the language, or as it was where that is not known
function Messages:say(message)
  local _, count = message:gsub("[:;] ", "")
  self.tried = {}
  return count <= most_joints and self:try(message) or message
end

return Messages
