-- What is said where something cannot be had: one page for each kind, in the asker's language and form.
--
-- "missing" is one and the same, byte for byte, whether a link never was, has ended or was revoked: nobody learns
-- which by asking.
local headers = require "btshare.http.headers"
local reply = require "btshare.http.reply"
local text = require "btshare.terminal.text"

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
---| "ended" a plugin said no, for good
---| "full" a plugin said no, for now: a limit is reached
---| "asked" a plugin wants the owner to be asked
---| "locked" a plugin wants a password
---| "wrong" that was not it
---| "throttled" too many that were not it
---| "method" not a method for this address

---@class btshare.Trouble.kind
---@field status integer
---@field retry integer? seconds
---@field refresh integer? seconds
---@field title string key
---@field advice string key
---@field is_lock boolean? whether a password helps

---@type table<btshare.Trouble, btshare.Trouble.kind>
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
  ended = { status = 410, title = "trouble.denied", advice = "trouble.denied.next" },
  full = { status = 503, retry = 3600, title = "trouble.full", advice = "trouble.full.next" },
  asked = { status = 403, title = "ask.title", advice = "ask.elsewhere" },
  locked = { status = 401, title = "lock.title", advice = "lock.next", is_lock = true },
  wrong = { status = 401, title = "lock.wrong", advice = "lock.wrong.next", is_lock = true },
  throttled = { status = 429, title = "lock.throttled", advice = "lock.throttled.next", is_lock = true },
  method = { status = 405, title = "trouble.method", advice = "trouble.method.next" },
}

---The kind of trouble that a status of the listener means.
trouble.of_status = { [404] = "missing", [405] = "method", [500] = "failed" }

-- What a plugin says, in the asker's language where it has it.
local function in_words(speaker, words)
  if type(words) == "table" then words = words[speaker.language] or words.en end
  return type(words) == "string" and words ~= "" and text.escape(words) or nil
end

-- The form that asks for a password; it needs no script. Its page says nothing of the share.
local function form(site, asker, what, token, said)
  local is_first = what == kinds.locked
  return site:page(asker, what.status, "locked.html", {
    title = asker.speaker:text("lock.title"), advice = is_first and said.advice, action = "/s/" .. token .. "/open",
    problem = not is_first and said.title .. " " .. said.advice,
  })
end

-- Programs send a password when they are asked for it (RFC 7617); a browser would ask in a window of its own.
local function challenge(asker, what)
  local is_asked = what.status == 401 and asker.form ~= "html"
  return is_asked and 'Basic realm="BTshare", charset="UTF-8"' or nil
end

---@param site btshare.Site
---@param asker btshare.Asker
---@param kind btshare.Trouble
---@param more {words: btshare.Words?, seconds: integer?, token: string?}? why, as a plugin says; until when; whose page
---it is
---@return core.http.Reply
function trouble.reply(site, asker, kind, more)
  more = more or {}
  local what, speaker = kinds[kind], asker.speaker
  local words, seconds = in_words(speaker, more.words), more.seconds or what.retry
  local said = { title = speaker:text(what.title), advice = words or speaker:text(what.advice, { n = seconds }) }
  local answer
  if asker.form == "html" and what.is_lock and more.token then
    answer = form(site, asker, what, more.token, said)
  elseif asker.form == "html" then
    answer = site:page(asker, what.status, "trouble.html", said)
  elseif asker.form == "json" then
    answer = reply.problem(what.status, said.title .. " " .. said.advice, { code = kind, locked = what.is_lock })
  else
    local hint = what.is_lock and speaker:text("lock.curl") .. "\n" or ""
    answer = reply.text(what.status, said.title .. "\n" .. said.advice .. "\n" .. hint)
  end
  answer.headers["Vary"] = headers.public_page["Vary"]
  answer.headers["Content-Language"] = speaker.language
  answer.headers["Retry-After"] = seconds and tostring(seconds)
  answer.headers["Refresh"] = what.refresh and tostring(what.refresh)
  answer.headers["Allow"] = kind == "method" and "GET, HEAD" or nil
  answer.headers["WWW-Authenticate"] = challenge(asker, what)
  return answer
end

---The page of somebody who waits until the owner lets them in. It says nothing of the share but who was asked.
---@param site btshare.Site
---@param asker btshare.Asker
---@param name string|false the owner's
---@param was_asked boolean whether they were asked yet
---@return core.http.Reply
function trouble.waiting(site, asker, name, was_asked)
  local speaker = asker.speaker
  name = name and text.escape(name) or speaker:text("ask.sender")
  local answer = site:page(asker, 200, "waiting.html", {
    title = speaker:text("ask.title"), advice = speaker:text(was_asked and "ask.next" or "ask.first", { name = name }),
  })
  answer.headers["Vary"] = headers.public_page["Vary"]
  return answer
end

return trouble
