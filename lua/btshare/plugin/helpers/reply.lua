-- btshare.reply for plugins: what their routes answer with.
local headers = require "btshare.http.headers"
local json = require "core.json"
local plain = require "btshare.http.reply"

local reply = {}

local function check_status(status, who)
  if math.type(status) ~= "integer" or status < 200 or status > 599 then
    error(("reply.%s: the status must be a whole number from 200 to 599"):format(who), 3)
  end
end

local function check_text(value, who, what)
  if type(value) ~= "string" then error(("reply.%s: the %s must be a text"):format(who, what), 3) end
end

function reply.new()
  local api = {}

  function api.text(status, text)
    check_status(status, "text")
    check_text(text, "text", "text")
    return plain.text(status, text)
  end

  function api.json(status, value)
    check_status(status, "json")
    local encoded, text = pcall(json.encode, value)
    if not encoded then error("reply.json: " .. tostring(text), 2) end
    return {
      status = status, headers = { ["Content-Type"] = "application/json", ["Cache-Control"] = "no-store" }, body = text,
    }
  end

  -- The page may load what comes from BTshare itself; what stands in it of scripts and styles does not count.
  function api.html(status, html)
    check_status(status, "html")
    check_text(html, "html", "page")
    return {
      status = status, body = html,
      headers = {
        ["Content-Type"] = "text/html; charset=utf-8", ["Cache-Control"] = "no-store",
        ["Content-Security-Policy"] = headers.public_page["Content-Security-Policy"],
      },
    }
  end

  function api.redirect(url)
    check_text(url, "redirect", "address")
    if url == "" or url:find("[%c ]") then error("reply.redirect: the address must be percent-encoded", 2) end
    return { status = 303, headers = { Location = url } }
  end

  function api.problem(code, detail)
    if not plain.statuses[code] and code ~= "failed" then
      error(("reply.problem: '%s' is no code"):format(tostring(code)), 2)
    end
    check_text(detail, "problem", "detail")
    return plain.problem(code, detail)
  end

  return api
end

return reply
