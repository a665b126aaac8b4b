-- Creating once, however often it is asked (Idempotency-Key): a request that comes again gets the answer of the first.
--
-- Answers are kept in memory: some hold a secret that is shown once, which must not be on the disk. What was created
-- before a restart is there afterwards anyway, and creating it again says so.
local crypto = require "core.crypto"
local reply = require "btshare.http.reply"
local uv = require "luv"

local keep_milliseconds = 24 * 3600 * 1000
local most_answers = 1000
local longest_key = 64

---@class btshare.api.Repeats
---@field private entries table<string, {digest: string, time: integer, answer: core.http.Reply?}>
---@field private order string[] names of entries, oldest first
local Repeats = {}
Repeats.__index = Repeats

local repeats = {}

---@return btshare.api.Repeats
function repeats.new()
  return setmetatable({ entries = {}, order = {} }, Repeats)
end

local function forget_old(self)
  while self.order[1] do
    local entry = self.entries[self.order[1]]
    if entry and #self.order <= most_answers and uv.now() - entry.time < keep_milliseconds then return end
    self.entries[table.remove(self.order, 1)] = nil
  end
end

local function copy(answer)
  local made, headers = {}, {}
  for name, value in pairs(answer) do made[name] = value end
  for name, value in pairs(answer.headers or {}) do headers[name] = value end
  made.headers = headers
  return made
end

local function remember(self, name, entry)
  self.entries[name] = entry
  self.order[#self.order + 1] = name
  forget_old(self)
end

local function drop(self, name, entry)
  if self.entries[name] ~= entry then return end
  self.entries[name] = nil
  for index, other in ipairs(self.order) do
    if other == name then
      table.remove(self.order, index)
      return
    end
  end
end

-- Runs the handler; only what was created is worth keeping, what failed may be tried again.
local function run(self, name, entry, call, handler)
  remember(self, name, entry)
  local succeeded, answer = xpcall(handler, debug.traceback, call)
  if succeeded and type(answer) == "table" and math.type(answer.status) == "integer" and answer.status < 300 then
    entry.answer = copy(answer)
    return answer
  end
  drop(self, name, entry)
  if not succeeded then error(answer, 0) end
  return answer
end

---Answers a request that creates something.
---@param call btshare.api.Call
---@param handler fun(call: btshare.api.Call): core.http.Reply
---@return core.http.Reply
function Repeats:answer(call, handler)
  local request = call.request
  local key = request.headers["idempotency-key"]
  if not key then return handler(call) end
  if key == "" or #key > longest_key then
    return reply.problem("invalid", ("Idempotency-Key: must have 1 to %d characters"):format(longest_key))
  end
  forget_old(self)
  local name = table.concat({ call.who.kind, call.who.id or "", request.target, key }, "\n")
  local digest = crypto.sha256(request.body)
  local known = self.entries[name]
  if not known then
    return run(self, name, { digest = digest, time = uv.now() }, call, handler)
  elseif known.digest ~= digest then
    return reply.problem(422, "Idempotency-Key: was used for another request", { code = "invalid" })
  elseif not known.answer then
    return reply.problem(409, "Idempotency-Key: that request is being worked on", { code = "busy" })
  end
  return copy(known.answer)
end

return repeats
