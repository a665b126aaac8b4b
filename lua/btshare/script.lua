-- Runs the Lua script named by the first argument inside the house: for specs, benches and tools.
-- `btshare-lua SCRIPT ARGUMENT…`. Unlike the program, it may load Debian's C modules (busted needs
-- luafilesystem), and it ends when the script has returned and the loop has nothing left to do.
local host = require "core.host"

package.path = package.path .. ";/usr/share/lua/5.4/?/init.lua"
package.cpath = "/usr/lib/x86_64-linux-gnu/lua/5.4/?.so;/usr/lib/aarch64-linux-gnu/lua/5.4/?.so"

local words = host.arguments
local script = table.remove(words, 1) or error("btshare-lua: no script was named")
_G.arg = { [0] = script, table.unpack(words) }
host.on_error(function(traceback)
  io.stderr:write(traceback, "\n")
  host.exit_code(1)
end)
local chunk = assert(loadfile(script, "t"))
if not host.call(chunk, table.unpack(words)) then
  host.exit_code(1)
end
