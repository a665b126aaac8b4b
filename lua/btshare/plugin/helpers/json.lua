-- btshare.json for plugins.
local core = require "core.json"

local json = {}

function json.new()
  local api = { null = core.null }

  function api.array(list)
    if type(list) ~= "table" then error("json.array: a list is wanted, not a " .. type(list), 2) end
    return core.array(list)
  end

  function api.encode(value)
    local encoded, text = pcall(core.encode, value)
    if not encoded then error("json.encode: " .. tostring(text), 2) end
    return text
  end

  function api.decode(text)
    if type(text) ~= "string" then error("json.decode: a text is wanted, not a " .. type(text), 2) end
    return core.decode(text)
  end

  return api
end

return json
