-- What a recipient's program is called: as it says itself, cut to what can be shown.
local text = require "btshare.terminal.text"

local client = {}

local longest = 48 -- characters

-- Browsers name one another; the first of these that is found is what it is.
local browsers = {
  { "Edg[A-Za-z]*/(%d+)", "Edge" }, { "OPR/(%d+)", "Opera" }, { "SamsungBrowser/(%d+)", "Samsung Internet" },
  { "Firefox/(%d+)", "Firefox" }, { "FxiOS/(%d+)", "Firefox" }, { "CriOS/(%d+)", "Chrome" },
  { "Chrome/(%d+)", "Chrome" }, { "Version/(%d+).* Safari/", "Safari" },
}

---@param name string any bytes
---@return string? name nil where nothing is left
local function clean(name)
  name = text.escape(name):match("^%s*(.-)%s*$")
  if utf8.len(name) > longest then name = name:sub(1, utf8.offset(name, longest + 1) - 1) end
  return name ~= "" and name or nil
end

---@param name string as a BitTorrent client calls itself, any bytes
---@return string? name
function client.of_peer(name)
  return clean(name)
end

---@param agent string? the User-Agent header
---@return string? name "Firefox 128", "curl/7.88.1"
function client.of_agent(agent)
  for _, browser in ipairs(agent and browsers or {}) do
    local version = agent:match(browser[1])
    if version then return browser[2] .. " " .. version:sub(1, 5) end
  end
  return agent and clean(agent:match("^%S*"))
end

return client
