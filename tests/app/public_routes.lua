-- Every public way in, made from the router itself and from what the shipped plugins add to it, so that a new one is
-- tried without anybody remembering it.
local boxes = require "btshare.routes.boxes"
local client = require "http_client"
local downloads = require "btshare.routes.downloads"
local host = require "core.host"
local pages = require "btshare.routes.pages"
local routers = require "btshare.http.router"

local public_routes = {}

-- Those that lead to no share. Whatever else has no token in it is one too many.
local harmless = {
  ["GET /"] = true, ["GET /favicon.ico"] = true, ["GET /assets/:version/style.css"] = true,
  ["GET /assets/:version/drop.css"] = true, ["GET /assets/:version/drop.js"] = true,
}

-- Those of a folder: what they say of closed shares, which is nothing, their own specs try.
local of_folders = { ["^GET /feed/:token/"] = true }

local function is_of_folder(pattern)
  for start in pairs(of_folders) do
    if pattern:find(start) then return true end
  end
end

local function of_plugins(list)
  local names = assert(io.popen("ls " .. host.data .. "/plugins/*.lua"))
  for path in names:lines() do
    local file <close> = assert(io.open(path))
    local text = file:read("a")
    for pattern, rest in text:gmatch('plugin:route%(%s*"(%u+ /[^"]*:token[^"]*)"([^\n]*)') do
      if not rest:find("console", 1, true) and not is_of_folder(pattern) then list[#list + 1] = pattern end
    end
  end
  names:close()
end

---@return string[] patterns of the routes of drop boxes, whose tokens lead to no share: boxes_hostile_spec tries them
function public_routes.of_boxes()
  local router, list = routers.new(), {}
  boxes.add(router, {})
  for _, route in ipairs(router:routes()) do
    assert(route.pattern:find("^%u+ /d/:token%f[/\0]"), route.pattern .. ": is no address of a drop box")
    list[#list + 1] = route.pattern
  end
  return list
end

---@return string[] patterns of the routes that a token opens: "GET /s/:token/zip"
function public_routes.list()
  local router, services = routers.new(), {}
  pages.new(services):add(router)
  downloads.add(router, services)
  local list = {}
  for _, route in ipairs(router:routes()) do
    local pattern = route.method .. " " .. route.pattern:match("/.*$")
    if pattern:find(":token", 1, true) then
      list[#list + 1] = pattern
    else
      assert(harmless[pattern], pattern .. ": leads to what? if to no share, say so in public_routes.lua")
    end
  end
  of_plugins(list)
  table.sort(list)
  return list
end

---Makes addresses of one share out of patterns.
---@param patterns string[]
---@param tokens {s: string, w: string, announce: string, scrape: string} by first segment
---@param what {entry: string, path: string, query: string} of the share: its name, a file's path below it, an announce
---@return {pattern: string, method: string, target: string, purpose: string}[]
function public_routes.targets(patterns, tokens, what)
  local list = {}
  for index, pattern in ipairs(patterns) do
    local method, path = pattern:match("^(%u+) (.*)$")
    local purpose = path:match("^/(%w+)")
    local token = assert(tokens[purpose], pattern .. ": whose token is it? say so in public_routes.lua")
    local target = path:gsub(":token", token):gsub(":file", "1"):gsub(":display", "x")
      :gsub("%*path", what.entry .. "/" .. what.path)
    assert(not target:find("[:*]"), pattern .. ": stands for what?")
    if purpose == "announce" or purpose == "scrape" then target = target .. "?" .. what.query end
    list[index] = { pattern = pattern, method = method, target = target, purpose = purpose }
  end
  return list
end

---Asks one of them.
---@param port integer
---@param target {method: string, target: string}
---@param more string? header lines
---@return table response
function public_routes.ask(port, target, more)
  local body = target.method == "POST" and "password=guess" or ""
  local headers = body == "" and "" or ("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n" ..
    "Origin: http://localhost:%d\r\n"):format(#body, port)
  local bytes = client.exchange({ port = port },
    ("%s %s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n%s%s\r\n%s"):format(
      target.method, target.target, port, headers, more or "", body), 20)
  return assert(client.parse(bytes), "no whole response: " .. bytes:sub(1, 200))
end

return public_routes
