-- What a handler of a question may put into an event: checks of the value, and of what was there before.
local exposure = require "btshare.exposure"
local types = require "btshare.types"

local checks = {}

---@param most integer bytes
---@return fun(value: any): string?, string?
function checks.text(most)
  return function(value)
    if type(value) == "string" and value ~= "" and #value <= most and utf8.len(value)
      and not value:find("[%z\1-\8\11-\31\127]") then
      return value
    end
    return nil, ("must be a text of 1 to %d bytes of UTF-8 without control characters"):format(most)
  end
end

---@param value any
---@return string?
---@return string? message
function checks.line(value)
  local text = checks.text(200)(value)
  if text and not text:find("\n", 1, true) then return text end
  return nil, "must be one line of 1 to 200 bytes of UTF-8 without control characters"
end

local strictness = { public = 1, link = 2, private = 3, http = 4 }

---An exposure that is not wider: nothing is announced that the owner did not choose to announce.
---@param value any
---@param former string
---@return string?
---@return string? message
function checks.exposure(value, former)
  if not exposure.sentences[value] then return nil, "must be link, private, public or http" end
  if strictness[value] < (strictness[former] or 0) then
    return nil, ("is %s and can only become stricter, not %s"):format(former, value)
  end
  return value
end

---An end that is not later than the one there is.
---@param value any
---@param former integer?
---@return integer?
---@return string? message
function checks.expires(value, former)
  local time = types.integer(value)
  if not time then return nil, "must be a time in whole seconds since 1970" end
  if former and time > former then return nil, "can only become sooner" end
  return time
end

---What comes back in a cookie and in addresses.
---@param value any
---@return string?
---@return string? message
function checks.mark(value)
  if type(value) == "string" and #value <= 32 and value:find("^[%w_-]+$") then return value end
  return nil, "must be 1 to 32 letters, digits, - and _"
end

---@param value any
---@return string?
---@return string? message
function checks.folder(value)
  if type(value) == "string" and value:sub(1, 1) == "/" and not value:find("\0", 1, true) then return value end
  return nil, "must be an absolute path"
end

return checks
