-- Who asks for a page: in which language, in which form, and from where.
local accept = require "btshare.http.accept"
local i18n = require "btshare.i18n"

local asker = {}

---@alias btshare.Form "html"|"plain"|"json"|"torrent"

---@class btshare.Asker
---@field form btshare.Form
---@field speaker btshare.i18n.Speaker
---@field keep string "?lang=fr" where the language was chosen by a link, "" elsewhere: for further links
---@field place btshare.Place how we are reached from there

local forms = {
  { "html", "text/html" }, { "html", "application/xhtml+xml" }, { "plain", "text/plain" },
  { "json", "application/json" }, { "torrent", "application/x-bittorrent" },
}

-- Those who take anything are people with a command line, but for browsers and what makes previews of links.
local viewers = { "mozilla", "bot", "whatsapp", "facebook", "slack", "discord", "telegram", "preview", "skype" }

local function is_viewer(agent)
  agent = (agent or ""):lower()
  for _, word in ipairs(viewers) do
    if agent:find(word, 1, true) then return true end
  end
  return false
end

---@param headers table<string, string>
---@return btshare.Form
local function choose_form(headers)
  local best, best_quality = nil, 0
  for _, form in ipairs(forms) do
    local quality, is_named = accept.media(headers.accept, form[2])
    if is_named and quality > best_quality then
      best, best_quality = form[1], quality
    end
  end
  return best or is_viewer(headers["user-agent"]) and "html" or "plain"
end

local function chosen_language(query)
  if type(query) == "table" then return query.lang end -- as plugins see a request
  return ("&" .. query):match("&lang=(%a%a)%f[^%a]")
end

---@param services btshare.Services
---@param request core.http.Request|btshare.plugin.Request
---@return btshare.Asker
function asker.of(services, request)
  local chosen = chosen_language(request.query)
  chosen = i18n.languages[chosen] and chosen
  local language = chosen or accept.language(request.headers["accept-language"], i18n.languages) or i18n.default
  return {
    form = choose_form(request.headers),
    speaker = i18n.speaker(language),
    keep = chosen and "?lang=" .. chosen or "",
    place = services.reach:for_asker(request.address, request.host),
  }
end

return asker
