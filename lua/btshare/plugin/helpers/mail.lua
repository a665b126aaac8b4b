-- btshare.mail for plugins: mails as they are sent, handed to an SMTP server on a thread of its own.
local fetch = require "core.fetch"
local mail_format = require "btshare.plugin.helpers.mail_format"
local task = require "btshare.task"
local types = require "btshare.types"
local waiting = require "btshare.plugin.helpers.waiting"

local mail = {}

local most_at_once = 2 -- of one plugin: each is a thread

-- A password has an option of its own: what is in an address is seen.
local function server(value)
  local lower = type(value) == "string" and value:lower() or ""
  local host, port = lower:match("^smtps?://([%w%.%-]+)(.*)$")
  if not host then host, port = lower:match("^smtps?://(%[[%x:%.]+%])(.*)$") end
  if host and (port == "" or port:find("^:%d+$")) then return value end
  return nil, 'must be a mail server such as "smtps://mail.example.org" or "smtp://localhost:25"'
end

local function one_line(value)
  if type(value) == "string" and not value:find("%c") then return value end
  return nil, "must be a text in one line"
end

local rules = {
  server = types.required(server), user = one_line, password = one_line,
  to = types.required(mail_format.address), from = mail_format.address,
  subject = types.required(types.string), text = types.required(types.string),
  timeout = types.default(types.between(types.period, 0.001, "10m"), "30s"),
}

local function send_now(letter, now)
  local running
  local _ <close> = task.on_close(function() if running then running:close() end end)
  letter.from = letter.from or letter.to
  local response, message, code = task.await(function(resume)
    local started, problem, problem_code = fetch.start({
      url = letter.server, mail_from = letter.from, mail_to = letter.to, user = letter.user,
      password = letter.password, body = mail_format.compose(letter, now):gsub("\n", "\r\n"),
      timeout = math.max(1, math.ceil(letter.timeout * 1000)),
    }, resume)
    if not started then return resume(nil, problem, problem_code) end
    running = started
  end)
  running = nil
  if not response then return nil, (message:gsub("^fetch: ", "mail: ")), code end
  return true
end

---@param instance btshare.plugin.instance
function mail.new(instance)
  local turns = waiting.new(instance, "mail.send", most_at_once)
  local api = { address = mail_format.address, server = server }

  function api.compose(of)
    return mail_format.compose(of, instance.now())
  end

  function api.send(letter)
    if type(letter) ~= "table" then error("mail.send: a table is wanted", 2) end
    local checked, messages = types.fields(rules, letter, "its")
    if not checked then error("mail.send: " .. table.concat(messages, "; "), 2) end
    if (checked.user == nil) ~= (checked.password == nil) then
      error("mail.send: its 'password' must be given with its 'user'", 2)
    end
    return turns:run(send_now, checked, instance.now())
  end

  return api
end

return mail
