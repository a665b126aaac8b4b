-- Keeps a list of the shares that were removed or have expired, and shares them again when you want.
--
-- `plugin "archive"` in config.lua. `btshare archive` shows the list, `btshare archive revive NAME [TIME]` shares one
-- again, by the link that it had; the console's page of plugins can do both.
local plugin = ...

local json = require "btshare.json"
local shares = require "btshare.shares"
local task = require "btshare.task"
local time = require "btshare.time"
local types = require "btshare.types"

local options = plugin:options {
  keep = types.default(types.between(types.integer, 1, 10000), 1000), -- how many; the oldest go
  again = types.default(types.period, "7d"), -- for how long one that has expired is shared again, if no time is given
}

local store, writing = plugin:store("archive"), task.mutex()
local list -- newest last: { id, name, kind, size, path, why, ended }, read when it is wanted first
local version, written = 0, 0

local function load()
  if not list then list = json.decode(store.get "list" or "[]") or {} end
  return list
end

-- Many may end at once: who waits for its turn finds that its change was written with another one.
local function keep()
  version = version + 1
  local own = version
  local _ <close> = writing:lock()
  if written >= own then return end
  local wanted = version
  local stored, message = store.set("list", json.encode(load()))
  if stored then written = wanted else plugin:log("warning", "the list is not stored: %s", message) end
end

local function note(share, why)
  load()
  for index = #list, 1, -1 do
    if list[index].id == share.id then table.remove(list, index) end
  end
  list[#list + 1] = {
    id = share.id, name = share.name, kind = share.kind, size = share.size, path = share.path, why = why,
    ended = time.now(),
  }
  if #list > options.keep then table.remove(list, 1) end
  keep()
end

plugin:on("share-removed", function(event) note(event.share, "removed") end)
plugin:on("share-expired", function(event) note(event.share, "expired") end)

-- What has ended and is not shared again, newest first; also what ended before there was this list.
local function entries()
  local found, known = {}, {}
  for index = #load(), 1, -1 do
    local entry = list[index]
    known[entry.id] = true
    if not shares.is_shared(entry.id) then found[#found + 1] = entry end
  end
  local others = shares.ended()
  table.sort(others, function(one, other) return one.name < other.name end)
  for _, share in ipairs(others) do
    if not known[share.id] then found[#found + 1] = share end
  end
  return found
end

local said = {
  en = { removed = "removed", expired = "expired", earlier = "earlier", again = "Share again", what = "What",
    columns = { "Name", "Why", "When", "Where" }, period = "For how long (2h, 7d; empty: as usual)",
    done = "%s: is shared again%s", till = ", until %Y-%m-%d %H:%M" },
  fr = { removed = "retiré", expired = "expiré", earlier = "avant", again = "Repartager", what = "Quoi",
    columns = { "Nom", "Raison", "Quand", "Emplacement" },
    period = "Pour combien de temps (2h, 7d ; vide : comme d’habitude)",
    done = "%s : de nouveau partagé%s", till = ", jusqu’au %d/%m/%Y à %H:%M" },
}

local function when(entry, words)
  return entry.ended and os.date("%Y-%m-%d %H:%M", entry.ended) or words.earlier
end

local function find(name)
  for _, entry in ipairs(entries()) do
    if entry.id == name or entry.name == name or entry.path == name then return entry end
  end
end

-- `text` is how long: "2d", or nothing. Returns what to say, and the link.
local function revive(name, text, words)
  local entry = find(name)
  if not entry then return nil, name .. ": is not in the archive", "missing" end
  local period, problem
  if text and text ~= "" then
    period, problem = types.period(text)
    if not period then return nil, "the time " .. problem, "invalid" end
  end
  if not period and entry.why == "expired" then period = options.again end
  local done, message, code = shares.revive(entry.id, period and time.now() + math.ceil(period))
  if not done and code == "missing" then
    message = "%s: its folder is not shared any more, or it is gone; btshare add shares %s"
    return nil, message:format(entry.name, entry.path), code
  elseif not done then
    return nil, message, code
  end
  local share = shares.get(entry.id)
  local till = share.expires and os.date(words.till, share.expires) or ""
  return words.done:format(entry.name, till), share.link
end

local function show_list()
  local lines = {}
  for index, entry in ipairs(entries()) do
    lines[index] = ("%-16s  %-7s  %s"):format(when(entry, said.en), entry.why, entry.path)
  end
  return lines[1] and table.concat(lines, "\n") or "nothing has ended"
end

plugin:command("archive", {
  summary = "list shares that have ended, or share one again", usage = "[list | revive NAME [TIME]]",
  scope = "share",
}, function(call)
  local action, name, text = table.unpack(call.arguments)
  if not action or action == "list" and not name then return show_list() end
  if action == "revive" and name then
    local done, link, code = revive(name, text, said.en)
    return done and ("%s\n%s"):format(done, link or ""), link, code
  end
  return nil, "archive: list, or revive NAME [TIME], such as: revive photos 2d", "invalid"
end)

plugin:panel {
  slot = "nav", title = { en = "Archive", fr = "Archives" }, kind = "table", data = function(context)
    local rows, keys, words = {}, {}, said[context.language] or said.en
    for index, entry in ipairs(entries()) do
      rows[index], keys[index] = { entry.name, words[entry.why] or entry.why, when(entry, words), entry.path }, entry.id
    end
    return { columns = words.columns, rows = rows, keys = keys }
  end,
  actions = { again = { title = { en = said.en.again, fr = said.fr.again }, each = true, fn = function(context)
    return revive(context.row, nil, said[context.language] or said.en)
  end } },
}

plugin:panel {
  slot = "nav", title = { en = said.en.again, fr = said.fr.again }, kind = "form", data = function(context)
    local names, words = {}, said[context.language] or said.en
    for index, entry in ipairs(entries()) do names[index] = entry.name end
    if not names[1] then return false end
    return { button = words.again, fields = {
      { name = "name", label = words.what, kind = "choice", choices = names, value = names[1] },
      { name = "period", label = words.period, kind = "text", value = "" },
    } }
  end,
  submit = function(values, context)
    return revive(values.name or "", values.period, said[context.language] or said.en)
  end,
}
