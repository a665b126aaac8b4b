-- Paths in messages: Lua cuts long ones (luaO_chunkid), and people read them from the folder where they are.
local uv = require "luv"

local places = {}

local longest = 59 -- LUA_IDSIZE, without its zero

---@param path string of a file whose chunk is named "@PATH"
---@return string path as messages have it
function places.in_messages(path)
  return #path <= longest and path or "..." .. path:sub(3 - longest)
end

---@param path string absolute
---@return string path as it is from the working folder, if it is below it
function places.from_here(path)
  local here = uv.cwd() .. "/"
  return path:sub(1, #here) == here and path:sub(#here + 1) or path
end

local function replace(text, old, new)
  local start, stop = text:find(old, 1, true)
  while start do
    text = text:sub(1, start - 1) .. new .. text:sub(stop + 1)
    start, stop = text:find(old, start + #new, true)
  end
  return text
end

---@param text string a message, with or without a traceback
---@param paths string[] of files that it may name
---@return string text with these as they are from here
function places.shorten(text, paths)
  for _, path in ipairs(paths) do
    local here = places.from_here(path)
    if here ~= path then text = replace(text, path, here) end
    text = replace(text, places.in_messages(path), here)
  end
  return text
end

return places
