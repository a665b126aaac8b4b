-- A public page that lists the shares that are marked as listed: at the root of the public address, or where you say.
--
-- `plugin "index"` in config.lua, and `btshare add --listed FILE`, or `listed = true` for a folder. Whoever knows the
-- address sees what is listed, and can open it; all else stays known only to those who have its link.
local plugin = ...

local pages = require "btshare.pages"
local publishing = require "btshare.publishing"
local types = require "btshare.types"

local function place(value)
  if type(value) == "string" and value:find("^/[%w_-]*$") then return value end
  return nil, "must be / or / with one word of letters, digits, '-' and '_' behind it"
end

local options = plugin:options {
  path = types.default(place, "/"),                                  -- where it is: "/" or "/NAME"
  title = types.string,                                              -- its heading, in place of ours
  text = types.string,                                               -- a few words below it
  order = types.default(types.choice { "name", "newest" }, "name"),
  per_page = types.default(types.between(types.integer, 1, 1000), 100),
}

local function by_name(one, other)
  if one.name ~= other.name then return one.name < other.name end
  return one.id < other.id
end

plugin:route("GET " .. options.path, function(request)
  local listed = publishing.listed() -- newest first
  if options.order == "name" then table.sort(listed, by_name) end
  local count = math.max(1, math.ceil(#listed / options.per_page))
  local page = math.tointeger(tonumber(request.query.page)) or 1
  page = math.max(1, math.min(page, count))
  local ids = {}
  for index = (page - 1) * options.per_page + 1, math.min(page * options.per_page, #listed) do
    ids[#ids + 1] = listed[index].id
  end
  return pages.shares(request, {
    title = options.title, text = options.text, shares = ids, total = #listed, page = page, pages = count,
    path = options.path,
  })
end)
