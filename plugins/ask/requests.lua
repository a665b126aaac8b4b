-- Who waits to be let in, and who was let in or turned away of late; in memory alone, and of bounded number.
local reach = require "btshare.reach"
local time = require "btshare.time"

local requests = {}

local lifetime = 86400       -- seconds after which one is forgotten
local present = 15           -- seconds since the page asked last, within which it is open still
local most_waiting = 100     -- in all
local most_of_network = 5    -- of these, from one address
local most_answered = 1000   -- kept, so that whoever was turned away is not asked about again

---@class ask.Request
---@field id string "7"
---@field visit string what the visitor's browser is known by
---@field share string id
---@field name string of the share
---@field link {id: string, name: string?}
---@field address string
---@field agent string? what their program calls itself
---@field since integer seconds since 1970
---@field seen integer when the page asked last
---@field answer boolean? whether they were let in; nil: nobody has said yet

---@class ask.Requests
---@field private list ask.Request[] oldest first
---@field private last integer
local Requests = {}
Requests.__index = Requests

---@return ask.Requests
function requests.new() return setmetatable({ list = {}, last = 0 }, Requests) end

---@private
---@param must_go fun(request: ask.Request): boolean
function Requests:drop(must_go)
  local kept = {}
  for _, request in ipairs(self.list) do
    if not must_go(request) then kept[#kept + 1] = request end
  end
  self.list = kept
end

---Forgets what is old.
---@return table<string, true> ids of the shares of those who waited in vain
function Requests:tidy()
  local now, answered, left = time.now(), 0, {}
  for _, request in ipairs(self.list) do answered = answered + (request.answer ~= nil and 1 or 0) end
  self:drop(function(request)
    local is_too_many = request.answer ~= nil and answered > most_answered
    if is_too_many then answered = answered - 1 end
    local must_go = is_too_many or now - request.since > lifetime
    if must_go and request.answer == nil then left[request.share] = true end
    return must_go
  end)
  return left
end

---@param share string id of one that nobody is asked about any more
function Requests:forget(share)
  self:drop(function(request) return request.share == share end)
end

---@param share string? id; default: of all
---@return ask.Request[] those that nobody has answered yet, oldest first
function Requests:waiting(share)
  local list = {}
  for _, request in ipairs(self.list) do
    if request.answer == nil and (not share or request.share == share) then list[#list + 1] = request end
  end
  return list
end

---@param id string?
---@return ask.Request? request that nobody has answered yet
function Requests:find(id)
  for _, request in ipairs(self:waiting()) do
    if request.id == id then return request end
  end
end

local function has_room(self, network)
  local all, near = self:waiting(), 0
  for _, request in ipairs(all) do near = near + (reach.network(request.address) == network and 1 or 0) end
  return #all < most_waiting and near < most_of_network
end

---Somebody is at a page.
---@param event table share-ask
---@return ask.Request? request nil where too many wait
---@return boolean? is_new
function Requests:visit(event)
  for _, request in ipairs(self.list) do
    if request.visit == event.visit and request.link.id == event.link.id then
      request.seen = time.now()
      return request
    end
  end
  if not has_room(self, reach.network(event.address)) then return nil end
  self.last = self.last + 1
  local request = {
    id = tostring(self.last), visit = event.visit, share = event.share.id, name = event.share.name, link = event.link,
    address = event.address, agent = event.agent, since = time.now(), seen = time.now(),
  }
  table.insert(self.list, request)
  return request, true
end

---@param request ask.Request
---@return boolean whether their page is open still
function requests.is_there(request) return time.now() - request.seen <= present end

---@param request ask.Request
---@return string who it is, as far as can be told: "Marie (192.0.2.4)"
function requests.who(request)
  local name = request.link.name
  return name and ("%s (%s)"):format(name, request.address) or request.address
end

local browsers = { "Edg", "OPR", "Firefox", "Chrome", "Safari" }
local names = { Edg = "Edge", OPR = "Opera" }

---@param request ask.Request
---@return string what they came with, in a word
function requests.browser(request)
  for _, word in ipairs(browsers) do
    if (request.agent or ""):find(word .. "/", 1, true) then return names[word] or word end
  end
  return (request.agent or ""):sub(1, 40):match("^[%w ._/-]+") or "?"
end

return requests
