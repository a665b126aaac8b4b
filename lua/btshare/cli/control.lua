-- How commands talk to the running instance: JSON over its control socket.
local client = require "btshare.http.client"
local disposition = require "btshare.http.disposition"
local exit = require "btshare.exit"
local json = require "core.json"
local paths = require "btshare.paths"
local speaker = require "btshare.terminal.speaker"
local text = require "btshare.terminal.text"
local uv = require "luv"

local control = {}

-- Of the shares that a name fits.
local most_listed = 10
-- The beginning of an id that does for what cannot be undone.
local shortest_id = 6

local exit_of_code = { missing = exit.not_running, denied = exit.refused, busy = exit.timed_out, invalid = exit.usage }
local exit_of_status = {
  [401] = exit.refused, [403] = exit.refused, [404] = exit.missing, [408] = exit.timed_out, [410] = exit.missing,
  [504] = exit.timed_out,
}

control.encode = disposition.segment

local function explain(message, code, socket)
  if code == "missing" then
    return speaker:text("cli.control.absent", { socket = socket })
  elseif code == "busy" then
    return speaker:text("cli.control.silent", { socket = socket })
  end
  return speaker:message(message)
end

local function exchange(context, socket, ...)
  local response, message, code = client.fetch(socket, ...)
  if response then return response, exit.ok end
  return nil, context:fail(explain(message, code, socket), exit_of_code[code])
end

-- Of an answer in JSON; nil where there is none, or after it was said that it is not what an instance says.
local function read(context, socket, response)
  if response.body == "" then return {}, exit.ok end
  local answer = json.decode(response.body)
  if type(answer) == "table" then return answer, exit.ok end
  return nil, context:fail(speaker:text("cli.control.garbled", { socket = socket, status = response.status }))
end

local function refuse(context, response, problem)
  local said = problem.detail or problem.title
  said = said and speaker:message(said) or speaker:text("cli.control.status", { status = response.status })
  return nil, context:fail(text.escape(said), exit_of_status[response.status]), problem
end

---Asks the running instance. On failure the person has been told, and the exit code is returned instead; only a list
---of mistakes is the caller's to say.
---@param context btshare.cli.context
---@param options {state: string?}
---@param method string
---@param target string
---@param body table?
---@param timeout number? seconds that it may take
---@return table? answer empty where there is none
---@return integer exit_code
---@return table? problem the problem document, if one came
function control.ask(context, options, method, target, body, timeout)
  local socket = paths.find(options).socket
  local headers = { Accept = "application/json", ["Content-Type"] = body and "application/json" or nil }
  local response, code = exchange(context, socket, method, target, headers, body and json.encode(body),
    { timeout = timeout })
  if not response then return nil, code end
  local answer
  answer, code = read(context, socket, response)
  if not answer then return nil, code end
  if response.status < 300 then return answer, exit.ok end
  if answer.mistakes then return nil, exit.configuration, answer end -- the caller says each
  return refuse(context, response, answer)
end

---Asks the running instance for a list as it stands: one JSON text on each line. On failure the person has been told.
---@param context btshare.cli.context
---@param options {state: string?}
---@param target string
---@return string? lines
---@return string|integer|nil next_target of the page that follows; on failure the exit code
function control.lines(context, options, target)
  local socket = paths.find(options).socket
  local response, code = exchange(context, socket, "GET", target, { Accept = "application/x-ndjson" })
  if not response then return nil, code end
  if response.status < 300 then
    return response.body, (response.headers.link or ""):match('^<([^>]*)>; rel="next"$')
  end
  local problem
  problem, code = read(context, socket, response)
  if not problem then return nil, code end
  return refuse(context, response, problem)
end

---What the running instance says of itself, without a word where there is none.
---@param options {state: string?}
---@return table? status
function control.status(options)
  local response = client.fetch(paths.find(options).socket, "GET", "/api/v1/status", { Accept = "application/json" })
  return response and response.status == 200 and json.decode(response.body) or nil
end

-- People complete names with the shell: "./Album/" is the share Album whose path is that.
local function split_name(name)
  local trimmed = name:gsub("(.)/+$", "%1")
  local base = trimmed:match("[^/]+$") or trimmed
  if not trimmed:find("/", 1, true) then return base, nil end
  return base, uv.fs_realpath(trimmed) or paths.absolute(trimmed)
end

-- Those that are called exactly so, else all; where it matters, only what the name is enough of an id for.
local function pick(matches, name, path, is_strict)
  local exact, by_id = {}, {}
  for _, share in ipairs(matches) do
    if share.id == name then return { share } end
    if (path and share.path == path) or (not path and share.name == name) then exact[#exact + 1] = share end
    if #name >= shortest_id and share.id:sub(1, #name) == name then by_id[#by_id + 1] = share end
  end
  if #exact > 0 then return exact end
  return is_strict and by_id or matches
end

local function say_all(context, matches)
  for index = 1, math.min(#matches, most_listed) do
    local share = matches[index]
    context:say(("  %s  %s"):format(share.id, text.escape(share.path or share.name)))
  end
  if #matches > most_listed then
    context:say("  " .. speaker:text("cli.control.more", { n = #matches - most_listed }))
  end
end

-- What nearly fits is not taken.
local function refuse_near(context, name, matches)
  local values = { name = text.escape(name), meant = text.escape(matches[1].name) }
  if #matches == 1 then return context:fail(speaker:text("cli.control.meant", values), exit.missing) end
  local code = context:fail(speaker:text("cli.control.meant.one", values), exit.missing)
  say_all(context, matches)
  return code
end

---Checks the name of a share, for argparse.
---@param word string
---@return string? name
---@return string? message
function control.share_name(word)
  if word ~= "" then return word end
  return nil, speaker:text("cli.control.nameless")
end

---Finds the one share that a person named: by name, path, id, or a beginning of name or id that fits only one.
---@param context btshare.cli.context
---@param options {state: string?}
---@param name string
---@param is_strict boolean? whether the beginning of a name does not do, since what follows cannot be undone
---@return table? share
---@return integer exit_code
function control.find_share(context, options, name, is_strict)
  local base, path = split_name(name)
  local answer, code = control.ask(context, options, "GET", "/api/v1/shares?name=" .. control.encode(base))
  if not answer then return nil, code end
  local found = answer.shares or {}
  if #found == 0 then
    return nil, context:fail(speaker:text("cli.control.missing", { name = text.escape(name) }), exit.missing)
  end
  local matches = pick(found, base, path, is_strict)
  if #matches == 0 then return nil, refuse_near(context, name, found) end
  if #matches == 1 then return matches[1], exit.ok end
  code = context:fail(speaker:text("cli.control.ambiguous", { name = text.escape(name), n = #matches }), exit.usage)
  say_all(context, matches)
  return nil, code
end

return control
