-- The public side of drop boxes: the page where others choose what they send, and the ways in which it comes.
local askers = require "btshare.routes.page.asker"
local limits = require "btshare.boxes.limits"
local reply = require "btshare.http.reply"
local tus = require "btshare.routes.box.tus"

local boxes = {}

---@class btshare.routes.Boxes
---@field private services btshare.Services
local Boxes = {}
Boxes.__index = Boxes

-- Unknown, closed and over are the same, byte for byte, as they are of shares.
local function missing(self, request)
  return self.services.pages:trouble(request, "missing")
end

local function heading_of(speaker, services)
  local name = services.config.name
  return name and speaker:text("drop.title.to", { name = name }) or speaker:text("drop.title")
end

-- What its page's script holds files against, before it sends any.
local function left_of(box)
  local files, bytes = limits.count(box)
  return { files = math.max(0, box.limits.files - files), bytes = math.max(0, box.limits.bytes - bytes) }
end

local function rules_of(speaker, box)
  return speaker:text("drop.rules", {
    size = speaker:size(box.limits.file_bytes), files = speaker:text("files", { n = box.limits.files }),
  })
end

local function plain(asker, services, box)
  local speaker = asker.speaker
  local lines = { box.title or heading_of(speaker, services), rules_of(speaker, box) }
  if box.note then lines[#lines + 1] = box.note end
  return reply.text(200, table.concat(lines, "\n") .. "\n")
end

local function page(self, request, box)
  local services, asker = self.services, askers.of(self.services, request)
  local speaker = asker.speaker
  if asker.form ~= "html" then return plain(asker, services, box) end
  return services.pages:page(asker, "drop.html", {
    title = box.title or heading_of(speaker, services), heading = heading_of(speaker, services),
    subject = box.title or false, note = box.note or false, rules = rules_of(speaker, box), action = "/d/" .. box.token, files_at = "/d/" .. box.token .. "/files",
    limits = box.limits, left = left_of(box), expires = box.expires and speaker:moment(box.expires) or false,
    expires_iso = box.expires and os.date("!%Y-%m-%dT%H:%M:%SZ", box.expires) or false,
  })
end

---Adds the routes to the public router.
---@param router btshare.Router
---@param services btshare.Services
function boxes.add(router, services)
  local self = setmetatable({ services = services }, Boxes)
  local function refuse(request) return missing(self, request) end
  router:add("GET /d/:token", function(request, parameters)
    local box = services.boxes:find(parameters.token)
    return box and page(self, request, box) or refuse(request)
  end)
  tus.new(services, refuse):add(router)
end

return boxes
