-- Runs the program's first script with stand-ins for modules that a spec replaces: `btshare-lua cli_process.lua WORD…`.
-- FAKE_INSTANCE names a Lua file that stands in for the module btshare, FAKE_CONFIG one for btshare.config.
local here = arg[0]:match("^(.*)/") or "."
package.path = here .. "/?.lua;" .. package.path
require "cli_json"
for module, variable in pairs { btshare = "FAKE_INSTANCE", ["btshare.config"] = "FAKE_CONFIG" } do
  local file = os.getenv(variable)
  if file then package.preload[module] = assert(loadfile(file, "t")) end
end
require "btshare.main"
