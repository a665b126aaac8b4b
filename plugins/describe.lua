-- The page of a folder shows its README, or a note that lies in it.
--
-- `plugin "describe"` in config.lua. Markdown is shown as a text with headings, lists and links, never with HTML,
-- images or scripts; other texts as they are, above the button.
local plugin = ...

local shares = require "btshare.shares"
local types = require "btshare.types"

local options = plugin:options {
  -- The first of these that is there. What ends in .md or .markdown is Markdown.
  files = types.default(types.list(types.string), {
    "README.md", "Readme.md", "readme.md", "README.markdown", "README", "README.txt", "Readme.txt", "readme.txt",
    "NOTE.md", "note.md", "NOTE.txt", "note.txt",
  }),
  limit = types.default(types.between(types.size, 1, "64KiB"), "64KiB"), -- a longer one is not shown
}

local longest_note = 16384 -- bytes, of a page

local function first_text(id)
  for _, name in ipairs(options.files) do
    local text, message, code = shares.read_text(id, name, options.limit)
    if text and text:find("%S") then return text, name end
    if code and code ~= "missing" then plugin:log("debug", "%s", message) end
  end
end

plugin:on("page-show", function(event)
  if event.share.kind ~= "folder" then return end
  local text, name = first_text(event.share.id)
  if not text then
    return
  elseif name:lower():find("%.md$") or name:lower():find("%.markdown$") then
    event.markdown = text
  elseif #text <= longest_note and not event.note then
    event.note = text:gsub("%s+$", "")
  end
end)
