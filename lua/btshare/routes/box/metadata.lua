-- What a sender says of a file: "Upload-Metadata: name ZmlsbS5ta3Y=,note aGk=", of tus.
local checksum = require "btshare.routes.box.checksum"

local metadata = {}

local most_bytes = 8192

---@param header string
---@return table<string, string>? values by key; nil where it cannot be read
function metadata.read(header)
  if #header > most_bytes then return nil end
  local found = {}
  for item in header:gmatch("[^,]+") do
    local key, coded = item:match("^%s*([!-~]+)%s*([!-~]*)%s*$")
    local value = key and not found[key] and checksum.from_base64(coded)
    if not value and item:find("%S") then return nil end
    if key then found[key] = value end
  end
  return found
end

return metadata
