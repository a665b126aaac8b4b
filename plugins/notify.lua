-- Notify: tells of events by webhook, ntfy, mail, on the desktop or through a program of yours.
--
-- plugin "notify" { on = { "recipient-finished", "share-failed" }, ntfy = "https://ntfy.sh/a-topic-nobody-guesses" }
-- What happens in `collect` is told together, at most `hourly` times an hour; what cannot be delivered is tried again
-- later, with what has come meanwhile. Nothing is kept over a restart. No shell ever sees a text.
local plugin = ...

local http = require "btshare.http"
local json = require "btshare.json"
local process = require "btshare.process"
local time = require "btshare.time"
local types = require "btshare.types"

local function texts_by_event(value)
  if type(value) ~= "table" then return nil, "must be texts by event" end
  for event, text in pairs(value) do
    if type(event) ~= "string" or type(text) ~= "string" then return nil, "must be texts by event" end
  end
  return value
end

local function address(value)
  if type(value) == "string" and value:find("^[^%s%c<>,;\"]+@[^%s%c<>,;\"]+$") then return value end
  return nil, 'must be one address such as "me@example.org"'
end

local options = plugin:options {
  on = types.default(types.list(types.string), { "recipient-finished", "download-finished", "share-failed" }),
  texts = types.default(texts_by_event, {}), -- { ["share-failed"] = "{share.name}: {reason}" }
  webhook = types.string,                    -- gets JSON by POST
  ntfy = types.string,                       -- address of a topic
  token = types.secret,                      -- Authorization: Bearer …, for both
  mail = address,                            -- to whom
  from = address,
  sendmail = types.default(types.path, "/usr/sbin/sendmail"),
  desktop = false,                           -- by notify-send
  program = types.list(types.string),        -- the program and its arguments; {text}, {event}, {count} are filled in
  details = false,                           -- webhook and program get all of an event: names, links, addresses
  collect = types.default(types.between(types.period, "1s", "1d"), "30s"),
  hourly = types.default(types.between(types.integer, 1, 3600), 20), -- messages by each way
}

local most_entries, most_lines, longest_text = 200, 20, 300
local retries = { 10, 60, 300, 1800, 3600 } -- seconds until the next try; then it is given up

local usual_texts = {
  ["recipient-finished"] = "{who} has got {share.name}", ["download-finished"] = "{download.name} has been received",
  ["share-failed"] = "{share.name} cannot be shared: {reason}", ["share-expired"] = "{share.name} has reached its end",
  ["download-failed"] = "{download.name} has stopped: {reason}", ["notice"] = "{message}",
}

local function value_at(event, path)
  local value = event
  for name in path:gmatch("[^.]+") do value = type(value) == "table" and value[name] or nil end
  return (type(value) == "string" or type(value) == "number" or type(value) == "boolean") and tostring(value) or ""
end

local function fill(template, values)
  return (template:gsub("{([%w_.]+)}", function(path) return value_at(values, path) end))
end

-- One line, of a length that fits anywhere, cut between characters.
local function tidy(text)
  text = text:gsub("[%c]+", " ")
  if #text <= longest_text then return text end
  return text:sub(1, (utf8.offset(text, 0, longest_text) or longest_text) - 1) .. "…"
end

-- Entries and how many there were: a message holds the first of them.
local function compose(box)
  local lines, event = {}, box.entries[1].event
  for index, entry in ipairs(box.entries) do
    if index <= most_lines then lines[index] = entry.text end
    if entry.event ~= event then event = "several" end
  end
  if box.count > #lines then lines[#lines + 1] = ("… and %d more"):format(box.count - #lines) end
  local title = box.count == 1 and lines[1] or ("BTshare: %d events"):format(box.count)
  return { title = title, text = table.concat(lines, "\n"), event = event, count = box.count, entries = box.entries }
end

local function as_json(message)
  local events = json.array {}
  for index, entry in ipairs(message.entries) do
    events[index] = { event = entry.event, text = entry.text, time = entry.time, details = entry.details }
  end
  return json.encode {
    source = "btshare", title = message.title, text = message.text, count = message.count, events = events,
  }
end

-- What a server says decides: later may help, or never will.
local function post(url, body, headers)
  headers.Authorization = options.token and "Bearer " .. options.token
  local answer, problem = http.fetch { url = url, method = "POST", headers = headers, body = body, timeout = "30s" }
  if not answer then return nil, problem end
  if answer.status >= 200 and answer.status < 300 then return true end
  local is_final = answer.status >= 300 and answer.status < 500 and answer.status ~= 408 and answer.status ~= 429
  return nil, ("answered %d"):format(answer.status), is_final
end

local function run(command)
  local done, problem = process.run(command)
  if done and done.status == 0 and not done.signal then return true end
  return nil, problem or ("%s ended with %d: %s"):format(command[1], done.status, tidy(done.errors))
end

-- Words outside of ASCII as RFC 2047 has them, each by itself short enough.
local function encoded_words(text)
  if not text:find("[\128-\255]") then return text end
  local words, part = {}, ""
  for character in text:gmatch(utf8.charpattern) do
    if #part + 3 * #character > 60 then words, part = table.move({ part }, 1, 1, #words + 1, words), "" end
    part = part .. (character:find("^[%w]$") and character
      or character:gsub(".", function(byte) return ("=%02X"):format(byte:byte()) end))
  end
  words[#words + 1] = part
  for index, word in ipairs(words) do words[index] = "=?UTF-8?Q?" .. word .. "?=" end
  return table.concat(words, "\n ")
end

local ways = {}

function ways.webhook(message)
  return post(options.webhook, as_json(message), { ["Content-Type"] = "application/json" })
end

function ways.ntfy(message)
  return post(options.ntfy, message.text, { Title = "BTshare", ["Content-Type"] = "text/plain; charset=utf-8" })
end

function ways.mail(message)
  local head = { "To: " .. options.mail, "Subject: " .. encoded_words(message.title), "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "Auto-Submitted: auto-generated" }
  if options.from then table.insert(head, 1, "From: " .. options.from) end
  return run { options.sendmail, "-i", "--", options.mail,
    input = table.concat(head, "\n") .. "\n\n" .. message.text .. "\n" }
end

function ways.desktop(message)
  local markup = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }
  return run { "notify-send", "--app-name=BTshare", "--", "BTshare", (message.text:gsub("[&<>]", markup)) }
end

function ways.program(message)
  local command = { environment = {}, input = as_json(message) .. "\n" }
  for index, word in ipairs(options.program) do command[index] = fill(word, message) end
  for _, name in ipairs { "text", "event", "count" } do
    command.environment["BTSHARE_" .. name:upper()] = tostring(message[name])
  end
  return run(command)
end

-- What waits to be told by one way.
local function new_box()
  return { entries = {}, count = 0, failures = 0, next = 0, sent = {} }
end

local function deliver(name, box)
  local now = time.now()
  if box.count == 0 or now < box.next then return end
  local message, former = compose(box), box
end
