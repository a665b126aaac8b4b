-- What a plugin's route answers with, checked before it is sent: nonsense costs the plugin a strike, and who asks 500.
local reply = require "btshare.http.reply"

local answers = {}

-- What the listener itself sets (RFC 9112).
local is_reserved = {
  ["content-length"] = true, ["transfer-encoding"] = true, connection = true, date = true,
}

local function check_header(name, value)
  if type(name) ~= "string" or not name:find("^[%w!#$&'*+.^_`|~-]+$") then
    return nil, ("header '%s' is no name of a header"):format(tostring(name))
  elseif is_reserved[name:lower()] then
    return nil, ("header '%s' is not to be set"):format(name)
  end
  for _, text in ipairs(type(value) == "table" and value or { value }) do
    if type(text) ~= "string" or text:find("[%c]") then
      return nil, ("header '%s' must be a text in one line"):format(name)
    end
  end
  return value
end

local function check_headers(headers)
  if headers == nil then return {} end
  if type(headers) ~= "table" then return nil, "its headers must be a table" end
  local checked = {}
  for name, value in pairs(headers) do
    local fine, message = check_header(name, value)
    if fine == nil then return nil, message end
    checked[name] = fine
  end
  return checked
end

---@param result any
---@return core.http.Reply? reply
---@return string? message
function answers.check(result)
  if type(result) ~= "table" then
    local what = result == nil and "nothing" or "a " .. type(result)
    return nil, ("answered with %s, not with a reply; btshare.reply makes one"):format(what)
  end
  local status = math.type(result.status) == "integer" and result.status
  if not status or status < 200 or status > 599 then
    return nil, ("answered with status %s, which must be a whole number from 200 to 599"):format(
      tostring(result.status))
  elseif result.body ~= nil and type(result.body) ~= "string" then
    return nil, ("answered with a %s as its body, which must be a text"):format(type(result.body))
  end
  local headers, message = check_headers(result.headers)
  if not headers then return nil, "answered, but " .. message end
  return { status = status, headers = headers, body = result.body }
end

---Has a plugin answer a request. Call in a task.
---@param instance btshare.plugin.instance
---@param pattern string of the route
---@param fn function
---@param request btshare.plugin.Request
---@return core.http.Reply
function answers.call(instance, pattern, fn, request)
  -- It is looked at under the plugin's guard: what looks like a table may be more of its code.
  local called, checked, mistake, code = instance.guard:call(function()
    local result, message, code = fn(request)
    if result == nil and type(message) == "string" then
      return nil, message, type(code) == "string" and code or "failed"
    end
    return answers.check(result)
  end)
  if not called then return reply.problem(500, instance.owner .. " failed") end
  if checked then return checked end
  if code then return reply.problem(code, mistake) end
  mistake = ("route %s: %s"):format(pattern, mistake)
  instance.guard:strike(mistake, mistake)
  return reply.problem(500, instance.owner .. " failed")
end

return answers
