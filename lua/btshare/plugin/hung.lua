-- Which plugins held everything up until BTshare was ended from outside: three runs in a row, and it is out.
--
-- What blocks inside a C function nothing can interrupt. Who holds the loop for long stands in a small file, which the
-- watchdog's thread writes and empties; what stands there at a start is who did so when the last run ended.
local json = require "core.json"
local watchdog = require "core.watchdog"

local hung = {}

local most_runs = 3

---@class btshare.plugin.Hung
---@field held {name: string, count: integer}? who did so in the last run, and how often in a row
---@field private known table<string, {count: integer, questions: string[]?}>
---@field private kept {get: fun(name: string): any, set: fun(name: string, value: any)}
local Hung = {}
Hung.__index = Hung

local function keep(self)
  self.kept.set("plugins", next(self.known) and json.encode(self.known) or nil)
end

---Opens the file, before any plugin is loaded. Call in a task.
---@param path string of the small file
---@param kept {get: fun(name: string): any, set: fun(name: string, value: any)} what outlives a start
---@return btshare.plugin.Hung
---@return string? message why nobody will be known to have held everything up
function hung.open(path, kept)
  local known = json.decode(kept.get("plugins") or "{}")
  local self = setmetatable({ known = type(known) == "table" and known or {}, kept = kept }, Hung)
  local former, message = watchdog.note_in(path)
  local name = former and former:match("^plugin (.+)$")
  for other, entry in pairs(self.known) do
    if other ~= name and entry.count < most_runs then self.known[other] = nil end
  end
  if name then
    local entry = self.known[name] or { count = 0 }
    entry.count = entry.count + 1
    self.known[name], self.held = entry, { name = name, count = entry.count }
  end
  keep(self)
  return self, message
end

---@param name string of a plugin
---@return boolean
function Hung:is_out(name)
  local entry = self.known[name]
  return entry ~= nil and entry.count >= most_runs
end

---What a plugin that is out was asked: nil where it never got as far as to say so.
---@param name string
---@return string[]? questions
function Hung:questions(name)
  return self.known[name] and self.known[name].questions
end

---A plugin has been loaded: of one that may be out at the next start it is kept what it is asked. Call in a task.
---@param name string
---@param questions table<string, any> by name
function Hung:note(name, questions)
  local entry = self.known[name]
  if not entry then return end
  entry.questions = json.array {}
  for question in pairs(questions) do table.insert(entry.questions, question) end
  keep(self)
end

---Its owner wants it again. Call in a task.
---@param name string
function Hung:forgive(name)
  if not self.known[name] then return end
  self.known[name] = nil
  keep(self)
end

return hung
