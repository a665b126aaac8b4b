-- Writes what the console's page says in each language, as JSON, into a folder: `btshare-lua web/texts.lua FOLDER`.
local i18n = require "btshare.i18n"
local json = require "core.json"

for language in pairs(i18n.languages) do
  local file <close> = assert(io.open(("%s/%s.json"):format(arg[1], language), "w"))
  assert(file:write(json.encode(i18n.for_browser(language))))
end
