-- What a person is needed for: after a damaged database, and as plugins say.
local damage = require "btshare.store.damage"
local i18n = require "btshare.i18n"

local function in_all(say)
  local texts = {}
  for language in pairs(i18n.languages) do texts[language] = say(i18n.speaker(language)) end
  return texts
end

---@param services btshare.Services
---@return table[] notices see btshare.plugin.Notice
return function(services)
  local list = services.plugins and services.plugins:notices() or {}
  local known = services.store.damage
  if known then
    local words = damage.words(known)
    table.insert(list, 1, {
      text = in_all(function(speaker) return speaker:message(words) end),
      confirm = in_all(function(speaker) return speaker:text "console.damage.confirm" end),
    })
  end
  return list
end
