local helper = require "helper"
local router = require "support.router"
local stage = require "support.stage"
describe("x", function()
  it("maps", function()
    local scene = stage.open()
    local root = scene:root()
    helper.write(root .. "/a.txt", "hello")
    local gate = router.open(scene.net, scene.folder, {natpmp = os.getenv("NATPMP") == "1"})
    local daemon = scene:share(root, "map_ports = true\n")
    pcall(function() daemon:wait("notice", function(e) return e.message:find("^From the") end, { seconds = 20 }) end)
    for _, e in ipairs(daemon.events) do print(require("dkjson").encode(e)) end
    for k, v in pairs(gate:mappings()) do print(k, v) end
    print(gate.process.output:sub(-3000), gate.process.errors:sub(-3000))
    local t = require("luv").hrtime()
    daemon:stop()
    print("stop", (require("luv").hrtime() - t) / 1e9)
    for k, v in pairs(gate:mappings()) do print(k, v) end
    scene:close()
  end)
end)
