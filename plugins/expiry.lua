-- Expiry: a share ends by itself after a time, and its file stays.
--
-- `plugin "expiry" { after = "30d" }` in config.lua for every share; `btshare add --for 2h FILE` for one.
local plugin = ...

local shares = require "btshare.shares"
local types = require "btshare.types"

local options = plugin:options {
  after = types.period, -- since it was shared; without it only shares with a time of their own end
}

plugin:every("1s", function()
  for _, share in ipairs(shares.overdue(options.after)) do
    plugin:log("info", "%s: its time is over", share.name)
    shares.expire(share.id)
  end
end)
