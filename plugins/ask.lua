-- Ask: whoever opens a share waits at its page until you let them in.
--
-- `plugin "ask" {}` in config.lua, then *Ask me first* among the limits of a share in the console, or `btshare ask
-- NAME`; `{ for_all = true }` for every share. Who waits is shown in the console, and by `btshare asks`. Who was let in
-- is in for twelve hours, and their torrent client for a month. Who waits is kept in memory alone, for a day.
local plugin = ...

local passwords = require "btshare.passwords"
local requests = require ".requests"
local shares = require "btshare.shares"
local types = require "btshare.types"
local words = require ".words"

local options = plugin:options { for_all = types.default(types.boolean, false) }

local kept = plugin:store "shares" -- by share: "off", or a word of its own: who was let in by another is out
local waiting = requests.new()
local notices = {} -- by share: takes back what the console says

-- What whoever was let in is known by; nil where nobody is asked.
local function mark_of(share)
  local word = kept.get(share.id) or options.for_all and "all" or "off"
  return word ~= "off" and passwords.mark(("ask %s %s"):format(share.id, word)) or nil
end

local function tell(share)
  if notices[share] then notices[share]() end
  local list = waiting:waiting(share)
  local last = list[#list]
  notices[share] = last and plugin:notice {
    share = share, text = words.wait(last.name, requests.who(last), #list),
    news = ("%s %d"):format(last.id, last.since),
    action = #list == 1 and { panel = "asks", name = "let_in", row = last.id } or nil,
  } or nil
end

plugin:on("share-open", function(event)
  local mark = mark_of(event.share)
  if mark and not passwords.holds(event.grant, mark) then return false, nil, "ask" end
end)

plugin:on("share-ask", function(event)
  local mark = mark_of(event.share)
  if not mark then return end
  local request, is_new = waiting:visit(event)
  if not request then return false, words.crowded, "full" end
  if is_new then
    plugin:log("info", "%s: %s asks to be let in", event.share.name, event.address)
    tell(event.share.id)
  end
  if request.answer == nil then return false, nil, "ask" end
  if not request.answer then return false, words.refused, "denied" end
  event.grant = mark
  return true
end)

plugin:on("share-removed", function(event)
  kept.set(event.share.id, nil)
  waiting:forget(event.share.id)
  tell(event.share.id)
end)

plugin:every("1m", function()
  for share in pairs(waiting:tidy()) do tell(share) end
end)

local function answer(id, is_welcome)
  local request = waiting:find(id)
  if not request then return nil, tostring(id) .. ": nobody of that number waits", "missing" end
  request.answer = is_welcome
  tell(request.share)
  return request
end

local function set(share, is_on)
  local done, message, code = kept.set(share.id, is_on and passwords.make() or options.for_all and "off" or nil)
  waiting:forget(share.id)
  tell(share.id)
  shares.ask_again(share.id)
  return done, message, code
end

plugin:panel {
  slot = "share.limits", title = { en = "Ask me first", fr = "Me demander d’abord" }, kind = "form",
  data = function(context)
    local share, own = shares.get(context.share), words[context.language] or words.en
    if not share then return nil, context.share .. ": no such share", "missing" end
    local is_on = mark_of(share) ~= nil
    local field = { name = "ask", label = own.label, kind = "switch", value = is_on }
    return { fields = { field }, summary = is_on and own.asked or nil }
  end,
  submit = function(values, context) return set({ id = context.share }, values.ask) end,
}

local function answering(is_welcome)
  return function(context)
    local request, message, code = answer(context.row, is_welcome)
    return request and true, message, code
  end
end

plugin:panel {
  id = "asks", slot = "share.detail", kind = "table",
  title = { en = "They ask to be let in", fr = "Ils demandent à entrer" },
  data = function(context)
    local own, list = words[context.language] or words.en, waiting:waiting(context.share)
    if not list[1] then return false end
    local rows, keys = {}, {}
    for index, request in ipairs(list) do
      rows[index] = {
        requests.who(request), requests.browser(request), os.date("%H:%M", request.since),
        own[requests.is_there(request) and "open" or "closed"],
      }
      keys[index] = request.id
    end
    return { columns = own.columns, rows = rows, keys = keys }
  end,
  actions = {
    let_in = { title = { en = "Let in", fr = "Laisser entrer" }, each = true, fn = answering(true) },
    refuse = { title = { en = "Refuse", fr = "Refuser" }, each = true, fn = answering(false) },
  },
}

plugin:command("ask", { summary = "be asked before anybody gets a share", usage = "[--off] NAME", scope = "share" },
  function(call)
    local is_off = call.arguments[1] == "--off"
    local name = call.arguments[is_off and 2 or 1]
    if not name or call.arguments[is_off and 3 or 2] then return nil, "a share is wanted", "invalid" end
    local share, message, code = shares.find_one(name)
    if not share then return nil, message, code end
    local done
    done, message, code = set(share, not is_off)
    if not done then return nil, message, code end
    return ("%s: you are %s"):format(share.name, is_off and "not asked any more" or "asked first")
  end)

plugin:command("asks", { summary = "list who asks to be let in", scope = "read" }, function()
  local lines = {}
  for index, request in ipairs(waiting:waiting()) do
    lines[index] = ("%s  %s  %s  %s  %s"):format(request.id, request.name, request.link.name or request.address,
      requests.browser(request), os.date("%H:%M", request.since))
  end
  return table.concat(lines, "\n")
end)

for name, is_welcome in pairs { allow = true, refuse = false } do
  plugin:command(name, {
    summary = is_welcome and "let in somebody who asks" or "turn away somebody who asks", usage = "ID", scope = "share",
  }, function(call)
    local request, message, code = answer(call.arguments[1], is_welcome)
    if not request then return nil, message, code end
    return ("%s: %s %s"):format(request.name, request.address, is_welcome and "may come in" or "is turned away")
  end)
end
