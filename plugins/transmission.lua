-- Lets remote controls for Transmission govern BTshare: its downloads, and of its shares what does no harm.
--
-- `plugin "transmission"` in config.lua; then http://127.0.0.1:8701/transmission/rpc, with any user name and an API
-- token as password (`btshare token remote --scope admin`). Made after Transmission's rpc-spec, RPC version 16.
local plugin = ...

local json = require "btshare.json"
local reply = require "btshare.reply"
local torrents = require "btshare.torrents"

local fields = require ".fields"
local limits = require ".limits"
local switch = require ".switch"

local session_id = ("%016x%016x"):format(math.random(0), math.random(0)) -- of RPC: who has read an answer knows it
local most_body = "8MiB" -- a .torrent of 4 MiB in base64

local methods = {}
for name, method in pairs(require ".session") do methods[name] = method end

methods["torrent-get"] = function(arguments)
  if type(arguments.fields) ~= "table" then return nil, "no fields specified" end
  local rows = json.array {}
  if arguments.format == "table" then rows[1] = json.array(arguments.fields) end
  for _, torrent in ipairs(fields.select(arguments.ids, torrents.list())) do
    local row = {}
    for index, name in ipairs(arguments.fields) do
      local value = fields.get(torrent, name)
      if arguments.format ~= "table" then
        row[name] = value
      else
        row[index] = value == nil and json.null or value
      end
    end
    rows[#rows + 1] = arguments.format == "table" and json.array(row) or row
  end
  return { torrents = rows, removed = arguments.ids == "recently-active" and json.array {} or nil }
end

methods["torrent-add"] = function(arguments)
  local id, message, code, known = torrents.add {
    source = not arguments.metainfo and arguments.filename or nil, base64 = arguments.metainfo,
    folder = arguments["download-dir"], is_paused = switch(arguments.paused),
  }
  if not id and code ~= "exists" then return nil, message end
  local added = known or id
  for _, torrent in ipairs(torrents.list()) do
    if torrent.id == added or not added and torrent.name == arguments.filename then
      local described = { id = fields.number_of(added), name = torrent.name, hashString = torrent.info_hash or "" }
      return { [known and "torrent-duplicate" or "torrent-added"] = described }
    end
  end
  return nil, message or "it is gone again"
end

-- Does something to each torrent that is meant; the first that cannot be done is what is said.
local function for_each(act)
  return function(arguments)
    local first
    for _, torrent in ipairs(fields.select(arguments.ids, torrents.list())) do
      local done, message = act(torrent, arguments)
      if not done then first = first or message end
    end
    if first then return nil, first end
    return {}
  end
end

methods["torrent-start"] = for_each(function(torrent) return torrents.pause(torrent.id, false) end)
methods["torrent-start-now"] = methods["torrent-start"]
methods["torrent-stop"] = for_each(function(torrent) return torrents.pause(torrent.id, true) end)
methods["torrent-verify"] = for_each(function(torrent) return torrents.verify(torrent.id) end)
methods["torrent-remove"] = for_each(function(torrent, arguments)
  return torrents.remove(torrent.id, switch(arguments["delete-local-data"]))
end)

-- Numbers of files count from 0 there; an empty list means all.
local function choose_files(torrent, arguments)
  local files, message = torrents.files(torrent.id)
  if not files then return nil, message end
  for name, is_wanted in pairs { ["files-wanted"] = true, ["files-unwanted"] = false } do
    local list = arguments[name]
    for index in ipairs(type(list) == "table" and #list == 0 and files or {}) do files[index].is_wanted = is_wanted end
    for _, index in ipairs(type(list) == "table" and list or {}) do
      if not files[index + 1] then return nil, ("there is no file %d"):format(index) end
      files[index + 1].is_wanted = is_wanted
    end
  end
  local numbers = {}
  for index, file in ipairs(files) do
    if file.is_wanted then numbers[#numbers + 1] = index end
  end
  return torrents.choose(torrent.id, numbers)
end

-- Some clients write back all that they have read, whatever the torrent's state.
local function is_so(torrent, arguments)
  for name, value in pairs(arguments) do
    local now = fields.get(torrent, name)
    if type(now) == "boolean" then value = switch(value) end
    if name ~= "ids" and now ~= value then return false end
  end
  return true
end

methods["torrent-set"] = for_each(function(torrent, arguments)
  if is_so(torrent, arguments) then return true end
  local up = limits.of(arguments, "uploadLimit", "uploadLimited", torrent.up_limit)
  local down = limits.of(arguments, "downloadLimit", "downloadLimited", torrent.down_limit)
  local has_files = arguments["files-wanted"] or arguments["files-unwanted"]
  local done, message
  if up or down then done, message = torrents.limit(torrent.id, { up = up, down = down }) end
  if has_files and message == nil then done, message = choose_files(torrent, arguments) end
  if done == nil then return nil, message or "of a torrent only its limits and files can be set here" end
  return true
end)

local function call(request)
  local asked = json.decode(request.body)
  if type(asked) ~= "table" or type(asked.method) ~= "string" then return nil, "a method is wanted", "invalid" end
  local method = methods[asked.method]
  local result, message
  if method then
    result, message = method(type(asked.arguments) == "table" and asked.arguments or {})
  else
    message = "method name not recognized"
  end
  local arguments = type(result) == "table" and next(result) ~= nil and result or nil
  return reply.json(200, {
    result = result and "success" or message or "failed", arguments = arguments or {}, tag = asked.tag,
  })
end

-- Transmission's own protection against other sites: whoever cannot read an answer cannot ask anything.
plugin:route("POST /transmission/rpc", function(request)
  if request.headers["x-transmission-session-id"] == session_id then return call(request) end
  local answer = reply.text(409, "Send X-Transmission-Session-Id as in the head of this answer.\n")
  answer.headers["X-Transmission-Session-Id"] = session_id
  return answer
end, { on = "console", scope = "admin", body = most_body })

plugin:log("debug", "remote controls: /transmission/rpc on the console's address")
