-- The program's first script.
local host = require "core.host"
io.stdout:write("btshare ", host.version, "\n")
