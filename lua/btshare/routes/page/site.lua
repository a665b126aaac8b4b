-- The public pages as a whole: templates, the style sheet, and what every page has in common.
local crypto = require "core.crypto"
local headers = require "btshare.http.headers"
local host = require "core.host"
local i18n = require "btshare.i18n"
local template = require "btshare.http.template"

local site = {}

---@class btshare.Site
---@field style string the style sheet
---@field version string of the style sheet, for its address
---@field private drop {bytes: string, version: string}? the script of drop boxes, which work without it too
---@field private templates btshare.Templates
local Site = {}
Site.__index = Site

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function version_of(bytes)
  return crypto.hex(crypto.sha256(bytes)):sub(1, 12)
end

local function optional(path)
  local file <close> = io.open(path, "rb")
  local bytes = file and file:read("a")
  return bytes and { bytes = bytes, version = version_of(bytes) }
end

---Reads templates and style sheet. Raises where one is missing or wrong: the program cannot do without.
---@return btshare.Site
function site.load()
  local folder = host.data .. "/web/pages"
  local style = read(folder .. "/style.css")
  return setmetatable({
    style = style,
    version = version_of(style),
    drop = optional(folder .. "/drop.js"),
    templates = template.load(folder),
  }, Site)
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
  values.style = "/assets/" .. self.version .. "/style.css"
  values.keep = asker.keep
  values.preview = values.preview or false
  local own = { ["Content-Language"] = speaker.language }
  for header, value in pairs(headers.public_page) do
    own[header] = value
  end
  return { status = status, headers = own, body = self.templates:render(name, values) }
end

local function asset(bytes, media)
  return {
    status = 200, body = bytes,
    headers = {
      ["Content-Type"] = media .. "; charset=utf-8", ["Cache-Control"] = "public, max-age=31536000, immutable",
    },
  }
end

---@param parameters {version: string}
---@return core.http.Reply? reply nil for another version than this one
function Site:style_sheet(parameters)
  return parameters.version == self.version and asset(self.style, "text/css") or nil
end

---@param name string of a template
---@return string|false address of its script; false where it has none
function Site:script_address(name)
  return name == "drop.html" and self.drop and ("/assets/%s/drop.js"):format(self.drop.version) or false
end

---@param parameters {version: string}
---@return core.http.Reply? reply nil for another version than this one
function Site:script(parameters)
  local drop = self.drop
  return drop and parameters.version == drop.version and asset(drop.bytes, "text/javascript") or nil
end

return site
