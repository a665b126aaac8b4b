-- The public pages: a share's page in all its forms, its .torrent and QR code, and what stands at other addresses.
local askers = require "btshare.routes.page.asker"
local disposition = require "btshare.http.disposition"
local entrance = require "btshare.shares.entrance"
local forms = require "btshare.routes.page.forms"
local headers = require "btshare.http.headers"
local list = require "btshare.routes.page.list"
local opening = require "btshare.routes.opening"
local previews = require "btshare.routes.page.preview"
local qr = require "core.qr"
local reply = require "btshare.http.reply"
local sites = require "btshare.routes.page.site"
local speeches = require "btshare.routes.page.said"
local torrents = require "btshare.shares.torrent"
local trouble = require "btshare.routes.page.trouble"
local views = require "btshare.routes.page.view"

local pages = {}

local most_form = 4096 -- bytes: a password of 1 KiB, each of which may be written as three

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
---@param words btshare.Words? why, where a plugin says so
---@param seconds integer? until something else will be said
---@return core.http.Reply
function Pages:trouble(request, kind, words, seconds)
  local token = request.segments[1] == "s" and request.segments[2] or nil
  return trouble.reply(self.site, askers.of(self.services, request), kind, {
    words = words, seconds = seconds, token = token,
  })
end

---A page of its own template, as all are.
---@param asker btshare.Asker
---@param name string of the template
---@param values table<string, any> `title` is needed
---@param status integer? default 200
---@return core.http.Reply
function Pages:page(asker, name, values, status)
  return self.site:page(asker, status or 200, name, values)
end

---A page that lists shares.
---@param request btshare.plugin.Request
---@param spec btshare.ListSpec
---@return core.http.Reply
function Pages:list(request, spec)
  return list.reply(self.services, self.site, request, spec)
end

---What a browser shows where a file turns out to have changed just when it was to be sent.
---@param request core.http.Request
---@return core.http.Reply? reply nil for others: they get a line of text
function Pages:gone(request)
  local asker = askers.of(self.services, request)
  return asker.form == "html" and trouble.reply(self.site, asker, "changed") or nil
end

---The page that shows a file of a share. Call in a task.
---@param request core.http.Request
---@param number integer of the file
---@param file core.http.File
---@return core.http.Reply
function Pages:preview(request, number, file)
  return previews.page(self.site, askers.of(self.services, request), "/s/" .. request.segments[2], number, file,
    previews.look(file))
end

local function torrent(self, request, asker, share, pass)
  if share.exposure == "http" or share.size == 0 then
    return trouble.reply(self.site, asker, "missing")
  end
  local bytes = torrents.file(self.services, share, asker.place, pass.link, self.services.entrance:swarm_grant(pass))
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
  local said = speeches.of(self.services, share, { id = pass.link, name = pass.name }, request.address)
  if not said then return trouble.reply(self.site, asker, "denied") end
  if not self.services.entrance:is_valid(share, pass) then -- while the plugins were asked
    return trouble.reply(self.site, asker, "missing")
  end
  local view = views.of(self.services, share, request.segments[2], asker, pass, said)
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

local wait_seconds, first_seconds = "5", "1"

-- The page of somebody who waits to be let in: it asks again by itself. Whoever has not been here waits a moment first:
-- only what keeps cookies is a browser with a person before it, not a preview of the link.
local function wait(self, request, asker)
  local token = request.segments[2]
  local visitor = opening.visitor(request, token)
  local grant, kind, words
  if visitor.visit then
    grant, kind, words = self.services.entrance:ask(token, visitor)
    if not grant and kind ~= "asked" then return self:trouble(request, kind, words) end
  end
  if grant then
    return {
      status = 303, body = "",
      headers = {
        ["Location"] = "/s/" .. token .. asker.keep,
        ["Set-Cookie"] = opening.cookie(token, grant, entrance.page_seconds),
      },
    }
  end
  local answer = trouble.waiting(self.site, asker, views.sender_of(self.services, token), visitor.visit ~= nil)
  answer.headers["Refresh"] = visitor.visit and wait_seconds or first_seconds
  answer.headers["Set-Cookie"] = not visitor.visit and opening.visit_cookie(token) or nil
  return answer
end

-- A handler for what is below a share's page.
local function for_share(self, purpose, handler)
  return function(request, parameters)
    local asker = askers.of(self.services, request)
    local is_torrent = purpose == "page" and asker.form == "torrent" and not request.segments[3]
    local share, kind, pass, seconds = opening.share(self.services, request, parameters.token,
      is_torrent and "torrent" or purpose)
    if not share and kind == "asked" and handler == page and asker.form == "html" then
      return wait(self, request, asker)
    elseif not share then
      return self:trouble(request, kind, pass, seconds)
    end
    return handler(self, request, asker, share, pass)
  end
end

-- Another page could otherwise have a visitor's browser send passwords of its choice.
local function is_own_form(request)
  local origin = request.headers.origin
  if not origin then return request.headers["sec-fetch-site"] == "same-origin" end
  return origin:match("^https?://(.+)$") == request.host
end

local function field_of(body, name)
  local value = ("&" .. body):match("&" .. name .. "=([^&]*)")
  return value and value:gsub("+", " "):gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end) or ""
end

-- The form that asks for a password.
local function unlock(self, request, parameters)
  if not is_own_form(request) then return self:trouble(request, "denied") end
  local token, visitor = parameters.token, opening.visitor(request, parameters.token)
  visitor.password = field_of(request.body, "password")
  local grant, kind, words, seconds = self.services.entrance:unlock(token, visitor)
  if not grant then return self:trouble(request, kind, words, seconds) end
  return {
    status = 303, body = "",
    headers = {
      ["Location"] = "/s/" .. token .. askers.of(self.services, request).keep,
      ["Set-Cookie"] = opening.cookie(token, grant, entrance.page_seconds),
    },
  }
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
  router:add("GET /", function(request) return root(self, request) end, { is_default = true })
  router:add("GET /favicon.ico", function()
    return { status = 204, headers = { ["Cache-Control"] = "public, max-age=604800" } }
  end)
  for _, name in ipairs(sites.asset_names) do
    router:add("GET /assets/:version/" .. name, function(request, parameters)
      return self.site:asset(name, parameters.version) or self:trouble(request, "missing")
    end)
  end
  router:add("GET /s/:token", for_share(self, "page", page))
  router:add("GET /s/:token/torrent", for_share(self, "torrent", torrent))
  router:add("GET /s/:token/qr.svg", for_share(self, "page", qr_code))
  -- Where a browser is after a wrong password: another language, or the page once more.
  router:add("GET /s/:token/open", for_share(self, "page", function(_, request, asker)
    return { status = 303, headers = { ["Location"] = "/s/" .. request.segments[2] .. asker.keep }, body = "" }
  end))
  router:add("POST /s/:token/open", function(request, parameters) return unlock(self, request, parameters) end,
    { body_limit = most_form })
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
