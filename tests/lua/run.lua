-- Runs one busted spec inside the house: `btshare-lua run.lua SPEC`.
local spec = arg[1]
local here = spec:match("^(.*)/") or "."
package.path = here .. "/?.lua;" .. package.path
_G.arg = { [0] = "busted", "--output=TAP", "--helper=" .. here .. "/helper.lua", spec }
require "busted.runner" { standalone = false }
