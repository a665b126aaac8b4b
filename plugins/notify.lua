-- Notify: tells of events by webhook, ntfy, mail, on the desktop or through a program of yours.
--
-- plugin "notify" { on = { "recipient-finished", "share-failed" }, ntfy = "https://ntfy.sh/a-topic-nobody-guesses" }
-- What happens within `collect` is told together; what cannot be delivered is tried again later, with what has come
-- meanwhile. Nothing is kept over a restart. No shell ever sees a text.
local plugin = ...

local http = require "btshare.http"
local json = require "btshare.json"
local mail = require "btshare.mail"
local process = require "btshare.process"
local summary = require ".summary"
local text = require "btshare.text"
local time = require "btshare.time"
local types = require "btshare.types"

local options = plugin:options {
  on = types.default(types.list(types.string), { "recipient-finished", "download-finished", "share-failed" }),
  texts = types.default(types.map(types.string), {}), -- { ["share-failed"] = "{share.name}: {reason}" }
  webhook = types.secret,                    -- gets JSON by POST
  ntfy = types.secret,                       -- address of a topic
  token = types.secret,                      -- Authorization: Bearer …, for both
  mail = mail.address, from = mail.address,  -- to whom, from whom
  smtp = mail.server,                        -- takes the mails instead of sendmail
  user = types.string, password = types.secret,
  sendmail = types.default(types.path, "/usr/sbin/sendmail"),
  desktop = false,                           -- by notify-send
  program = types.list(types.string),        -- with its arguments; {text}, {title}, {event} and {count} are filled in
  details = false,                           -- webhook and program get all values of an event: links and addresses, too
  collect = types.default(types.between(types.period, "1s", "1d"), "30s"),
  hourly = types.default(types.between(types.integer, 1, 3600), 20), -- messages by each way
}

local most_entries, most_lines, longest_line = 200, 20, 300
local pauses = { 10, 60, 300, 1800, 3600 } -- seconds until the next try; then it is given up

local function compose(box)
  local lines, event = {}, box.entries[1].event
  for index, entry in ipairs(box.entries) do
    if index <= most_lines then lines[index] = entry.text end
    if entry.event ~= event then event = "several" end
  end
  if box.count > #lines then lines[#lines + 1] = text.message(("… and %d more"):format(box.count - #lines)) end
  return { text = table.concat(lines, "\n"), event = event, count = box.count, entries = box.entries,
    title = box.count == 1 and lines[1] or text.message(("BTshare: %d events"):format(box.count)) }
end

local function as_json(of)
  return json.encode { source = "btshare", title = of.title, text = of.text, count = of.count,
    events = json.array(of.entries) }
end

-- What a server says decides whether another try can help.
local function post(url, body, headers)
  headers.Authorization = options.token and "Bearer " .. options.token
  local answer, problem = http.fetch { url = url, method = "POST", headers = headers, body = body }
  local status = answer and answer.status
  if not status then return nil, problem end
  if status >= 200 and status < 300 then return true end
  return nil, ("answered with status %d"):format(status), status < 500 and status ~= 408 and status ~= 429
end

local function run(command)
  local done, problem = process.run(command)
  if done and done.status == 0 and not done.signal then return true end
  return nil, problem or ("%s ended with %d: %s"):format(command[1], done.status, text.line(done.errors, longest_line))
end

local ways = {}
function ways.webhook(message)
  return post(options.webhook, as_json(message), { ["Content-Type"] = "application/json" })
end

function ways.ntfy(message)
  return post(options.ntfy, message.text, { Title = "BTshare", ["Content-Type"] = "text/plain; charset=utf-8" })
end

function ways.mail(message)
  local letter = { to = options.mail, from = options.from, subject = message.title, text = message.text }
  if not options.smtp then
    return run { options.sendmail, "-i", "--", options.mail, input = mail.compose(letter) }
  end
  letter.server, letter.user, letter.password = options.smtp, options.user, options.password
  local done, problem, code = mail.send(letter)
  return done, problem, code == "denied"
end

function ways.desktop(message)
  local markup = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }
  return run { "notify-send", "--app-name=BTshare", "--", "BTshare", (message.text:gsub("[&<>]", markup)) }
end

function ways.program(message)
  local command = { input = as_json(message) .. "\n", environment = {
    BTSHARE_TEXT = message.text, BTSHARE_EVENT = message.event, BTSHARE_COUNT = tostring(message.count) } }
  for index, word in ipairs(options.program) do command[index] = text.fill(word, message) end
  return run(command)
end

local function deliver(name, box)
  local now = time.now()
  if box.count == 0 or now < box.next then return end
  local message, entries, count = compose(box), box.entries, box.count
  box.entries, box.count = {}, 0
  local done, problem, is_final = ways[name](message)
  now = time.now()
  if done then
    table.insert(box.sent, 1, now)
    box.sent[options.hourly + 1], box.failures = nil, 0
    box.next = math.max(now + options.collect, (box.sent[options.hourly] or -math.huge) + 3600)
    return
  end
  local pause = not is_final and pauses[box.failures + 1]
  plugin:log("warning", "%s: %s; %s", name, problem, pause and "tried again later" or ("%d lost"):format(count))
  box.failures, box.next = pause and box.failures + 1 or 0, now + (pause or options.collect)
  if not pause then return end
  box.count = box.count + count
  for _, entry in ipairs(box.entries) do table.insert(entries, entry) end
  box.entries = table.move(entries, 1, most_entries, 1, {})
end

local boxes = {}
for name in pairs(ways) do
  if options[name] then
    local box = { name = name, entries = {}, count = 0, failures = 0, next = 0, sent = {} } -- since its last message
    table.insert(boxes, box)
    plugin:every("1s", function() deliver(name, box) end)
  end
end
if (options.user == nil) ~= (options.password == nil) then error("user and password belong together", 0) end
table.sort(boxes, function(one, other) return one.name < other.name end)
if not options.on[1] then error('nothing would be told: on wants events, such as { "share-failed" }', 0) end
if options.program and not options.program[1] then
  error('option \'program\' is empty: it wants the name of a program, such as { "/usr/bin/logger", "{text}" }', 0)
end
if not boxes[1] then error("nobody would be told: it wants webhook, ntfy, mail, desktop or program", 0) end

for _, event in ipairs(options.on) do
  local template = options.texts[event]
  plugin:on(event, function(values)
    local entry = { event = event, time = time.now(), details = options.details and values or nil,
      text = text.line(template and text.fill(template, values) or text.sentence(event, values), longest_line) }
    for _, box in ipairs(boxes) do
      box.count = box.count + 1
      if #box.entries < most_entries then table.insert(box.entries, entry) end
    end
  end)
end

plugin:panel {
  slot = "settings.section", title = { en = "Told by this plugin", fr = "Ce que cette extension annonce" },
  kind = "table", data = function(context) return summary(options, boxes, context.language) end,
}
