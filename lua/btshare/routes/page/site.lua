-- The public pages as a whole: templates, style sheets, scripts, and what every page has in common.
local crypto = require "core.crypto"
local headers = require "btshare.http.headers"
local host = require "core.host"
local i18n = require "btshare.i18n"
local template = require "btshare.http.template"

local site = {}

---@class btshare.Site
---@field private assets table<string, btshare.SiteAsset> by name
---@field private templates btshare.Templates
local Site = {}
Site.__index = Site

---@class btshare.SiteAsset
---@field bytes string
---@field path string with a version in it: what it names never changes
---@field media string

site.asset_names = { "style.css", "drop.css", "drop.js" }
-- What a page has for itself, besides the sheet of all.
local own_assets = {
  ["drop.html"] = { style = "drop.css", script = "drop.js" },
  ["dropped.html"] = { style = "drop.css" },
}
local media = { css = "text/css; charset=utf-8", js = "text/javascript; charset=utf-8" }

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

---Reads templates, style sheets and scripts. Raises where one is missing or wrong: the program cannot do without.
---@return btshare.Site
function site.load()
  local folder, all, loaded = host.data .. "/web/pages", {}, {}
  for index, name in ipairs(site.asset_names) do all[index] = read(folder .. "/" .. name) end
  local version = crypto.hex(crypto.sha256(table.concat(all))):sub(1, 12)
  for index, name in ipairs(site.asset_names) do
    loaded[name] = {
      bytes = all[index], path = ("/assets/%s/%s"):format(version, name), media = media[name:match("%a+$")],
    }
  end
  return setmetatable({ assets = loaded, templates = template.load(folder) }, Site)
end

local language_codes = {}
for code in pairs(i18n.languages) do
  language_codes[#language_codes + 1] = code
end
table.sort(language_codes)

local function languages(current)
  local list = {}
  for index, code in ipairs(language_codes) do
    list[index] = { code = code, name = i18n.languages[code].name, is_current = code == current }
  end
  return list
end

---@param asker btshare.Asker
---@param status integer
---@param name string of the template
---@param values table<string, any> for it, besides what all of them get; `title` is needed
---@return core.http.Reply
function Site:page(asker, status, name, values)
  local speaker = asker.speaker
  values.t = function(key, more) return speaker:text(key, more) end
  values.language = speaker.language
  values.languages = languages(speaker.language)
  values.style = self.assets["style.css"].path
  local own_asset = own_assets[name] or {}
  values.own_style = own_asset.style and self.assets[own_asset.style].path or false
  values.script = own_asset.script and self.assets[own_asset.script].path or false
  values.keep = asker.keep
  values.preview = values.preview or false
  local own = { ["Content-Language"] = speaker.language }
  for header, value in pairs(headers.public_page) do
    own[header] = value
  end
  return { status = status, headers = own, body = self.templates:render(name, values) }
end

---@param name string one of asset_names
---@param version string
---@return core.http.Reply? reply nil for another version than this one
function Site:asset(name, version)
  local asset = self.assets[name]
  if asset.path == ("/assets/%s/%s"):format(version, name) then
    return {
      status = 200, body = asset.bytes,
      headers = { ["Content-Type"] = asset.media, ["Cache-Control"] = "public, max-age=31536000, immutable" },
    }
  end
end

return site
