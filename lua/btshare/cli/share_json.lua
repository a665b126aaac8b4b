-- What `btshare share --json` prints: one fact a line.
local facts = require "btshare.cli.facts"
local json = require "core.json"

local share_json = {}

---@class btshare.cli.share_json
---@field for_reader boolean the instance runs for the program that reads: without it, it ends
local View = { for_reader = true }
View.__index = View

---@param context btshare.cli.context
---@return btshare.cli.share_json
function share_json.open(context)
  return setmetatable({ out = context.out, told_lost = 0 }, View)
end

---@param name string
---@param event table
function View:on_fact(name, event)
  -- A reader that slept through events is told so as soon as it reads again.
  local lost = self.out.lost - self.told_lost
  if lost > 0 and self.out:has_room() then
    self.told_lost = self.out.lost
    self.out:write(json.encode { event = "events-lost", count = lost } .. "\n")
  end
  self.out:write(json.encode(facts.describe(name, event)) .. "\n", true)
end

function View.close() end

return share_json
