-- The facts that `btshare share --json` tells: all of the catalogue but what others of them say too, and what of them
-- goes out.
local catalog = require "btshare.catalog"
local json = require "core.json"

local facts = {}

-- share-ready and what ends a share say it; a start with thousands of them would tell each twice.
local is_said_anyway = { ["torrent-added"] = true, ["torrent-removed"] = true }

---@type string[]
facts.names = {}
for name, entry in pairs(catalog) do
  if entry.kind == "fact" and not is_said_anyway[name] then facts.names[#facts.names + 1] = name end
end

---Those that are told from `started` on, which comes first.
facts.after_start = { "share-created", "plugin-loaded", "plugin-unloaded" }
facts.is_after_start = {}
for _, name in ipairs(facts.after_start) do facts.is_after_start[name] = true end

---Whether nobody need read it: what is known from before is told by `share-ready`, when its files have been looked at.
---@param name string
---@param event table
---@return boolean
function facts.is_old_news(name, event)
  return name == "share-created" and event.from_restore == true
end

facts.share_keys = {
  "id", "name", "title", "description", "kind", "size", "files", "state", "reason", "progress", "exposure",
  "info_hash", "magnet", "link", "torrent", "created", "changed", "expires", "root", "path",
}

local function is_plain(value)
  local kind = type(value)
  return kind == "string" or kind == "number" or kind == "boolean"
end

---@param share table
---@return table plain the documented fields only
function facts.describe_share(share)
  local plain = {}
  for _, key in ipairs(facts.share_keys) do
    if is_plain(share[key]) then plain[key] = share[key] end
  end
  return plain
end

---@param name string of the fact
---@param event table
---@return table plain scalars as they are, shares and links by their documented fields, everything else left out
function facts.describe(name, event)
  local plain = {}
  for key, value in pairs(event) do
    if key == "share" and type(value) == "table" then
      plain.share = facts.describe_share(value)
    elseif key == "download" or key == "recipient" then
      plain[key] = value
    elseif key == "addresses" then
      plain.addresses = json.array(value)
    elseif key == "link" and type(value) == "table" then
      plain.link = { id = value.id, name = value.name }
    elseif type(key) == "string" and is_plain(value) then
      plain[key] = value
    end
  end
  plain.event = name
  return plain
end

return facts
