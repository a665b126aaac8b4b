-- What the console's address answers until there is a console: that BTshare runs, and which commands talk to it.
local reply = require "btshare.http.reply"

local console = {}

local greeting = [[
BTshare %s is running.

The console comes with a later version. Until then, in a terminal:

  btshare list           what is shared
  btshare link NAME      the link of a share, to send to somebody
  btshare status         addresses, traffic, folders
  btshare --help         all commands
]]

---Adds the routes to a router.
---@param router btshare.Router
---@param version string of BTshare
function console.add(router, version)
  router:add("GET /", function() return reply.text(200, greeting:format(version)) end)
  router:add("GET /healthz", function() return reply.text(200, "ok\n") end)
end

return console
