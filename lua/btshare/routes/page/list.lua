-- A public page that lists shares, in all its forms: HTML for people, text for command lines, JSON for programs.
local askers = require "btshare.routes.page.asker"
local describe = require "btshare.shares.describe"
local headers = require "btshare.http.headers"
local json = require "core.json"
local reply = require "btshare.http.reply"
local text = require "btshare.terminal.text"

local list = {}

---@class btshare.ListSpec what a plugin has it show
---@field title string? in place of our own words
---@field text string? below it
---@field shares string[] ids, those of this page only
---@field total integer of all pages
---@field page integer from 1
---@field pages integer at least 1
---@field path string of the list

local function rows_of(services, ids)
  local rows = {}
  for _, id in ipairs(ids) do
    local share = services.shares.by_id[id]
    if share and not describe.is_over(share) then
      rows[#rows + 1] = {
        name = text.escape(share.title or share.entry), kind = share.kind, size = share.size, files = share.files,
        created = share.created, path = "/s/" .. describe.token(services, share, "page"),
      }
    end
  end
  return rows
end

local function address(spec, asker, page)
  local query = page > 1 and "?page=" .. page or ""
  if asker.keep ~= "" then query = query .. (query == "" and "?" or "&") .. asker.keep:sub(2) end
  return spec.path .. query
end

local forms = {}

local function detail(speaker, row)
  local size = speaker:size(row.size)
  if row.kind == "file" then return size end
  return speaker:text("page.summary", { files = speaker:text("files", { n = row.files }), size = size })
end

function forms.html(site, asker, spec, rows)
  local speaker = asker.speaker
  for _, row in ipairs(rows) do row.detail = detail(speaker, row) end
  local title = text.escape(spec.title or speaker:text("list.title"))
  return site:page(asker, 200, "list.html", {
    title = speaker:text("page.title", { name = title }), heading = title, text = spec.text or false,
    count = speaker:text("list.shares", { n = spec.total }), rows = rows,
    previous = spec.page > 1 and address(spec, asker, spec.page - 1),
    next = spec.page < spec.pages and address(spec, asker, spec.page + 1),
    place = spec.pages > 1 and speaker:text("list.page", {
      page = speaker:count(spec.page), pages = speaker:count(spec.pages),
    }),
  })
end

function forms.plain(_, asker, spec, rows)
  local speaker = asker.speaker
  local lines = {
    text.escape(spec.title or speaker:text("list.title")), speaker:text("list.shares", { n = spec.total }),
  }
  for _, row in ipairs(rows) do
    lines[#lines + 1] = ("\n%s  %s\n  %s"):format(row.name, detail(speaker, row), asker.place:public_urls(row.path)[1])
  end
  if spec.page < spec.pages then
    local url = asker.place:public_urls(address(spec, asker, spec.page + 1))[1]
    lines[#lines + 1] = "\n" .. speaker:text("list.more_at", { address = "'" .. url .. "'" })
  end
  local answer = reply.text(200, table.concat(lines, "\n") .. "\n")
  answer.headers["Content-Language"] = speaker.language
  return answer
end

function forms.json(_, asker, spec, rows)
  local function url(path) return asker.place:public_urls(path)[1] end
  local shown = {}
  for index, row in ipairs(rows) do
    shown[index] = {
      name = row.name, kind = row.kind, size = row.size, files = row.files, created = row.created,
      page = url(row.path),
    }
  end
  return reply.json(200, {
    title = spec.title, total = spec.total, page = spec.page, pages = spec.pages, shares = json.array(shown),
    next = spec.page < spec.pages and url(spec.path .. "?page=" .. spec.page + 1) or nil,
  })
end

---@param services btshare.Services
---@param site btshare.Site
---@param request {headers: table<string, string>, query: string|table, address: string, host: string}
---@param spec btshare.ListSpec
---@return core.http.Reply
function list.reply(services, site, request, spec)
  local asker = askers.of(services, request)
  local form = forms[asker.form] or forms.html
  local answer = form(site, asker, spec, rows_of(services, spec.shares))
  answer.headers["Vary"] = headers.public_page["Vary"]
  return answer
end

return list
