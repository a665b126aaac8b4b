-- The public pages: a share's page in all its forms, its .torrent and QR code, and what stands at other addresses.
local askers = require "btshare.routes.page.asker"
local disposition = require "btshare.http.disposition"
local forms = require "btshare.routes.page.forms"
local headers = require "btshare.http.headers"
local opening = require "btshare.routes.opening"
local qr = require "core.qr"
local reply = require "btshare.http.reply"
local sites = require "btshare.routes.page.site"
local torrents = require "btshare.shares.torrent"
local trouble = require "btshare.routes.page.trouble"
local views = require "btshare.routes.page.view"

local pages = {}

---@class btshare.Pages
---@field private services btshare.Services
---@field private site btshare.Site
local Pages = {}
Pages.__index = Pages

---@param services btshare.Services
---@return btshare.Pages
function pages.new(services)
  return setmetatable({ services = services, site = sites.load() }, Pages)
end

---What is said to somebody who cannot have what was asked for.
---@param request core.http.Request
---@param kind btshare.Trouble
---@return core.http.Reply
function Pages:trouble(request, kind)
  return trouble.reply(self.site, askers.of(self.services, request), kind)
end

---What a browser shows where a file turns out to have changed just when it was to be sent.
---@param request core.http.Request
---@return core.http.Reply? reply nil for others: they get a line of text
function Pages:gone(request)
  local asker = askers.of(self.services, request)
  return asker.form == "html" and trouble.reply(self.site, asker, "changed") or nil
end

local function torrent(self, request, asker, share, pass)
  if share.exposure == "http" or share.size == 0 then
    return trouble.reply(self.site, asker, "missing")
  end
  local bytes = torrents.file(self.services, share, asker.place, pass.link)
  if not bytes then
    return trouble.reply(self.site, asker, "preparing")
  end
  return {
    status = 200, body = bytes,
    headers = {
      ["Content-Type"] = "application/x-bittorrent",
      ["Content-Disposition"] = disposition.attachment(share.entry .. ".torrent"),
      ["Content-Security-Policy"] = "sandbox; default-src 'none'",
      ["Vary"] = request.segments[3] == nil and headers.public_page["Vary"] or nil,
    },
  }
end

local function tell_viewed(services, request, share, pass)
  if not services.events:has("page-viewed") then return end
  services.events:tell("page-viewed", {
    share = services.shares:describe(share), link = { id = pass.link, name = pass.name }, address = request.address,
    agent = request.headers["user-agent"],
  })
end

local function page(self, request, asker, share, pass)
  if asker.form == "torrent" then
    return torrent(self, request, asker, share, pass)
  end
  local view = views.of(self.services, share, request.segments[2], asker, pass)
  local answer
  if asker.form == "html" then
    answer = forms.html(self.site, asker, view)
  else
    answer = forms[asker.form](asker, view)
  end
  answer.headers["Vary"] = headers.public_page["Vary"]
  if request.method == "GET" then tell_viewed(self.services, request, share, pass) end
  return answer
end

local function qr_code(_, request, asker)
  local image = qr.svg(asker.place:url("/s/" .. request.segments[2]))
  return { status = 200, headers = { ["Content-Type"] = "image/svg+xml" }, body = image }
end

-- A handler for what is below a share's page.
local function for_share(self, handler)
  return function(request, parameters)
    local asker = askers.of(self.services, request)
    local share, kind, pass = opening.share(self.services, request.address, parameters.token, "page")
    if not share then
      return trouble.reply(self.site, asker, kind)
    end
    return handler(self, request, asker, share, pass)
  end
end

local function root(self, request)
  local asker = askers.of(self.services, request)
  if asker.form == "html" then
    return self.site:page(asker, 200, "root.html", { title = asker.speaker:text("home") })
  end
  local speaker = asker.speaker
  local lines = { speaker:text("root.title"), speaker:text("root.what"), speaker:text("root.next"), "" }
  local answer = reply.text(200, table.concat(lines, "\n"))
  answer.headers["Vary"] = headers.public_page["Vary"]
  return answer
end

---Adds the routes.
---@param router btshare.Router
function Pages:add(router)
  router:add("GET /", function(request) return root(self, request) end)
  router:add("GET /favicon.ico", function()
    return { status = 204, headers = { ["Cache-Control"] = "public, max-age=604800" } }
  end)
  router:add("GET /assets/:version/style.css", function(request, parameters)
    return self.site:style_sheet(parameters) or self:trouble(request, "missing")
  end)
  router:add("GET /s/:token", for_share(self, page))
  router:add("GET /s/:token/torrent", for_share(self, torrent))
  router:add("GET /s/:token/qr.svg", for_share(self, qr_code))
end

---How the public listener presents itself.
---@return btshare.Face
function Pages:face()
  return {
    headers = headers.public,
    prepare = headers.drop_foreign_cookies,
    trouble = function(request, status) return self:trouble(request, trouble.of_status[status]) end,
  }
end

return pages
