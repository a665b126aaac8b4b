-- The console's files, from a table made at start: no request ever becomes a path (security S14).
--
-- Whatever path the browser shows belongs to the console's own router, so one without an extension gets the page. Where
-- the console was not built, "/" says how to get it.
local accept = require "btshare.http.accept"
local crypto = require "core.crypto"
local headers = require "btshare.http.headers"
local host = require "core.host"
local i18n = require "btshare.i18n"
local json = require "core.json"
local reply = require "btshare.http.reply"
local uv = require "luv"

local assets = {}

---@class btshare.Asset
---@field bytes string
---@field gz string? the same, compressed
---@field etag string
---@field headers table<string, string>

local open = { scope = "open" }
local types = {
  css = "text/css", html = "text/html", js = "text/javascript", json = "application/json", svg = "image/svg+xml",
  txt = "text/plain", webmanifest = "application/manifest+json",
}
local most_file = 4 * 1024 * 1024

-- Beside lua/ and web/ where it is installed, beside the program where it was built.
local function folder()
  local program = uv.exepath()
  for _, candidate in ipairs { host.data .. "/console", program and program:match("^(.*)/") .. "/console" or nil } do
    if uv.fs_stat(candidate .. "/index.html") then return candidate end
  end
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read(most_file) or ""
end

local function make(bytes, gz, type_name, more)
  local own = { ["Content-Type"] = type_name, ["Cache-Control"] = "no-cache", ["Vary"] = "Accept-Encoding" }
  for name, value in pairs(more or {}) do own[name] = value end
  return { bytes = bytes, gz = gz, etag = crypto.hex(crypto.sha256(bytes)):sub(1, 20), headers = own }
end

-- A name with a hash in it never means anything else.
local function is_hashed(path)
  return path:find("[.-]%x%x%x%x%x%x%x%x+%.[%w.]+$") ~= nil
end

local function type_of(name)
  local kind = types[name:match("%.(%w+)$")]
  return kind and kind .. "; charset=utf-8" or "application/octet-stream"
end

local function load_file(path, name)
  local gz = uv.fs_stat(path .. ".gz") and read(path .. ".gz") or nil
  local more = name:find("%.html$") and headers.console_page
    or is_hashed(name) and { ["Cache-Control"] = "public, max-age=31536000, immutable" } or nil
  return make(read(path), gz, type_of(name), more)
end

local function load_folder(path, prefix, found)
  local entries = assert(uv.fs_scandir(path))
  for name, kind in function() return uv.fs_scandir_next(entries) end do
    if kind == "directory" then
      load_folder(path .. "/" .. name, prefix .. name .. "/", found)
    elseif kind == "file" and not name:find("%.gz$") then
      found[prefix .. name] = load_file(path .. "/" .. name, name)
    end
  end
  return found
end

local function wants_gzip(request)
  for _, item in ipairs(accept.items(request.headers["accept-encoding"])) do
    if item.name == "gzip" or item.name == "*" then return item.quality > 0 end
  end
  return false
end

---@param asset btshare.Asset
local function serve(asset, request)
  local is_compressed = asset.gz ~= nil and wants_gzip(request)
  local own = { ["ETag"] = ('"%s%s"'):format(asset.etag, is_compressed and "-gz" or "") }
  for name, value in pairs(asset.headers) do own[name] = value end
  if (request.headers["if-none-match"] or ""):find(own.ETag, 1, true) then
    own["Content-Type"] = nil
    return { status = 304, headers = own }
  end
  if is_compressed then own["Content-Encoding"] = "gzip" end
  return { status = 200, headers = own, body = is_compressed and asset.gz or asset.bytes }
end

-- What the browser shows of a language.
local function texts_of(language)
  return make(json.encode(i18n.for_browser(language)), nil, "application/json; charset=utf-8")
end

local function escape(text)
  return (text:gsub("[&<>\"]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }))
end

-- In place of a console that was not built.
local function absent_page(request)
  local speaker = i18n.speaker(accept.language(request.headers["accept-language"], i18n.languages) or i18n.default)
  local function text(key) return escape(speaker:text(key)) end
  local lines = {
    ('<!doctype html><html lang="%s"><meta charset="utf-8">'):format(speaker.language),
    '<meta name="viewport" content="width=device-width">',
    ("<title>BTshare</title><h1>%s</h1><p>%s</p>"):format(text("access.absent"), text("access.absent.how")),
    "<pre>npm --version\ncmake --build build</pre>",
    ("<p>%s</p><pre>btshare list\nbtshare status\nbtshare help</pre></html>\n"):format(text("access.absent.meanwhile")),
  }
  local own = { ["Content-Type"] = "text/html; charset=utf-8", ["Content-Language"] = speaker.language,
    ["Vary"] = "Accept-Language" }
  for name, value in pairs(headers.console_page) do own[name] = value end
  return { status = 200, headers = own, body = table.concat(lines, "\n") }
end

local function missing(request)
  return reply.problem(404, "/" .. table.concat(request.segments, "/") .. ": no such thing here")
end

local function make_finder(files)
  return function(request, parameters)
    local path = table.concat(parameters.path or {}, "/")
    if files and files[path] then
      return serve(files[path], request)
    elseif request.segments[1] == "api" or path:find("%.[^/]*$") then
      return missing(request)
    end
    return files and serve(files["index.html"], request) or absent_page(request)
  end
end

---Adds the routes to a router.
---@param router btshare.Router
---@param from string? folder of the built console, "" for none; default: where it belongs
function assets.add(router, from)
  from = from or folder() or ""
  local files = from ~= "" and load_folder(from, "", {}) or nil
  local find = make_finder(files)
  local texts = {}
  for language in pairs(i18n.languages) do
    local name = language .. ".json"
    texts[name] = files and files["i18n/" .. name] or texts_of(language) -- the built ones are compressed
  end
  router:add("GET /", find, open)
  router:add("GET /*path", find, open)
  router:add("GET /api/*path", missing, { scope = "read" })
  router:add("GET /healthz", function() return reply.text(200, "ok\n") end, open)
  router:add("GET /i18n/:file", function(request, parameters)
    local asset = texts[parameters.file]
    return asset and serve(asset, request) or missing(request)
  end, open)
end

return assets
