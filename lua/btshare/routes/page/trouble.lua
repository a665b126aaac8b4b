-- What is said where something cannot be had: one page for each kind, in the asker's language and form.
--
-- "missing" is one and the same, byte for byte, whether a link never was, has ended or was revoked: nobody learns
-- which by asking.
local headers = require "btshare.http.headers"
local reply = require "btshare.http.reply"

local trouble = {}

---@alias btshare.Trouble
---| "missing" unknown, expired, stopped or used up
---| "changed" a file is not as it was when the page was made
---| "gone" the files are not there
---| "paused" the owner sends nothing of it for now
---| "offline" their disk is not there
---| "busy" too many downloads
---| "settling" we have just started, and have not looked yet
---| "preparing" the torrent is not made yet
---| "failed" something is wrong here
---| "denied" a plugin said no
---| "method" not a method for this address

---@type table<btshare.Trouble, {status: integer, retry: integer?, refresh: integer?, title: string, advice: string}>
local kinds = {
  missing = { status = 404, title = "trouble.missing", advice = "trouble.missing.next" },
  changed = { status = 410, title = "trouble.changed", advice = "trouble.changed.next" },
  gone = { status = 410, title = "trouble.gone", advice = "trouble.gone.next" },
  paused = { status = 503, retry = 300, title = "trouble.paused", advice = "trouble.paused.next" },
  offline = { status = 503, retry = 60, title = "trouble.offline", advice = "trouble.offline.next" },
  busy = { status = 503, retry = 30, title = "trouble.busy", advice = "trouble.busy.next" },
  settling = { status = 503, retry = 2, refresh = 2, title = "trouble.settling", advice = "trouble.settling.next" },
  preparing = { status = 503, retry = 5, title = "trouble.preparing", advice = "trouble.preparing.next" },
  failed = { status = 503, retry = 60, title = "trouble.failed", advice = "trouble.failed.next" },
  denied = { status = 403, title = "trouble.denied", advice = "trouble.denied.next" },
  method = { status = 405, title = "trouble.method", advice = "trouble.method.next" },
}

---The kind of trouble that a status of the listener means.
trouble.of_status = { [404] = "missing", [405] = "method", [500] = "failed" }

---@param site btshare.Site
---@param asker btshare.Asker
---@param kind btshare.Trouble
---@return core.http.Reply
function trouble.reply(site, asker, kind)
  local what = kinds[kind]
  local title, advice = asker.speaker:text(what.title), asker.speaker:text(what.advice)
  local answer
  if asker.form == "html" then
    answer = site:page(asker, what.status, "trouble.html", { title = title, advice = advice })
  elseif asker.form == "json" then
    answer = reply.problem(what.status, title .. " " .. advice, { code = kind })
  else
    answer = reply.text(what.status, title .. "\n" .. advice .. "\n")
  end
  answer.headers["Vary"] = headers.public_page["Vary"]
  answer.headers["Content-Language"] = asker.speaker.language
  answer.headers["Retry-After"] = what.retry and tostring(what.retry)
  answer.headers["Refresh"] = what.refresh and tostring(what.refresh)
  answer.headers["Allow"] = kind == "method" and "GET, HEAD" or nil
  return answer
end

return trouble
