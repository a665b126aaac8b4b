-- What plugins have the page of a share say: its title, a note, and a text in Markdown, made into HTML that is safe.
local crypto = require "core.crypto"
local markdown = require "core.markdown"
local task = require "btshare.task"
local template = require "btshare.http.template"
local text = require "btshare.terminal.text"

local said = {}

---@class btshare.Said
---@field title string for display
---@field note string|false plain text
---@field markdown string|false as it was given
---@field html btshare.Markup|false the same

-- Pages made last, by what they were made of: the same text is asked for again and again.
local most_kept = 32
local kept, order = {}, {}

local function remember(key, html)
  kept[key] = html
  order[#order + 1] = key
  if #order > most_kept then kept[table.remove(order, 1)] = nil end
  return html
end

-- Nothing where it cannot be shown: too long, or of a kind that no reader would want.
local function render(source, title)
  local key = crypto.sha256(title .. "\0" .. source)
  if kept[key] then return kept[key] end
  local html, message = task.await(function(resume)
    local begun, why = markdown.render(source, title, resume)
    if not begun then resume(nil, why) end
  end)
  if not html then return nil, message end
  return remember(key, template.markup(html))
end

---Asks the plugins. Call in a task.
---@param services btshare.Services
---@param share btshare.Share
---@param link {id: string, name: string?}
---@param address string of who is shown the page
---@return btshare.Said? said nil: a plugin does not let it be shown
function said.of(services, share, link, address)
  local name = share.title or share.entry
  local event = { link = link, address = address, title = text.escape(name), note = share.description }
  if services.events:has("page-show") then
    event.share = services.shares:describe(share)
    if not services.events:ask("page-show", event) then return nil end
  end
  local title = text.escape(event.title)
  local html, message
  if event.markdown then html, message = render(event.markdown, title) end
  if message then services.log.debug("the page of %s: %s", name, message) end
  return { title = title, note = event.note or false, markdown = event.markdown or false, html = html or false }
end

return said
