-- The ten minutes of docs/plugins.md, typed: each file is written as it is printed there, each command run, and what it
-- prints held against what the document says. "…" in the document stands for anything.
local btshare = require "support.btshare"
local helper = require "helper"
local host = require "core.host"
local place_module = require "place"
local process = require "support.process"
local uv = require "luv"

-- { kind = "file", name, text } and { kind = "command", line, expected }, in their order.
local function steps()
  local text = helper.read(host.data .. "/docs/plugins.md")
  local part = assert(text:match("\n## Ten minutes.-\n(.-)\n## "))
  local list = {}
  for before, language, block in part:gmatch("(.-)\n```(%l+)\n(.-)\n```") do
    if language == "lua" then
      local name
      for mentioned in before:gmatch("`([%w_]+%.lua)`") do name = mentioned end
      list[#list + 1] = { kind = "file", name = assert(name, block), text = block .. "\n" }
    elseif language == "console" then
      for line in (block .. "\n"):gmatch("([^\n]*)\n") do
        if line:find("^%$ ") then
          list[#list + 1] = { kind = "command", line = line:sub(3), expected = {} }
        else
          table.insert(list[#list].expected, line)
        end
      end
    end
  end
  return list
end

local function pattern_of(line)
  local pattern = line:gsub("…", "\0"):gsub("%p", "%%%0"):gsub("%z", ".*")
  return "^" .. pattern .. "$"
end

-- A line that is only "…" stands for any number of lines.
local function fits(lines, expected, line, wanted)
  if wanted > #expected then return line > #lines end
  if expected[wanted] == "…" then
    for after = line, #lines + 1 do
      if fits(lines, expected, after, wanted + 1) then return true end
    end
    return false
  end
  return lines[line] ~= nil and lines[line]:find(pattern_of(expected[wanted])) ~= nil
    and fits(lines, expected, line + 1, wanted + 1)
end

describe("the tutorial", function()
  it("works as it is typed", function()
    local place = place_module.open()
    local home = place.home
    for _, folder in ipairs { "/bin", "/.config", "/.config/btshare" } do uv.fs_mkdir(home .. folder, 448) end
    assert(uv.fs_symlink(btshare.program, home .. "/bin/btshare"))
    helper.write(home .. "/.config/btshare/config.lua",
      'map_ports = false\npublic = "127.0.0.1:0"\nconsole = "127.0.0.1:0"\n')
    local environment = { PATH = home .. "/bin:/usr/bin:/bin", XDG_CONFIG_HOME = home .. "/.config" }
    local public
    local running = process.start({ btshare.program, place.share, "--json" }, {
      home = home, environment = environment,
      on_line = function(line) public = public or line:match('"public": ?"(http://[^"]+)"') end,
    })
    helper.wait_for(function() return public end, 10, "the start")
    local cwd, played = home, 0
    for _, step in ipairs(steps()) do
      if step.kind == "file" then
        helper.write(cwd .. "/" .. step.name, step.text)
      elseif step.line:find("^cd ") then
        cwd = step.line:match("^cd (.*)$"):gsub("^~", home)
      else
        local line = step.line:gsub("http://127%.0%.0%.1:8702", (public:gsub("/$", "")))
        local child = process.start({ "/bin/bash", "-c", "cd " .. cwd .. "; { " .. line .. "; } 2>&1" },
          { home = home, environment = environment })
        child:wait(15)
        local output = (child.output or ""):gsub(home:gsub("%p", "%%%0"), "/home/me")
        local lines = {}
        for one in output:gmatch("([^\n]*)\n") do
          if not one:find("^  %% Total") then lines[#lines + 1] = one end
        end
        assert.is_true(fits(lines, step.expected, 1, 1), ("$ %s\n%s\ninstead of\n%s"):format(step.line, output,
          table.concat(step.expected, "\n")))
        played = played + 1
      end
    end
    assert.is_true(played >= 12)
    running:kill "sigterm"
    running:wait(10)
    place:close()
  end)
end)
