-- What an event of a test carries where the test does not say: something of each kind, and of each well-known name.
local suggest = require "btshare.suggest"

local examples = {}

-- Addresses and names that are kept for documentation (RFC 5737, RFC 2606).
local by_name = {
  address = "192.0.2.7", port = 51413, purpose = "page", agent = "Mozilla/5.0", client = "Transmission 4.0.5",
  who = "192.0.2.7", way = "direct", action = "started", reason = "done", path = "/home/me/Public/file 1.bin",
  root = "/home/me/Public", source = "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a", state = "mapped",
  level = "info", whole = true, public = "http://192.0.2.1:8702", console = "http://127.0.0.1:8701",
  peer = "2d5452343035302d303132333435363738396162", password = "open sesame",
}

local by_type = { string = "example", integer = 1, number = 1, boolean = false }

local downloads = {
  id = "d1", name = "file.iso", state = "downloading", size = 1000000, wanted = 1000000, done = 500000, progress = 0.5,
  down_rate = 100000, up_rate = 0, people = 1, folder = "/home/me/Downloads", files = 1, share_after = true,
  paused = false, revision = 1, source = "magnet", info_hash = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a",
}

local recipients = {
  id = "r1", way = "torrent", client = "Transmission 4.0.5", address = "192.0.2.7", where = "internet", progress = 0.5,
  up_rate = 100000, sent = 500000, state = "active",
}

local function merged(defaults, given, more)
  local made = {}
  for _, from in ipairs { defaults, more, given } do
    for name, value in pairs(from) do made[name] = value end
  end
  return made
end

-- A share is named by itself, its id or its name; one that the test has not put there is put there.
local function share_for(given, shares)
  if given == nil then return shares.list[1] or shares:put() end
  return shares:find(given) or type(given) == "table" and given
end

local makers = {}

function makers.share(given, world)
  local share = share_for(given, world.shares)
  return share and world.shares.view(share), ("there is no share '%s'"):format(tostring(given))
end

function makers.link(given, _, event)
  local own = event.share and event.share.id or "link"
  if type(given) == "string" then return { id = own .. "-" .. given, name = given } end
  return given or { id = own }
end

function makers.download(given, world)
  return merged(downloads, given or {}, { created = math.floor(world.clock.now) })
end

function makers.recipient(given, world, event)
  local now = math.floor(world.clock.now)
  return merged(recipients, given or {}, { since = now, last = now, link = event.share and event.share.id })
end

function makers.list(given) return given or {} end
function makers.table(given) return given or {} end

local function value_of(field, given, world, event)
  local make = makers[field.type]
  if make and (given ~= nil or not field.is_optional) then return make(given, world, event) end
  if given ~= nil or field.is_optional then return given end
  if by_name[field.name] ~= nil then return by_name[field.name] end
  return by_type[field.type]
end

local function check_names(name, entry, given)
  local known = {}
  for _, field in ipairs(entry.fields) do known[field.name] = true end
  for field in pairs(given) do
    if not known[field] then
      local phrase = suggest.phrase(tostring(field), known)
      return nil, ("event '%s' has no field '%s'%s"):format(name, tostring(field), phrase)
    end
  end
  return true
end

---An event with all its fields.
---@param name string
---@param entry btshare.catalog.entry
---@param given table<string, any> the fields that matter
---@param world btshare.harness.World
---@return table? event
---@return string? message
function examples.event(name, entry, given, world)
  local possible, message = check_names(name, entry, given)
  if not possible then return nil, message end
  local event = {}
  for _, field in ipairs(entry.fields) do
    local value, problem = value_of(field, given[field.name], world, event)
    if value == nil and problem then return nil, ("event '%s': %s"):format(name, problem) end
    event[field.name] = value
  end
  return event
end

return examples
