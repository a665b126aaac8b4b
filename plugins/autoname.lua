-- The page of a share has a title that reads well: the heading of its README, or its name without "_" and ".zip".
--
-- `plugin "autoname"` in config.lua. Names of files stay as they are, also of what is downloaded.
local plugin = ...

local markdown = require "btshare.markdown"
local shares = require "btshare.shares"
local types = require "btshare.types"

local options = plugin:options {
  files = types.default(types.list(types.string), { "README.md", "Readme.md", "readme.md" }), -- looked into for one
  tidy = true, -- whether a name is made to read well where there is no heading
}

local longest = 200 -- bytes, of a title

-- Endings that tell a program what to do, and a person nothing.
local archives = { "%.tar%.%w+$", "%.tgz$", "%.zip$", "%.7z$", "%.rar$" }

local function heading_of(id)
  for _, name in ipairs(options.files) do
    local text = shares.read_text(id, name)
    local heading = text and markdown.heading(text)
    if heading and heading:find("%S") and #heading <= longest then return (heading:gsub("%s+", " ")) end
  end
end

local function without_ending(name)
  for _, ending in ipairs(archives) do
    local rest, count = name:gsub(ending, "")
    if count > 0 and rest ~= "" then return rest end
  end
  return name
end

-- "2024-07_summer_holiday.tar.gz" → "2024-07 summer holiday". What has spaces was written to be read, and a hyphen
-- joins words unless it is all that parts them.
local function tidy(name)
  local title = without_ending(name)
  if title:find("%s") then return title end
  local _, hyphens = title:gsub("%-", "")
  title = title:gsub("_+", " ")
  if hyphens > 1 and not title:find(" ") then title = title:gsub("(%a)%-%f[%a]", "%1 ") end
  return title:match("^%s*(.-)%s*$")
end

plugin:on("page-show", function(event)
  local share = event.share
  if event.title and event.title ~= share.name then return end -- somebody has chosen one
  local title = share.kind == "folder" and heading_of(share.id)
  if not title and options.tidy then title = tidy(share.name) end
  if title and title:find("%S") then event.title = title end
end)
