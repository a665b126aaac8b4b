-- Stands in for core.json and core.qr where the house was built without them.
if not package.preload["core.json"] then
  package.preload["core.json"] = function()
    local dkjson = require "dkjson"
    local json = { null = dkjson.null }
    function json.array(list) return setmetatable(list, { __jsontype = "array" }) end
    function json.encode(value) return dkjson.encode(value) end
    function json.decode(text)
      local value, _, message = dkjson.decode(text, 1, dkjson.null)
      if message then return nil, message, "invalid" end
      return value
    end
    return json
  end
end
if not package.preload["core.qr"] then
  package.preload["core.qr"] = function()
    return { terminal = function(text) return "[QR " .. text .. "]\n" end }
  end
end
