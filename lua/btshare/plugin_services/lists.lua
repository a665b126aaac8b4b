-- For plugins, as `btshare.pages`: lists of shares, shown in the manner of the other public pages.
local lists = {}

local function check_whole(spec, name, least)
  if math.type(spec[name]) ~= "integer" or spec[name] < least then
    error(("pages.shares: %s must be a whole number of at least %d"):format(name, least), 3)
  end
end

local function check_text(spec, name, is_needed)
  local value = spec[name]
  if (value ~= nil or is_needed) and type(value) ~= "string" then
    error(("pages.shares: %s must be a text"):format(name), 3)
  end
end

---What is offered as `btshare.pages`.
---@param services btshare.Services
function lists.pages(services)
  return {
    ---Answers a request on the public listener with a page of a list: as HTML, text or JSON, in the asker's language.
    ---@param request btshare.plugin.Request
    ---@param spec btshare.ListSpec
    ---@return core.http.Reply
    shares = function(request, spec)
      check_text(spec, "title")
      check_text(spec, "text")
      check_text(spec, "path", true)
      check_whole(spec, "total", 0)
      check_whole(spec, "page", 1)
      check_whole(spec, "pages", spec.page)
      if type(spec.shares) ~= "table" then error("pages.shares: shares must be a list of ids", 2) end
      return services.pages:list(request, spec)
    end,
  }
end

return lists
