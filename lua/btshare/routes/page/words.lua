-- What a share's page says besides its files: what was written for the share, and what plugins fill in.
local words = {}

---@class btshare.Words
---@field title string? in place of the share's name
---@field note string? plain text
---@field markdown string?

local function tell_viewed(services, share, pass, request)
  if request.method ~= "GET" or not services.events:has("page-viewed") then return end
  services.events:tell("page-viewed", {
    share = services.shares:describe(share), link = { id = pass.link, name = pass.name }, address = request.address,
    agent = request.headers["user-agent"],
  })
end

---Asks the plugins, and tells who was shown it. Call in a task.
---@param services btshare.Services
---@param share btshare.Share
---@param pass btshare.Pass
---@param request core.http.Request
---@return btshare.Words? words nil where a plugin says no
function words.of(services, share, pass, request)
  local found = { title = share.title, note = share.description }
  if services.events:has("page-show") then
    local event = {
      share = services.shares:describe(share), link = { id = pass.link, name = pass.name }, address = request.address,
      title = found.title, note = found.note,
    }
    if not services.events:ask("page-show", event) then return nil end
    found = { title = event.title, note = event.note, markdown = event.markdown }
  end
  tell_viewed(services, share, pass, request)
  return found
end

return words
