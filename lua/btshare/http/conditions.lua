-- Conditional requests (RFC 9110 §13): whether what a client has is still the same.
local date = require "btshare.http.date"

local conditions = {}

-- Whether a list of entity tags names `etag`. A weak tag never equals a strong one strongly.
local function names(list, etag, is_weak_enough)
  if list:match("^%s*%*%s*$") then return true end
  if not etag then return false end
  for weak, tag in list:gmatch('(W?/?)("[^"]*")') do
    if tag == etag and (is_weak_enough or weak == "") then return true end
  end
  return false
end

local function seconds_of(header)
  return header and date.parse(header)
end

---What the conditions of a request come to.
---@param headers table<string, string> of the request
---@param etag string? strong, quoted
---@param modified integer? seconds since 1970
---@return 304|412|nil status nil: go on
function conditions.check(headers, etag, modified)
  local unmodified_since = seconds_of(headers["if-unmodified-since"])
  if headers["if-match"] then
    if not names(headers["if-match"], etag, false) then return 412 end
  elseif unmodified_since and modified and modified > unmodified_since then
    return 412
  end
  local modified_since = seconds_of(headers["if-modified-since"])
  if headers["if-none-match"] then
    if names(headers["if-none-match"], etag, true) then return 304 end
  elseif modified_since and modified and modified <= modified_since then
    return 304
  end
end

---Whether a `Range` may be answered with a part. A date never proves that two parts are of one version: a file can be
---changed and keep its time.
---@param headers table<string, string>
---@param etag string?
---@return boolean
function conditions.allow_range(headers, etag)
  local wanted = headers["if-range"]
  return wanted == nil or (etag ~= nil and wanted == etag)
end

return conditions
