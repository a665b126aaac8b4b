-- Runs one busted spec inside the house: `btshare-lua run.lua SPEC`.
local here = arg[0]:match("^(.*)/") or "."
local spec = arg[1]
require("luv").os_setenv("LC_ALL", "C.UTF-8") -- English, whatever the machine speaks
package.path = ("%s/?.lua;%s/?.lua;%s/../?.lua;%s"):format(spec:match("^(.*)/") or ".", here, here, package.path)
_G.arg = { [0] = "busted", "--output=TAP", "--helper=" .. here .. "/helper.lua", spec }
require "busted.runner" { standalone = false }
